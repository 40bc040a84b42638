"""The learning rate as a function of the step."""

import math

from seq2seq.config.options import TrainingConfig


def learning_rate(config: TrainingConfig, step: int, last_step: int, cuts: int) -> float:
    """The rate of an update.

    Every schedule first rises linearly over `warmup_steps`. Then it stays (constant), follows half a cosine to
    `final_learning_rate` at the last step (Loshchilov and Hutter, 2017, equation 5; with restarts, several halves, each
    twice as long as the one before, as their section 4 recommends), falls with 1/√step (Vaswani et
    al., 2017, equation 3), or is cut by `plateau_factor` whenever validations stop getting better.

    Args:
        config: of the training.
        step: of the update, from 1.
        last_step: of the run.
        cuts: how often the plateau schedule has cut the rate.
    """
    peak, warmup = config.learning_rate, config.warmup_steps
    if step <= warmup:
        return peak * step / warmup
    if config.schedule == "cosine":
        done = _cycle(min(1.0, (step - warmup) / max(1, last_step - warmup)), config.restarts)
        floor = min(config.final_learning_rate, peak)
        return floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2
    if config.schedule == "inverse_square_root":
        return peak * math.sqrt(max(1, warmup) / step)
    if config.schedule == "plateau":
        return max(peak * config.plateau_factor**cuts, min(config.final_learning_rate, peak))
    return peak


def _cycle(done: float, restarts: int) -> float:
    """Where in its cycle the cosine is (0 to 1), `done` of the way through 1 + `restarts` cycles of doubling length."""
    # In lengths of the first cycle, cycle n begins at 2ⁿ − 1 and is 2ⁿ long.
    position = done * (2 ** (restarts + 1) - 1)
    n = min(int(math.log2(position + 1)), restarts)
    return (position + 1) / 2**n - 1
