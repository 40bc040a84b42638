"""The model of this project in PyTorch, written for speed: same architecture, weights interchangeable.

`torch.nn.LSTM` for every layer, over all steps at once; attention as two batched products; only real positions reach
the vocabulary. Gates stand in the same order (i, f, c, o is PyTorch's i, f, g, o); of PyTorch's two biases the
recurrent one stays zero, so that both models have the same parameters.
"""

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from scripts.benchmarks.rivals import check_settings
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.ids import BOS, PAD

State = tuple[Tensor, Tensor]
"""Hidden state and memory cell, each [1, rows, units]."""


class TorchModel(nn.Module):
    """Embeddings, bidirectional LSTM encoder, LSTM decoder whose bottom layer attends, softmax over the vocabulary."""

    def __init__(self, settings: ModelSettings, packed: bool = False) -> None:
        """Makes the network.

        Args:
            settings: Shape of the model.
            packed: Whether sources are read as packed sequences; else they are padded, each direction by itself.
        """
        super().__init__()
        check_settings(settings, "torch")
        embedding, units, decoder = settings.embedding_size, settings.encoder_size, settings.decoder_size
        vocabulary, memory, layers = settings.vocabulary_size, 2 * units, settings.decoder_layers
        self.embedding_dropout, self.layer_dropout, self.readout_dropout = (
            nn.Dropout(rate) for rate in (settings.embedding_dropout, settings.layer_dropout, settings.readout_dropout)
        )
        self.packed = packed
        self.embeddings = nn.Parameter(torch.randn(vocabulary, embedding) * embedding**-0.5)
        self.softmax_bias = nn.Parameter(torch.zeros(vocabulary))
        widths = [embedding] + [memory] * (settings.encoder_layers - 1)
        self.encoder = nn.ModuleList(
            nn.LSTM(width, units, bidirectional=True)
            if packed
            else nn.ModuleList([nn.LSTM(width, units), nn.LSTM(width, units)])
            for width in widths
        )
        self.bridges = nn.ModuleList(nn.Linear(memory, 2 * decoder) for _ in range(layers))
        inputs = [embedding] + [decoder + memory] * (layers - 1)
        self.decoder = nn.ModuleList(nn.LSTM(width, decoder) for width in inputs)
        self.readout = nn.Linear(decoder + memory, embedding)
        for name, parameter in self.named_parameters():
            if "bias_hh" in name:
                nn.init.zeros_(parameter)
                parameter.requires_grad_(False)
            elif "bias_ih" in name:
                nn.init.zeros_(parameter)
                nn.init.ones_(parameter[len(parameter) // 4 : len(parameter) // 2])  # forget gates

    def load_weights(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Takes over the weights of a `TranslationModel`, by their names in a model folder."""
        with torch.no_grad():
            self.embeddings.copy_(torch.from_numpy(weights["embeddings"]))
            self.softmax_bias.copy_(torch.from_numpy(weights["softmax_bias"]))
            for n, layer in enumerate(self.encoder):
                if self.packed:
                    _load_lstm(layer, weights, f"encoder/forward_{n}", "")
                    _load_lstm(layer, weights, f"encoder/backward_{n}", "_reverse")
                else:
                    _load_lstm(layer[0], weights, f"encoder/forward_{n}")
                    _load_lstm(layer[1], weights, f"encoder/backward_{n}")
            for n, (layer, bridge) in enumerate(zip(self.decoder, self.bridges, strict=True)):
                _load_lstm(layer, weights, f"decoder/lstm_{n}")
                _load_linear(bridge, weights[f"decoder/bridge/kernel_{n}"], weights[f"decoder/bridge/bias_{n}"])
            _load_linear(self.readout, weights["decoder/readout_kernel"], weights["decoder/readout_bias"])

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor, list[State]]:
        """Reads sentences.

        Args:
            source: Token ids. [sentences, source]

        Returns:
            Memory [sentences, source, width], what to add to scores (0 or −∞) [sentences, 1, source], and the decoder's
            first states.
        """
        real = source != PAD  # [sentences, source]
        lengths = real.sum(1)
        x = self.embedding_dropout(functional.embedding(source.t(), self.embeddings))  # [source, sentences, embedding]
        for n, layer in enumerate(self.encoder):
            if n:
                x = self.layer_dropout(x)
            y = self._read_packed(layer, x, lengths) if self.packed else self._read_padded(layer, x, lengths)
            x = x + y if n else y
        # The padded way leaves states behind the ends.
        memory = (x * real.t()[:, :, None]).transpose(0, 1)  # [sentences, source, width]
        summary = memory.sum(1) / lengths[:, None]
        first = []
        for bridge in self.bridges:
            hidden, cell = torch.tanh(bridge(summary))[None].chunk(2, -1)
            first.append((hidden.contiguous(), cell.contiguous()))
        return memory, torch.zeros_like(real, dtype=torch.float32).masked_fill(~real, -torch.inf)[:, None], first

    @staticmethod
    def _read_packed(layer: nn.Module, x: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        y: Tensor = pad_packed_sequence(layer(packed)[0], total_length=x.shape[0])[0]
        return y

    @staticmethod
    def _read_padded(directions: nn.Module, x: Tensor, lengths: Tensor) -> Tensor:
        """Backwards, each sentence is reversed within its own length: padding comes last, where nothing follows it."""
        forward, backward = directions
        places = torch.arange(x.shape[0])[:, None]
        turned = torch.where(places < lengths, lengths - 1 - places, places)  # [source, sentences]
        columns = torch.arange(x.shape[1])
        reverse = backward(x[turned, columns])[0]
        return torch.cat([forward(x)[0], reverse[turned, columns]], -1)

    @staticmethod
    def attend(queries: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Contexts of queries [sentences, queries, width]. Same shape."""
        scores = torch.bmm(queries, memory.transpose(1, 2))  # [sentences, queries, source]
        return torch.bmm(functional.softmax(scores + mask, -1).to(memory.dtype), memory)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Read-out states of the real target positions. [tokens, embedding]"""
        memory, mask, states = self.encode(source)
        before = functional.pad(target[:, :-1], (1, 0), value=BOS)
        x = self.embedding_dropout(functional.embedding(before.t(), self.embeddings))  # [target, sentences, embedding]
        hidden = self.decoder[0](x, states[0])[0]  # [target, sentences, units]
        context = self.attend(hidden.transpose(0, 1), memory, mask).transpose(0, 1)  # [target, sentences, width]
        for layer, state in zip(list(self.decoder)[1:], states[1:], strict=True):
            joined = self.layer_dropout(torch.cat([hidden, context], -1))
            hidden = hidden + layer(joined, state)[0]
        real = (target != PAD).t()
        joined = torch.cat([hidden[real], context[real]], -1)  # [tokens, …]
        return self.readout_dropout(torch.tanh(self.readout(self.layer_dropout(joined))))

    def loss_sum(self, source: Tensor, target: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss over the real target positions, in nats. Scalar."""
        logits = functional.linear(self(source, target), self.embeddings, self.softmax_bias)
        real = target.t()[(target != PAD).t()]
        return functional.cross_entropy(logits, real, label_smoothing=smoothing, reduction="sum")


def trained(model: nn.Module) -> Iterable[nn.Parameter]:
    """The parameters that learn."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def _load_lstm(layer: nn.Module, weights: dict[str, NDArray[np.float32]], name: str, suffix: str = "") -> None:
    values = {"weight_ih": f"{name}/kernel", "weight_hh": f"{name}/recurrent_kernel", "bias_ih": f"{name}/bias"}
    for ours, theirs in values.items():
        array = np.ascontiguousarray(weights[theirs].T)
        getattr(layer, f"{ours}_l0{suffix}").copy_(torch.from_numpy(array))
    getattr(layer, f"bias_hh_l0{suffix}").zero_()


def _load_linear(layer: nn.Module, kernel: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
    layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(kernel.T)))
    layer.bias.copy_(torch.from_numpy(bias))
