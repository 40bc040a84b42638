import pytest

from seq2seq.text.lines import read_lines


@pytest.fixture(scope="package")
def lines(traveller):
    """Thirty sources and references of the bundled corpus."""
    return read_lines(traveller / "test.en")[:30], read_lines(traveller / "test.de")[:30]


@pytest.fixture(scope="package")
def flawed(lines):
    """Two systems with known faults: a copying, repeating one and one that leaves the last word out."""
    sources, references = lines
    first = list(references)
    first[3] = sources[3]
    first[4] = references[4].rstrip(".") + " und und und das Ende und das Ende"
    first[5] = ""
    return {"first": first, "second": [line.rpartition(" ")[0] for line in references]}
