"""Names of layers and gates as people read them."""

_DIRECTIONS = {"forward": ", forwards,", "backward": ", backwards,"}


def layer_title(name: str) -> str:
    """The name of a layer for readers.

    Args:
        name: The layer's name among a model's weights, its part first; the number counts from 0.

    Example:
        >>> layer_title("encoder/forward_0"), layer_title("decoder/lstm_1")
        ('encoder, forwards, layer 1', 'decoder layer 2')
    """
    part, _, layer = name.partition("/")
    kind, _, number = layer.rpartition("_")
    return f"{part}{_DIRECTIONS.get(kind, '')} layer {int(number) + 1}" if number.isdecimal() else name


def gate_title(name: str) -> str:
    """The name of a layer's gate for readers.

    Args:
        name: The layer's name and the gate's, such as "encoder/forward_0/forget".

    Example:
        >>> gate_title("encoder/backward_1/forget")
        'encoder, backwards, layer 2: forget gate'
    """
    layer, _, gate = name.rpartition("/")
    return f"{layer_title(layer)}: {gate} gate" if layer else name
