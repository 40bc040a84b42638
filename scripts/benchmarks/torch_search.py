"""Batched beam search in PyTorch with the rules of this project's: same limits, length penalty and stopping.

Sentences are sorted by length and encoded once; beams are rows of the queries, never copies of the memory; sentences
that are done leave the batch; everything stays in tensors until the outputs are read back from the back-pointers.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from scripts.benchmarks.torch_model import State, TorchModel
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.ids import BOS, EOS, PAD, pad
from seq2seq.translation.options import DecodingOptions

Ended = tuple[Tensor, Tensor, Tensor, int]
"""Sentences, slots and scores of hypotheses that ended, and the step at which they did."""


class TorchTranslator:
    """A model folder in PyTorch: lines in, lines out."""

    def __init__(
        self, folder: str | Path, beam_size: int, held_to: int | None, batch_tokens: int, quantized: bool = False
    ) -> None:
        """Loads the weights.

        Args:
            folder: The model folder.
            beam_size: Hypotheses per sentence.
            held_to: Number of tokens that every output must have; None for what the model generates.
            batch_tokens: Number of source positions translated at once.
            quantized: Whether LSTM and linear layers are in dynamic int8.
        """
        opened = ModelFolder.open(Path(folder))
        self.tokenizer = opened.tokenizer("target")
        self.options = DecodingOptions.of_model(opened.metadata["decoding"])
        self.beam_size, self.held_to, self.batch_tokens = beam_size, held_to, batch_tokens
        model = TorchModel(opened.settings)
        model.load_weights(opened.weights())
        self.softmax = nn.Linear(*reversed(model.embeddings.shape))
        with torch.no_grad():
            self.softmax.weight.copy_(model.embeddings)
            self.softmax.bias.copy_(model.softmax_bias)
        self.model = model.eval()
        if quantized:
            kinds = {nn.LSTM, nn.Linear}
            self.model = torch.ao.quantization.quantize_dynamic(model, kinds, dtype=torch.qint8)
            self.softmax = torch.ao.quantization.quantize_dynamic(nn.Sequential(self.softmax), {nn.Linear})

    @torch.inference_mode()
    def translate(self, lines: list[str]) -> list[str]:
        """Translates lines of at most `max_source_tokens` pieces."""
        ids = [[*pieces, EOS] for pieces in self.tokenizer.encode(lines)]
        order = sorted(range(len(ids)), key=lambda n: -len(ids[n]))
        found: list[list[int]] = [[] for _ in ids]
        start = 0
        while start < len(order):
            chosen = order[start : start + max(1, self.batch_tokens // len(ids[order[start]]))]
            start += len(chosen)
            for n, output in zip(chosen, self._search([ids[n] for n in chosen]), strict=True):
                found[n] = output
        return [self.tokenizer.decode(output) for output in found]

    def _limits(self, lengths: Tensor) -> Tensor:
        if self.held_to:
            return torch.full_like(lengths, self.held_to)
        return (lengths * self.options.max_length_ratio).int() + self.options.max_length_offset

    def _normalizer(self, length: Tensor | int) -> Tensor:
        """((5 + |y|) / 6)^α, the end of sentence counted."""
        return ((5.0 + torch.as_tensor(length, dtype=torch.float64)) / 6.0) ** self.options.length_penalty

    def _step(self, tokens: Tensor, memory: Tensor, mask: Tensor, states: list[State]) -> tuple[Tensor, list[State]]:
        """Log-probabilities [rows, vocabulary] and the next states; rows = sentences · beams."""
        sentences, rows = memory.shape[0], tokens.shape[0]
        x = functional.embedding(tokens, self.model.embeddings)[None]  # [1, rows, embedding]
        bottom, *above = self.model.decoder
        hidden, state = bottom(x, states[0])
        new = [state]
        queries = hidden.view(sentences, rows // sentences, -1)
        context = self.model.attend(queries, memory, mask).reshape(1, rows, -1)
        for layer, state in zip(above, states[1:], strict=True):
            y, state = layer(torch.cat([hidden, context], -1), state)
            hidden = hidden + y
            new.append(state)
        readout = torch.tanh(self.model.readout(torch.cat([hidden, context], -1)[0]))
        return functional.log_softmax(self.softmax(readout), -1), new

    def _search(self, ids: list[list[int]]) -> list[list[int]]:
        """The best output of each sentence."""
        size = self.beam_size
        memory, mask, states = self.model.encode(torch.from_numpy(pad(ids).astype(np.int64)))
        limits = self._limits(torch.tensor([len(pieces) for pieces in ids]))
        count, beams = len(ids), 1
        active = torch.arange(count)
        tokens = torch.full((count, 1), BOS)
        totals = torch.zeros(count, 1, dtype=torch.float64)
        free = torch.full((count,), size)
        best_ended = torch.full((count,), -torch.inf, dtype=torch.float64)
        steps: list[tuple[Tensor, Tensor, Tensor]] = []  # sentences, tokens, slots of the step before
        ended: list[Ended] = []
        origins = torch.zeros(count, 1, dtype=torch.int64)
        while len(active):
            position = len(steps)
            steps.append((active, tokens, origins))
            log_probs, states = self._step(tokens.flatten(), memory, mask, states)
            if self.held_to and position < self.held_to:
                log_probs[:, EOS] = -torch.inf
            log_probs[:, [PAD, BOS]] = -torch.inf
            log_probs = log_probs.view(len(active), beams, -1)
            last = limits[active] == position
            if last.any():
                rows, slots = torch.nonzero(last[:, None] & (totals > -torch.inf), as_tuple=True)
                whole = totals[rows, slots] + log_probs[rows, slots, EOS]
                ended.append((active[rows], slots, whole / self._normalizer(position + 1), position))
            top, pieces = log_probs.topk(size, -1)  # [active, beams, size]
            best, at = (totals[:, :, None] + top).flatten(1).topk(size, -1)  # [active, size]
            pieces, origins = pieces.flatten(1).gather(1, at), at // size
            valid = (torch.arange(size) < torch.where(last, 0, free)[:, None]) & (best > -torch.inf)
            ending = valid & (pieces == EOS)
            live = valid & ~ending
            if ending.any():
                rows, slots = torch.nonzero(ending, as_tuple=True)
                scores = best[rows, slots] / self._normalizer(position + 1)
                ended.append((active[rows], origins[rows, slots], scores, position))
                best_ended.scatter_reduce_(0, rows, scores, "amax")
                free = free - ending.sum(1)
            reachable = torch.where(live, best, -torch.inf).amax(1) / self._normalizer(limits[active] + 1)
            kept = torch.nonzero(live.any(1) & (best_ended < reachable)).flatten()
            if not len(kept):
                break
            # Live ones to the front, so that a narrower beam is a shorter row.
            order = torch.argsort(~live[kept], dim=1, stable=True)
            width = int(live[kept].sum(1).max())
            order = order[:, :width]
            tokens, origins = pieces[kept].gather(1, order), origins[kept].gather(1, order)
            totals = torch.where(live[kept].gather(1, order), best[kept].gather(1, order), -torch.inf)
            rows = (kept[:, None] * beams + origins).flatten()
            states = [(hidden[:, rows], cell[:, rows]) for hidden, cell in states]
            if len(kept) < len(active):
                memory, mask = memory[kept], mask[kept]
            active, free, best_ended, beams = active[kept], free[kept], best_ended[kept], width
        return _trace(count, steps, ended)


def _trace(count: int, steps: list[tuple[Tensor, Tensor, Tensor]], ended: list[Ended]) -> list[list[int]]:
    """Follows the back-pointers of each sentence's best hypothesis."""
    best: dict[int, tuple[float, int, int]] = {}
    for sentences, slots, scores, position in ended:
        for sentence, slot, score in zip(sentences.tolist(), slots.tolist(), scores.tolist(), strict=True):
            if sentence not in best or score > best[sentence][0]:
                best[sentence] = score, slot, position
    arrays = [tuple(part.numpy() for part in step) for step in steps]
    outputs: list[list[int]] = []
    for sentence in range(count):
        _, slot, position = best[sentence]
        output: list[int] = []
        for sentences, tokens, origins in reversed(arrays[1 : position + 1]):
            row = int(np.searchsorted(sentences, sentence))
            output.append(int(tokens[row, slot]))
            slot = int(origins[row, slot])
        outputs.append(output[::-1])
    return outputs
