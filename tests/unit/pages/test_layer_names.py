import pytest

from seq2seq.pages.layer_names import gate_title, layer_title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("encoder/forward_0", "encoder, forwards, layer 1"),
        ("encoder/backward_2", "encoder, backwards, layer 3"),
        ("encoder/lstm_1", "encoder layer 2"),
        ("decoder/gru_10", "decoder layer 11"),
        ("embedding", "embedding"),
    ],
)
def test_layers(name, title):
    assert layer_title(name) == title


def test_gates():
    assert gate_title("decoder/lstm_0/output") == "decoder layer 1: output gate"
    assert gate_title("forget") == "forget"
