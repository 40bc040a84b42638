import io
import json

import numpy as np


def test_json_and_npz_hold_the_same(inspection):
    told = json.loads(inspection.to_json())
    archive = np.load(io.BytesIO(inspection.to_npz()), allow_pickle=False)
    assert set(archive.files) == {*told["arrays"], "metadata"}
    for name, values in told["arrays"].items():
        np.testing.assert_allclose(values, archive[name], rtol=1e-5, atol=1e-30)
    del told["arrays"]
    assert json.loads(str(archive["metadata"])) == told
    forget = archive["decoder/lstm_0/forget"]
    np.testing.assert_array_equal(forget, inspection.record.layer("decoder/lstm_0").gates["forget"])
    assert told["search"]["nodes"][0]["piece"] == "<s>"
    assert archive["attention"].shape == (1, len(told["target_pieces"]), len(told["source_pieces"]))
