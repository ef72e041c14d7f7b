"""A multiverse in print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equipoise.stats import printing

if TYPE_CHECKING:
    from equipoise.stats.robustness.multiverse import Multiverse


def multiverse_text(many: Multiverse) -> str:
    """Return the text: the spread of the estimates, the verdicts, and what explains them."""
    lines = [
        f"Multiverse of {len(many)} analyses of the same {many.effects.k} trials",
        *_spread(many),
    ]
    verdicts = ", ".join(f"{name} {_percent(share)}" for name, share in many.shares.items())
    lines.append(f"  Verdicts about {_threshold(many)}: {verdicts}")
    rows: list[tuple[str, ...]] = [
        ("Choice", "Options", "Estimate, alone", "Estimate, in all", "Verdict")
    ]
    for d, each in enumerate(many.explained):
        options = len({row[d] for row in many.options})
        cells = (_percent(v) for v in (each.first, each.total, each.verdict))
        rows.append((each.choice, str(options), *cells))
    lines += ["", "  What each choice explains of the variation:", *printing.table(rows)]
    if many.deciding is None:
        lines.append("  Every analysis reaches the same verdict")
    else:
        lines.append(f"  The verdict hangs most on: {many.deciding}")
    if many.skipped:
        combinations = (
            "1 combination" if len(many.skipped) == 1 else f"{len(many.skipped)} combinations"
        )
        lines.append(f"  Not made: {combinations} ({reasons(many.skipped)})")
    return "\n".join(lines)


def reasons(skipped: Sequence[tuple[tuple[str, ...], str]]) -> str:
    """Return why combinations were not made, each reason once."""
    return "; ".join(dict.fromkeys(reason for _, reason in skipped)) or "there are no options"


def _spread(many: Multiverse) -> list[str]:
    quantiles = many.effects.pooled_transformed(np.quantile(many.estimate, [0.5, 0.0, 1.0]))
    show = printing.formatter(many.effects)
    middle, low, high = (show(float(value)) for value in quantiles)
    return [f"  {printing.short_name(many.effects)}: median {middle}, from {low} to {high}"]


def _threshold(many: Multiverse) -> str:
    shown = float(many.effects.pooled_transformed(np.array([many.threshold]))[0])
    return printing.formatter(many.effects)(shown)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}%"
