"""Trials that do not fit the others, by a named rule, and the result without them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.distributions import normal_two_sided, t_two_sided
from equipoise.stats import printing
from equipoise.stats._requirements import at_least, inverse_variance_only
from equipoise.stats.diagnostics import influence
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word
from equipoise.stats.pooling import pool

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

OutlierRule = Literal["deleted-residual", "intervals-apart"]
Adjustment = Literal["holm", "bonferroni", "none"]

_FEWEST: Final = 3
_SHARE: Final = 1.0 / 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """A pooling without the trials named so far: ``removed`` in this round, and the ``fit``."""

    removed: tuple[str, ...]
    fit: MetaAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class Outliers:
    """The trials of ``fit`` that a rule names, a row a trial; nothing is removed from ``fit``.

    ``residual`` is the studentised deleted residual, ``p`` its two-sided probability and
    ``p_adjusted`` that after the ``adjustment``; ``None`` where the rule does not use them or a
    trial is not estimable. ``rounds`` pools without the trials named, asks the rule again, and so
    on until it names none or too few trials would remain (``complete`` says which).
    """

    fit: MetaAnalysis
    rule: OutlierRule
    adjustment: Adjustment
    study: tuple[str, ...]
    residual: tuple[float | None, ...]
    p: tuple[float | None, ...]
    p_adjusted: tuple[float | None, ...]
    outlier: tuple[bool, ...]
    rounds: tuple[Round, ...]
    complete: bool
    caution: tuple[Note, ...]

    @property
    def without(self) -> MetaAnalysis | None:
        """The trials pooled without those named at first; ``None`` if none was."""
        return self.rounds[0].fit if self.rounds else None

    def tidy(self) -> Any:
        """Return a row a trial, as the user's kind of frame (else a dict of lists)."""
        names = ("study", "residual", "p", "p_adjusted", "outlier")
        columns = {name: getattr(self, name) for name in names}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("study", "residual", "p", "p_adjusted", "outlier")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "outliers",
            "rule": self.rule,
            "adjustment": self.adjustment,
            "level": self.fit.methods.level,
            **{name: list(getattr(self, name)) for name in names},
            "rounds": [
                {
                    "removed": list(r.removed), "k": r.fit.k, "estimate": r.fit.estimate,
                    "ci_low": r.fit.ci_low, "ci_high": r.fit.ci_high, "tau2": r.fit.tau2,
                    "i2": r.fit.i2,
                }
                for r in self.rounds
            ],
            "complete": self.complete,
            "caution": [note.to_dict() for note in self.caution],
        }  # fmt: skip

    def __str__(self) -> str:
        lines = [_RULE_WORDS[self.rule] + _ADJUSTMENT_WORDS[self.adjustment]]
        lines += printing.method_lines(self.fit.methods)
        digits = printing.decimals(self.fit.tau2 or 0.0)
        rows = [("Pooled", "k", "Effect", "τ²", "I²"), _row("all trials", self.fit, digits)]
        rows += [_row("also without " + _and(r.removed), r.fit, digits) for r in self.rounds]
        if self.rounds:
            rows[2] = ("without " + _and(self.rounds[0].removed), *rows[2][1:])
        lines += ["", *printing.table(rows)]
        if not self.rounds:
            lines.append("  No trial is named")
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


_RULE_WORDS: Final = {
    "deleted-residual": "Trials that do not fit: deleted residual beyond its limits",
    "intervals-apart": "Trials that do not fit: confidence interval apart from the pooled one",
}
_ADJUSTMENT_WORDS: Final = {"holm": ", Holm", "bonferroni": ", Bonferroni", "none": ""}


def outliers(
    fit: MetaAnalysis,
    rule: OutlierRule = "deleted-residual",
    *,
    adjustment: Adjustment | None = None,
) -> Outliers:
    """Name the trials that do not fit the others, and pool without them.

    - ``deleted-residual``: the studentised deleted residual (`influence`, metafor's ``rstudent``) is
      tested by the normal distribution, or by t with k - 2 degrees of freedom where Hartung and
      Knapp's factor scales it (which it does by the spread of the k - 1 others), p-values adjusted
      for having looked at every trial: by Holm unless told otherwise. Without adjustment one trial
      in twenty is named by chance. Viechtbauer and Cheung 2010, doi:10.1002/jrsm.11; Holm 1979, Scandinavian Journal of Statistics.
    - ``intervals-apart``: the trial's interval does not touch the pooled one, both at the level of
      the methods. The rule of ``dmetar::find.outliers`` in R: no error rate belongs to it, the trial
      is part of what it is compared with, and large trials are named more easily than small ones.

    A trial that is named is a trial to look at, not one to drop: its results belong in the main
    analysis unless a reason other than its result speaks against it.

    Args:
        fit: The meta-analysis, by inverse variance.
        rule: Which rule.
        adjustment: For many tests: ``holm``, ``bonferroni`` or ``none``; not for
            ``intervals-apart``.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, fewer than three trials, and options that
            do not exist or do not go together.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[0.0, 0.1, 0.0, 0.1, 3.0], se=[0.2] * 5)
        >>> outliers(pool(trials, ci="wald")).outlier
        (False, False, False, False, True)
    """
    check_word("rule", rule, get_args(OutlierRule))
    chosen = _adjustment(rule, adjustment)
    what = "a search for outliers"
    inverse_variance_only(fit.methods, what)
    at_least(fit, _FEWEST, what)
    residual, p, adjusted, named = _RULES[rule](fit, chosen)
    rounds, complete = _rounds(fit, rule, chosen, named)
    return Outliers(
        fit=fit,
        rule=rule,
        adjustment=chosen,
        study=fit.effects.study,
        residual=_column(residual),
        p=_column(p),
        p_adjusted=_column(adjusted),
        outlier=tuple(bool(value) for value in named),
        rounds=rounds,
        complete=complete,
        caution=_cautions(fit, rule, named, rounds, complete=complete),
    )


def _adjustment(rule: str, adjustment: Adjustment | None) -> Adjustment:
    if adjustment is None:
        return "holm" if rule == "deleted-residual" else "none"
    check_word("adjustment", adjustment, get_args(Adjustment))
    if rule == "intervals-apart" and adjustment != "none":
        raise MethodError(
            "intervals-apart has no p-values to adjust; leave adjustment out, or use "
            "rule='deleted-residual'",
            spec=f"rule={rule}, adjustment={adjustment}",
            reason="the option does not apply",
        )
    return adjustment


def _by_residual(fit: MetaAnalysis, adjustment: Adjustment) -> tuple[Floats, Floats, Floats, Bools]:
    table = influence(fit)
    residual = np.array([np.nan if r is None else r for r in table.rstudent])
    p = np.where(np.isnan(residual), np.nan, _two_sided(residual, fit))
    adjusted = adjusted_p(p, adjustment)
    return residual, p, adjusted, adjusted <= 1.0 - fit.methods.level


def _two_sided(residual: Floats, fit: MetaAnalysis) -> Floats:
    if fit.methods.ci.startswith("hksj"):
        return t_two_sided(residual, np.full(residual.shape, fit.k - 2.0))
    return normal_two_sided(residual)


def _by_interval(fit: MetaAnalysis, _: Adjustment) -> tuple[Floats, Floats, Floats, Bools]:
    low, high = fit.effects.intervals(fit.methods.level)
    blank = np.full(low.size, np.nan)
    return blank, blank, blank, (high < fit.ci_low) | (low > fit.ci_high)


_RULES: Final[
    dict[str, Callable[[MetaAnalysis, Adjustment], tuple[Floats, Floats, Floats, Bools]]]
] = {"deleted-residual": _by_residual, "intervals-apart": _by_interval}


def adjusted_p(p: Floats, adjustment: Adjustment) -> Floats:
    """Return p-values adjusted for their number; ``nan`` stays and does not count.

    The R call is ``p.adjust``.
    """
    known = np.flatnonzero(~np.isnan(p))
    out = p.copy()
    if adjustment == "bonferroni":
        out[known] = np.minimum(1.0, p[known] * known.size)
    elif adjustment == "holm":
        order = known[np.argsort(p[known], kind="stable")]
        steps = p[order] * (known.size - np.arange(known.size))
        out[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return out


def _rounds(
    fit: MetaAnalysis, rule: str, adjustment: Adjustment, named: Bools
) -> tuple[tuple[Round, ...], bool]:
    """Pool without the named trials until none is named; say whether that point was reached."""
    rounds: list[Round] = []
    current, out = fit, named
    while out.any():
        left = current.effects.estimable & ~out
        if np.count_nonzero(left) < _FEWEST:
            return tuple(rounds), False
        removed = tuple(np.array(current.effects.study, dtype=object)[out])
        methods = current.methods.for_trials(left.tolist())
        current = pool(current.effects.subset(left), methods=methods)
        rounds.append(Round(removed, current))
        out = _RULES[rule](current, adjustment)[3]
    return tuple(rounds), True


def _cautions(
    fit: MetaAnalysis, rule: str, named: Bools, rounds: tuple[Round, ...], *, complete: bool
) -> tuple[Note, ...]:
    notes = []
    if rule == "intervals-apart":
        text = "this rule has no error rate and names large trials more easily than small ones"
        notes.append(Note("no-error-rate", text))
    gone = sum(len(r.removed) for r in rounds) or int(np.count_nonzero(named))
    if gone > _SHARE * fit.effects.k:
        text = (
            f"{gone} of {fit.effects.k} trials are named: this is heterogeneity to explain, not a "
            "few trials out of line"
        )
        notes.append(Note("many-named", text))
    if not complete:
        text = "the search stopped: too few trials would remain"
        notes.append(Note("stopped", text))
    return tuple(notes)


def _row(label: str, fit: MetaAnalysis, digits: int) -> tuple[str, str, str, str, str]:
    t = fit.transformed
    shown = printing.effect_with_interval(fit.effects, t.estimate, t.ci_low, t.ci_high)
    return (label, str(fit.k), shown, printing.number(fit.tau2, digits), printing.percent(fit.i2))


def _and(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _column(values: Floats) -> tuple[float | None, ...]:
    return tuple(float(v) if math.isfinite(v) else None for v in values)
