"""The results of bounds of publication bias: corrected means, S-values, the rows of a funnel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.selection import _common as common
from equipoise.stats.selection._common import BiasModel, Direction

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


@dataclass(frozen=True, slots=True)
class CorrectedMean:
    """A mean corrected for a selection ratio, on the analysis scale.

    ``selection_ratio`` is η, infinite for the worst case; ``df`` those of its t-test.
    """

    selection_ratio: float
    estimate: float
    se: float | None
    df: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data; an infinite ratio is ``None``."""
        return {name: common.plain(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True, eq=False)
class WorstCaseBias:
    """What publication that favours affirmative trials could have done.

    ``affirmative`` marks the trials (``None`` where a trial cannot be estimated). ``corrected`` are
    the means at the selection ratios asked for; ``worst`` is the mean of the trials that are not
    affirmative. ``s_value_estimate`` is the selection ratio that moves the estimate to
    ``threshold``, ``s_value_ci`` the one that moves its confidence limit there: ``None`` where not
    even the worst case does, 1 where the uncorrected one is already there.
    """

    fit: MetaAnalysis
    model: BiasModel
    favours: Direction
    alpha: float
    level: float
    threshold: float
    k: int
    k_affirmative: int
    affirmative: tuple[bool | None, ...]
    tau2: float
    uncorrected: CorrectedMean
    corrected: tuple[CorrectedMean, ...]
    worst: CorrectedMean
    s_value_estimate: float | None
    s_value_ci: float | None
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a selection ratio, as the user's kind of frame (else a dict of lists)."""
        rows = (self.uncorrected, *self.corrected, self.worst)
        names = ("selection_ratio", "estimate", "se", "df", "ci_low", "ci_high", "p")
        columns = {name: [getattr(row, name) for row in rows] for name in names}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "model", "favours", "alpha", "level", "threshold", "k", "k_affirmative", "tau2",
            "s_value_estimate", "s_value_ci",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "worst-case-bias",
            **{name: getattr(self, name) for name in names},
            "affirmative": list(self.affirmative),
            "uncorrected": self.uncorrected.to_dict(),
            "corrected": [row.to_dict() for row in self.corrected],
            "worst": self.worst.to_dict(),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        return "\n".join(_text(self))


@dataclass(frozen=True, slots=True, eq=False)
class SignificanceFunnel:
    """The rows of a funnel plot that marks the affirmative trials.

    ``yi`` and ``sei`` are those of the estimable trials; the line of significance is
    ``yi = slope × sei``; ``all_trials`` and ``nonaffirmative`` are the means to mark.
    """

    study: tuple[str, ...]
    yi: tuple[float, ...]
    sei: tuple[float, ...]
    affirmative: tuple[bool, ...]
    slope: float
    all_trials: float
    nonaffirmative: float
    backend: str | None = None

    def tidy(self) -> Any:
        """Return a row a trial, as the user's kind of frame (else a dict of lists)."""
        columns: dict[str, Sequence[Any]] = {
            name: getattr(self, name) for name in ("study", "yi", "sei", "affirmative")
        }
        return to_frame(columns, self.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        rows = {name: list(getattr(self, name)) for name in ("study", "yi", "sei", "affirmative")}
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "significance-funnel",
            **rows,
            "slope": self.slope,
            "all_trials": self.all_trials,
            "nonaffirmative": self.nonaffirmative,
        }


def _text(found: WorstCaseBias) -> list[str]:
    side = common.direction_words(found.fit, found.favours)
    share = 100.0 * found.level
    lines = [
        f"Bounds of publication bias that favours significant results {side} ({found.model})",
        f"  Affirmative trials: {found.k_affirmative} of {found.k} (two-sided p < {found.alpha:g})",
    ]
    rows = [("", printing.short_name(found.fit.effects) + f" ({share:g}% CI)", "p")]
    named = [("as published", found.uncorrected)]
    named += [(f"selection ratio {row.selection_ratio:g}", row) for row in found.corrected]
    named.append(("worst case", found.worst))
    for name, row in named:
        p = printing.p_value(row.p).removeprefix("p ").removeprefix("= ")
        low = math.nan if row.ci_low is None else row.ci_low
        high = math.nan if row.ci_high is None else row.ci_high
        rows.append((name, common.shown(found.fit.effects, row.estimate, low, high), p))
    goal = "no effect" if found.threshold == 0.0 else f"{found.threshold:.4g} (analysis scale)"
    estimate, limit = _ratio(found.s_value_estimate), _ratio(found.s_value_ci)
    lines += [*printing.table(rows), f"  S-values, to bring to {goal}:"]
    lines += [f"    the estimate: {estimate}", f"    its confidence limit: {limit}"]
    return [*lines, *common.caution_lines(found.caution)]


def _ratio(value: float | None) -> str:
    if value is None:
        return "no selection of this kind can do it"
    return "already there" if value == 1.0 else f"{value:.3g} times as likely to be published"
