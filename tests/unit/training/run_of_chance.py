"""A run folder as training leaves it, with figures of chance."""

import json
import math
import random


def write_run(folder, updates=40, validate=10, seconds=True, gates=True, sessions=(0,), text=True):
    """Writes log and validation translations, and gives the folder back."""
    chance = random.Random(1)
    (folder / "validation").mkdir(parents=True, exist_ok=True)
    lines = []
    for step in range(1, updates + 1):
        if step - 1 in sessions:
            lines.append({"sitting": f"day {step}", "from_step": step - 1, "threads": 2, "precision": "float32"})
        line = {"step": step, "loss_sum": 300 * (4 + chance.random()), "tokens": 300, "source_tokens": 290}
        lines.append(line | {"gradient_norm": chance.random(), "rate": 0.001} | ({"seconds": 0.1} if seconds else {}))
        if step % validate == 0:
            loss = 4 + 100 / (step + 30)
            figures = {"loss": loss, "perplexity": math.exp(loss), "BLEU": 30 - 100 / step, "chrF2": 50.0}
            lines.append({"validation": step, **figures, "signatures": {}, "epochs": step / 20})
            if gates:
                lines.append({"gates": step, "saturated": {"encoder/forward_0/forget": [0.25, 0.5]}})
            said = "".join(f"Satz {n} <b>nach</b> {step if n else 'nichts'}\n" for n in range(20))
            (folder / "validation" / f"{step}.txt").write_text(said)
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    if text:
        (folder / "validation" / "source.txt").write_text("".join(f"sentence {n} & more\n" for n in range(20)))
        (folder / "validation" / "reference.txt").write_text("".join(f"Satz {n}\n" for n in range(20)))
    return folder
