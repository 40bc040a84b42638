"""This project and its rivals in turn, on the same data: `scripts/benchmark`.

    data → sides, each in a process of its own → rounds in turn → statistics → table, JSON, picture

A *side* is one of those who compete: this project (`ours`) or a rival, each in a file of its own. It prepares itself
(loads, warms up, tries its settings) and then computes one round whenever it is told to, while the others sleep.
"""
