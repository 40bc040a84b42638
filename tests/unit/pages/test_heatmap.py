import base64
import json
import re

import numpy as np
import pytest

from seq2seq.pages.axis import Axis
from seq2seq.pages.heatmap import Heatmap

ROWS, COLUMNS = Axis("unit", ["a", "</script>&", "c"]), Axis("step", ["0", "1"])
VALUES = np.array([[0.25, -0.5], [np.nan, 1.0], [0.0, 0.125]])


def heatmap(*arguments, **options):
    return Heatmap(*arguments, **options).to_html()


def data_of(html):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', str(html), re.DOTALL)[1])


def decoded(data):
    codes = np.frombuffer(base64.b64decode(data["values"]), "<u2" if data["bits"] == 16 else "u1")
    last = 2 ** data["bits"] - 1
    values = data["low"] + codes / (last - 1) * (data["high"] - data["low"])
    shape = len(data["rows"]["labels"]), len(data["columns"]["labels"])
    return np.where(codes == last, np.nan, values).reshape(shape)


def test_the_script_gets_the_values():
    data = data_of(heatmap(VALUES, ROWS, COLUMNS, key="k", title="T"))
    np.testing.assert_allclose(decoded(data), VALUES, atol=1.5 / 65534)
    assert data["rows"] == {"name": "unit", "labels": list(ROWS.labels)}


def test_a_large_matrix_takes_a_byte_per_cell_and_no_table():
    values = np.random.default_rng(0).normal(size=(512, 40))
    html = heatmap(
        values, Axis("unit", list(map(str, range(512)))), Axis("t", list(map(str, range(40)))), key="k", title="T"
    )
    np.testing.assert_allclose(decoded(data_of(html)), values, atol=np.ptp(values) / 254)
    assert len(html) < 90_000 and "<table" not in html and str(html).count("<image") == 2


def test_the_table_says_what_the_picture_shows():
    html = str(heatmap(VALUES, ROWS, COLUMNS, key="k", title="T"))
    assert re.findall(r"<td>(.*?)</td>", html) == ["0.25", "−0.50", "–", "1.00", "0.00", "0.12"]
    assert "&lt;/script&gt;&amp;" in html
    assert "3 × 2 values (unit × step) from −0.50 to 1.00, mean 0.17" in html


def test_the_place_of_the_matrix_in_the_picture():
    left, top, width, height = data_of(heatmap(VALUES, ROWS, COLUMNS, key="k", title="T"))["box"]
    assert 0 < left < left + width < 1 and 0 < top < top + height < 1


def test_nothing_known_and_nothing_different():
    nothing = heatmap(np.full((3, 2), np.nan), ROWS, COLUMNS, key="k", title="T")
    assert np.isnan(decoded(data_of(nothing))).all() and "all unknown" in nothing
    same = heatmap(np.full((3, 2), 2.5), ROWS, COLUMNS, key="k", title="T", signed=True)
    np.testing.assert_allclose(decoded(data_of(same)), 2.5)


def test_labels_that_do_not_fit():
    with pytest.raises(ValueError, match=r"3 rows and 2 columns, got shape \(2, 3\)"):
        heatmap(VALUES.T, ROWS, COLUMNS, key="k", title="T")


def test_the_bare_picture_has_a_margin_and_a_name():
    svg = str(Heatmap(VALUES, ROWS, COLUMNS, key="k", title="A & B").to_svg(margin=16))
    plain = str(Heatmap(VALUES, ROWS, COLUMNS, key="k", title="A & B").to_svg())
    assert svg.startswith('<svg role="img" aria-label="A &amp; B" viewBox="0 0 ') and svg.endswith("</g></svg>")
    boxes = [[float(n) for n in re.search(r'viewBox="0 0 (\S+) (\S+)"', each).groups()] for each in (svg, plain)]
    np.testing.assert_allclose(np.subtract(*boxes), 16)
    assert "<script" not in svg and 'transform="translate(0 16)"' in svg
    assert str(heatmap(VALUES, ROWS, COLUMNS, key="k", title="A & B")).count("<image") == svg.count("<image") == 2
