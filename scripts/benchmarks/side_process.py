"""The process of one side: `python -m scripts.benchmarks.side_process MODULE:CLASS`.

The first line of standard input is the side's specification, every other one a call; each is answered with one line,
all in JSON. What libraries print goes to standard error.
"""

import importlib
import json
import os
import sys
import traceback
from typing import IO, Any

from seq2seq.errors import UserError


def serve(calls: IO[str], answers: IO[str], name: str) -> None:
    """Makes the side that `name` stands for and answers calls until there are no more."""
    module, _, kind = name.partition(":")
    side: Any = None
    for line in calls:
        message = json.loads(line)
        try:
            if side is None:
                side = getattr(importlib.import_module(module), kind)(**message)
                answer = side.prepare()
            else:
                answer = side.round(**message)
        except UserError as error:
            answer = {"error": str(error)}
        except ModuleNotFoundError as error:
            # Not a defect: rivals are no part of an ordinary install.
            answer = {
                "error": f"{error.name} is not installed: run scripts/benchmark, which installs it, or "
                "pip install 'seq2seq-keras[benchmark]'"
            }
        except Exception:
            traceback.print_exc()
            answer = {"error": None}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(sys.stdin, answers, sys.argv[1])


if __name__ == "__main__":
    _main()
