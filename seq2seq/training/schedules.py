"""The learning rate as a function of the step."""

import math

from seq2seq.config import TrainingConfig


def learning_rate(config: TrainingConfig, step: int, last_step: int, cuts: int) -> float:
    """The rate of an update.

    Every schedule first rises linearly over `warmup_steps`. Then it stays (constant), follows half a cosine to
    `final_learning_rate` at the last step (Loshchilov and Hutter, 2017, equation 5), falls with 1/√step (Vaswani et
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
        done = min(1.0, (step - warmup) / max(1, last_step - warmup))
        floor = min(config.final_learning_rate, peak)
        return floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2
    if config.schedule == "inverse_square_root":
        return peak * math.sqrt(max(1, warmup) / step)
    if config.schedule == "plateau":
        return max(peak * config.plateau_factor**cuts, min(config.final_learning_rate, peak))
    return peak
