"""PyTorch as a rival: training as an expert would write it, and its own batched beam search."""

import functools
import time
from typing import Any

import numpy as np
import torch

from scripts.benchmarks.data import counts, read_batches
from scripts.benchmarks.rivals import fastest
from scripts.benchmarks.torch_model import TorchModel, trained
from scripts.benchmarks.torch_search import TorchTranslator
from seq2seq.model_settings import ModelSettings
from seq2seq.training.process.allocators import keep_in_c_library

WARM_UP = 6
TRIALS = 3


class Training:
    """Updates with fused Adam, foreach clipping and foreach moving average; bfloat16 is PyTorch's autocast."""

    def __init__(
        self,
        model: dict[str, Any],
        training: dict[str, Any],
        batches: str,
        vocabulary_size: int,
        precision: str,
        threads: int,
        keep_memory: bool = False,
    ) -> None:
        """See `scripts.benchmarks.ours.Training`; `keep_memory`: by `keep_in_c_library`, as there."""
        self.keep_memory = keep_memory
        if keep_memory:
            keep_in_c_library()
        self.settings = ModelSettings.of(model, vocabulary_size=vocabulary_size)
        self.training, self.autocast, self.threads = training, precision == "bfloat16", threads
        self.batches = [
            (torch.from_numpy(source.astype(np.int64)), torch.from_numpy(target.astype(np.int64)))
            for source, target in read_batches(batches)
        ]
        self.arrays = read_batches(batches)

    def prepare(self) -> dict[str, Any]:
        """Makes the model with the encoder that is faster here: packed sequences, or padded ones."""
        torch.set_num_threads(self.threads)
        found: dict[str, float] = {}
        for _ in range(TRIALS):
            for name in ("padded encoder", "packed encoder"):
                self._make(packed=name == "packed encoder")
                self._update(0, 2)
                begun = time.perf_counter()
                self._update(2, WARM_UP)
                found[name] = min(time.perf_counter() - begun, found.get(name, np.inf))
        best = min(found, key=lambda name: found[name])
        self._make(packed=best == "packed encoder")
        self._update(0, WARM_UP)
        precision = "bfloat16 autocast" if self.autocast else "float32"
        memory = ", freed memory kept" if self.keep_memory else ""
        return {
            "parameters": sum(parameter.numel() for parameter in trained(self.model)),
            "settings": f"{best}, {precision}, {self.threads} threads, fused Adam{memory}",
            "tried": found,
        }

    def round(self, start: int, updates: int) -> dict[str, float]:
        """Some updates."""
        begun = time.perf_counter()
        self._update(start, updates)
        return {"seconds": time.perf_counter() - begun, **counts(self.arrays[start : start + updates])}

    def _make(self, packed: bool) -> None:
        torch.manual_seed(self.training["seed"])
        self.model = TorchModel(self.settings, packed)
        self.parameters = list(trained(self.model))
        self.averages = [parameter.detach().clone() for parameter in self.parameters]
        self.optimizer = torch.optim.Adam(
            self.parameters,
            self.training["learning_rate"],
            betas=(self.training["beta_1"], self.training["beta_2"]),
            eps=self.training["epsilon"],
            fused=True,
        )

    def _update(self, start: int, updates: int) -> None:
        options = self.training
        for source, target in self.batches[start : start + updates]:
            self.optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=self.autocast):
                loss = self.model.loss_sum(source, target, options["label_smoothing"])
            (loss / torch.count_nonzero(target)).backward()
            torch.nn.utils.clip_grad_norm_(self.parameters, options["clip_norm"], foreach=True)
            self.optimizer.step()
            if options["ema_decay"]:
                with torch.no_grad():
                    torch._foreach_lerp_(self.averages, self.parameters, 1 - options["ema_decay"])
            if not np.isfinite(loss.item()):
                raise FloatingPointError(f"the loss is {loss.item()}")


class Translating:
    """Lines through `TorchTranslator`, in float32, or also with dynamically quantized layers, whichever are faster."""

    def __init__(
        self,
        model: str,
        lines: list[str],
        beam_size: int,
        held_to: int | None,
        engine: str,
        threads: int,
        quantized: bool,
    ) -> None:
        """See `scripts.benchmarks.ours.Translating`; `quantized` lets layers in dynamic int8 compete, whose
        outputs differ."""
        self.model, self.lines, self.beam_size, self.held_to = model, lines, beam_size, held_to
        self.threads, self.quantized = threads, quantized

    def prepare(self) -> dict[str, Any]:
        """Loads the weights of the model folder and keeps the fastest setting."""
        torch.set_num_threads(self.threads)
        ways = {}
        for quantized in (False, True) if self.quantized else (False,):
            for batch_tokens in (1000, 2500, 6000):
                name = f"{'int8' if quantized else 'float32'}, batches of {batch_tokens} source pieces"
                ways[name] = TorchTranslator(self.model, self.beam_size, self.held_to, batch_tokens, quantized)
                ways[name].translate(self.lines[:50])
        found = fastest({name: functools.partial(way.translate, self.lines) for name, way in ways.items()})
        best = min(found, key=lambda name: found[name])
        self.translator = ways[best]
        first = self.translator.translate(self.lines[:3])
        return {"settings": f"{best}, {self.threads} threads", "tried": found, "first": first}

    def round(self) -> dict[str, float]:
        """The whole text, from lines to lines."""
        begun = time.perf_counter()
        found = self.translator.translate(self.lines)
        seconds = time.perf_counter() - begun
        tokens = self.held_to * len(found) if self.held_to else sum(map(len, self.translator.tokenizer.encode(found)))
        return {"seconds": seconds, "tokens": float(tokens), "sentences": float(len(found))}
