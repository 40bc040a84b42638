"""The learning rate as a function of the step."""

import math

from seq2seq.config.schema import TrainingConfig


def learning_rate(config: TrainingConfig, step: int, last_step: int, cuts: int) -> float:
    """Gives the learning rate of an update.

    Every schedule first rises linearly over `warmup_steps`. After that

    * constant stays;
    * cosine follows half a cosine to `final_learning_rate` at the last step (Loshchilov and Hutter, 2017, equation 5);
      with restarts it follows several halves, each twice as long as the one before (their section 4);
    * inverse_square_root falls with 1/√step (Vaswani et al., 2017, equation 3);
    * plateau is cut by `plateau_factor` whenever validations stop improving.

    Args:
        config: Options of the training.
        step: Number of the update, from 1.
        last_step: Number of updates of the run.
        cuts: How often the plateau schedule has cut the rate.

    Example:
        >>> from seq2seq.config.schema import TrainingConfig
        >>> config = TrainingConfig(max_steps=100, learning_rate=0.002, warmup_steps=10, final_learning_rate=0.0)
        >>> [round(learning_rate(config, step, 100, 0), 6) for step in (5, 10, 55, 100)]
        [0.001, 0.002, 0.001, 0.0]
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
    """The cosine's position in its cycle (0 to 1), after a share `done` of 1 + `restarts` doubling cycles."""
    # Measured in lengths of the first cycle, cycle n begins at 2ⁿ − 1 and is 2ⁿ long.
    position = done * (2 ** (restarts + 1) - 1)
    n = min(int(math.log2(position + 1)), restarts)
    return (position + 1) / 2**n - 1
