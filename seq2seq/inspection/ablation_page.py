"""The part of the page that shows the translation of an ablated network."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import FuncFormatter, MaxNLocator

from seq2seq.inspection.ablation import ATTENTION, Ablation
from seq2seq.inspection.inspection import AblatedTranslation, InspectionData
from seq2seq.inspection.maps import layer_name
from seq2seq.inspection.pictures import spelt
from seq2seq.inspection.records import Record
from seq2seq.pages.attention_map import attention_map
from seq2seq.pages.differences import marked
from seq2seq.pages.figures import INK, SERIES, new_figure, to_svg
from seq2seq.pages.text import number, width_of


def ablation_values(inspection: InspectionData) -> dict[str, Any]:
    """The values of `inspect-ablation.html`; `ablated` is None if nothing was held."""
    ablated = inspection.ablated
    if ablated is None:
        return {"ablated": None}
    return {
        "ablated": ablated,
        "held": [ablation_text(each, inspection.record) for each in ablated.ablations],
        "intact_marked": marked(inspection.translation, ablated.output.text),
        "ablated_marked": marked(ablated.output.text, inspection.translation),
        "target_after": float(ablated.target_log_probabilities.sum()),
        "damage": damage_figure(inspection, ablated),
        "ablated_attention": _attention(inspection, ablated),
    }


def ablation_text(ablation: Ablation, record: Record) -> str:
    """An ablation in words.

    Args:
        ablation: What is held.
        record: A recording of the model, which knows its layers.
    """
    if ablation.part == ATTENTION:
        if ablation.value is None:
            return "Attention: all source pieces get the same share at every step."
        return "Attention: the decoder reads nothing of the sentence but what its first states carry."
    layer = layer_name(record.layer(ablation.part))
    value = number(ablation.value, 2)
    if ablation.held == "hidden":
        return f"Unit {ablation.unit} of {layer}: its hidden state is held at {value}."
    what = "candidate" if ablation.held == "candidate" else f"{ablation.held} gate"
    units = "all units" if ablation.unit is None else f"unit {ablation.unit}"
    shut = {0.0: ", that is shut", 1.0: ", that is open"}.get(float(ablation.value or 0), "") if "gate" in what else ""
    return f"The {what} of {units} of {layer} is held at {value}{shut}."


def damage_figure(inspection: InspectionData, ablated: AblatedTranslation) -> Markup:
    """Draws the probability of each target token before and after."""
    labels = [spelt(piece) for piece in inspection.target.pieces]
    before, after = np.exp(inspection.record.log_probabilities), np.exp(ablated.target_log_probabilities)
    longest = max(map(width_of, labels))
    size = (max(300.0, 62 + 30.0 * len(labels) + 4 * longest), 190.0 + 5.4 * longest)
    figure, axes = new_figure(*size)
    figure.subplots_adjust(
        left=46 / size[0],
        right=1 - (10 + 4 * longest) / size[0],
        top=1 - 34 / size[1],
        bottom=(26 + 5.4 * longest) / size[1],
    )
    at = np.arange(len(labels))
    for n, (name, values) in enumerate((("whole network", before), ("with parts missing", after))):
        axes.bar(at + (0.38 * n - 0.19), values, 0.36, color=SERIES[n], linewidth=0, label=name)
    axes.set_ylim(0, 1)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    axes.set_xticks(at, labels, rotation=-50, ha="left", va="top", rotation_mode="anchor", parse_math=False)
    axes.tick_params(axis="x", colors=INK, labelsize=12, pad=4)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        frameon=False,
        fontsize=12,
        labelcolor=INK,
        handlelength=1,
        borderaxespad=0.3,
        borderpad=0,
    )
    worst = int((before - after).argmax())
    summary = (
        f"“{labels[worst]}” loses most: from {100 * before[worst]:.0f} % to {100 * after[worst]:.0f} %. On average "
        f"{100 * before.mean():.0f} % before, {100 * after.mean():.0f} % after."
    )
    return to_svg(figure, key="damage", title="Probability of each piece, before and after", description=summary)


def _attention(inspection: InspectionData, ablated: AblatedTranslation) -> Markup | None:
    """What the ablated network attended to while it generated its output; None if attention itself was held."""
    if any(each.part == ATTENTION for each in ablated.ablations):
        return None
    source = inspection.source
    return attention_map(
        ablated.record.attention.mean(0),
        source.pieces,
        ablated.output.pieces,
        key="attention-ablated",
        title="Attention with parts missing",
        source_spaces=source.spaces,
        target_spaces=ablated.output.spaces,
    ).to_html()
