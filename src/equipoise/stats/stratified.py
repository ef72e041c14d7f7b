"""Tests of tables in strata: is there any association, and is the odds ratio the same in all?"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import stratified as kernel
from equipoise.kernels.batches import Bools
from equipoise.kernels.effects.two_by_two import Tables, tables
from equipoise.kernels.stratified import ChiSquare
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction

_COLUMNS: Final = ("events_1", "n_1", "events_2", "n_2")
_LARGEST_SUPPORT: Final = 50_000
_FEW_PER_CELL: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class StratifiedTests:
    """Tests of the tables behind ``effects``; a trial is a stratum.

    ``cmh`` and ``cmh_corrected`` test that every odds ratio is one; ``breslow_day`` and ``tarone``
    that all are equal. ``odds_ratio`` is Mantel and Haenszel's. ``exact_p``,
    ``exact_odds_ratio`` and its limits come from the exact conditional distribution, without any
    large-sample argument. ``None`` where not defined; the notes say why. Of ``k`` tables
    ``informative`` say something about an odds ratio. An odds ratio, or a limit of one,
    that is infinite is ``math.inf``.
    """

    effects: EffectSizes
    k: int
    informative: int
    odds_ratio: float | None
    cmh: ChiSquare | None
    cmh_corrected: ChiSquare | None
    breslow_day: ChiSquare | None
    tarone: ChiSquare | None
    exact_p: float | None
    exact_odds_ratio: float | None
    exact_ci_low: float | None
    exact_ci_high: float | None
    level: float
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data; an infinite odds ratio is the text ``"Infinity"``."""
        numbers = ("odds_ratio", "exact_p", "exact_odds_ratio", "exact_ci_low", "exact_ci_high")
        tests = ("cmh", "cmh_corrected", "breslow_day", "tarone")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "stratified-tests",
            "k": self.k,
            "informative": self.informative,
            "level": self.level,
            **{name: _plain(getattr(self, name)) for name in numbers},
            **{name: _plain_test(getattr(self, name)) for name in tests},
            "notes": [note.to_dict() for note in self.notes],
        }

    def __str__(self) -> str:
        rows = [
            ("Test", "χ²", "df", "p"),
            _row("Association: Cochran-Mantel-Haenszel", self.cmh),
            _row("  with continuity correction", self.cmh_corrected),
            _row("Same odds ratio: Breslow-Day", self.breslow_day),
            _row("  with Tarone's correction", self.tarone),
        ]
        head = f"Tables in strata: {self.k} trials, {self.informative} with information"
        lines = [head, *printing.table(rows), *self._exact_lines()]
        return "\n".join([*lines, *(f"  Note: {note.text}" for note in self.notes)])

    def _exact_lines(self) -> list[str]:
        shown = f"  Mantel-Haenszel odds ratio: {printing.ratio(self.odds_ratio)}"
        if self.exact_p is None:
            return [shown]
        low, high = printing.ratio(self.exact_ci_low), printing.ratio(self.exact_ci_high)
        limits = f"{100.0 * self.level:g}% CI {printing.interval(low, high)}"
        exact = f"{printing.ratio(self.exact_odds_ratio)} ({limits})"
        return [shown, f"  Exact conditional odds ratio: {exact}, {printing.p_value(self.exact_p)}"]


def stratified_tests(effects: EffectSizes, *, level: float = 0.95) -> StratifiedTests:
    """Test tables for association and for homogeneity of the odds ratio.

    The counts are used as observed, whatever correction the effect sizes carry, and trials that
    cannot be estimated enter where their tables say something. Use the tests of homogeneity when
    there are some dozen participants with and without events in most tables; with sparse tables
    they are liberal (and Cochran's Q of corrected ones no better), and the exact test is the one to
    trust for association. No test of homogeneity says that effects are the same.

    The R calls are ``metafor::rma.mh(measure = "OR")`` (``MH``, ``BD``, ``TA``), ``mantelhaen.test``
    with and without ``exact = TRUE``. References stand with `equipoise.kernels.stratified`.

    Args:
        effects: Effect sizes made from two-by-two tables, by any measure.
        level: The level of the exact interval.

    Raises:
        MethodError: If the effect sizes were not made from tables.

    Example:
        >>> from equipoise.stats import effect_sizes
        >>> trials = effect_sizes("OR", events_1=[3, 5], n_1=[10, 10], events_2=[6, 7], n_2=[10, 10])
        >>> round(stratified_tests(trials).cmh.statistic, 4)
        2.4359
    """
    check_fraction("level", level)
    t = _tables(effects)
    odds_ratio = kernel.mantel_haenszel_odds_ratio(t)
    homogeneity = kernel.breslow_day(t, odds_ratio)
    exact, why = _exact(t, level)
    informative = int(np.count_nonzero(_says(t)))
    return StratifiedTests(
        effects=effects,
        k=t.a.size,
        informative=informative,
        odds_ratio=None if math.isnan(odds_ratio) else odds_ratio,
        cmh=kernel.cochran_mantel_haenszel(t, correct=False),
        cmh_corrected=kernel.cochran_mantel_haenszel(t, correct=True),
        breslow_day=None if homogeneity is None else homogeneity[0],
        tarone=None if homogeneity is None else homogeneity[1],
        exact_p=None if exact is None else exact.p,
        exact_odds_ratio=None if exact is None else exact.odds_ratio,
        exact_ci_low=None if exact is None else exact.low,
        exact_ci_high=None if exact is None else exact.high,
        level=level,
        notes=_notes(t, odds_ratio, why),
    )


def _tables(effects: EffectSizes) -> Tables:
    if not all(name in effects.columns for name in _COLUMNS):
        raise MethodError(
            "these tests need two-by-two tables; give events_1, n_1, events_2 and n_2 to "
            "effect_sizes",
            spec=f"measure={effects.measure}",
            reason="no tables",
        )
    return tables(*(effects.columns[name] for name in _COLUMNS))


def _says(t: Tables) -> Bools:
    events = t.a + t.c
    says = (t.n1 > 0.0) & (t.n2 > 0.0) & (events > 0.0) & (events < t.n)
    return np.asarray(says, dtype=np.bool_)


def _exact(t: Tables, level: float) -> tuple[kernel.Exact | None, str | None]:
    """Return the exact results, or why there are none."""
    cells = np.concatenate((t.a, t.b, t.c, t.d))
    if (cells != np.round(cells)).any():
        return None, "counts that are not whole numbers"
    if float(np.minimum(t.n1, t.a + t.c).sum()) > _LARGEST_SUPPORT:
        return None, "counts too large to need it"
    exact = kernel.exact_conditional(t, level)
    if exact is not None:
        return exact, None
    if not _says(t).any():
        return None, "no table in which the events could have fallen otherwise"
    return None, "counts so far from the hypothesis that their probability is below 1e-280"


def _notes(t: Tables, odds_ratio: float, why: str | None) -> tuple[Note, ...]:
    notes = []
    informative = int(np.count_nonzero(_says(t)))
    if informative < t.a.size:
        out = tuple(int(row) for row in np.flatnonzero(~_says(t)))
        text = "tables without events, or with nothing but events, say nothing here"
        notes.append(Note("uninformative-tables", text, out))
    if informative > 1 and not 0.0 < odds_ratio < math.inf:
        text = "no test of homogeneity: the common odds ratio is zero or infinite"
        notes.append(Note("no-homogeneity-test", text))
    elif informative > 1 and _sparse(t):
        text = (
            f"most tables expect fewer than {_FEW_PER_CELL:g} in some cell: Breslow-Day and Tarone "
            "rest on large tables"
        )
        notes.append(Note("sparse-tables", text))
    if why is not None:
        notes.append(Note("no-exact-test", f"no exact test: {why}"))
    return tuple(notes)


def _sparse(t: Tables) -> bool:
    says = _says(t)
    share = t.n1[says] / t.n[says]
    events = (t.a + t.c)[says]
    fewest = np.minimum(events, t.n[says] - events) * np.minimum(share, 1.0 - share)
    return bool(np.count_nonzero(fewest < _FEW_PER_CELL) > fewest.size / 2.0)


def _row(name: str, test: ChiSquare | None) -> tuple[str, str, str, str]:
    if test is None:
        return (name, "–", "–", "–")
    p = printing.p_value(test.p).removeprefix("p ").removeprefix("= ")
    return (name, printing.number(test.statistic), str(test.df), p)


def _plain(value: float | None) -> float | str | None:
    return "Infinity" if value == math.inf else value


def _plain_test(test: ChiSquare | None) -> dict[str, Any] | None:
    return None if test is None else asdict(test)
