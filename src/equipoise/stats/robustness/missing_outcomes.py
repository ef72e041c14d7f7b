"""Missing binary outcomes: what the pooled result becomes under named assumptions about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.effects import two_by_two
from equipoise.kernels.robustness.missing_outcomes import AllRandomised, Arm, compare, risk_of_all
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import Problems, read_columns, to_frame
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word
from equipoise.stats.pooling import pool
from equipoise.stats.robustness import _common as common

if TYPE_CHECKING:
    from equipoise.stats.presets import MethodSpec
    from equipoise.stats.results import MetaAnalysis

EventsAre = Literal["harmful", "beneficial"]
Assumption = Literal[
    "available-case", "ICA-0", "ICA-1", "ICA-pC", "ICA-pE", "ICA-p", "best-case", "worst-case",
    "Gamble-Hollis", "IMOR",
]  # fmt: skip

_WORDS: Final[dict[str, str]] = {
    "available-case": "only observed outcomes",
    "ICA-0": "no missing participant had an event",
    "ICA-1": "all missing participants had events",
    "ICA-pC": "missing in arm 1: the observed risk of arm 2",
    "ICA-pE": "missing in arm 2: the observed risk of arm 1",
    "ICA-p": "missing: the observed risk of their own arm",
    "best-case": "best for arm 1, worst for arm 2",
    "worst-case": "worst for arm 1, best for arm 2",
    "Gamble-Hollis": "observed effect, standard error from best to worst",
    "IMOR": "odds ratios of missingness as given",
}


@dataclass(frozen=True, slots=True, eq=False)
class UnderAssumption:
    """A pooled result under one assumption; ``fit`` holds the trials' effects under it too."""

    assumption: Assumption
    fit: MetaAnalysis

    @property
    def words(self) -> str:
        """The assumption in words."""
        return _WORDS[self.assumption]


@dataclass(frozen=True, slots=True, eq=False)
class MissingOutcomes:
    """Pooled results under each assumption, in the order of the table in the manual.

    ``missing_share`` is the share of outcomes missing in both arms together.
    """

    fit: MetaAnalysis
    events_are: EventsAre
    missing_share: float
    results: tuple[UnderAssumption, ...]
    caution: tuple[Note, ...]

    def __getitem__(self, assumption: Assumption) -> MetaAnalysis:
        """Return the meta-analysis under an assumption."""
        check_word("assumption", assumption, get_args(Assumption))
        for result in self.results:
            if result.assumption == assumption:
                return result.fit
        raise MethodError(
            "give imor_1 and imor_2 for a result under them",
            spec=f"assumption={assumption}",
            reason="not asked for",
        )

    def tidy(self) -> Any:
        """Return a row an assumption (analysis scale), as the user's kind of frame."""
        names = ("estimate", "se", "ci_low", "ci_high", "p", "tau2")
        columns: dict[str, Sequence[Any]] = {
            "assumption": [result.assumption for result in self.results],
            "k": [result.fit.k for result in self.results],
        }
        columns |= {name: [getattr(r.fit, name) for r in self.results] for name in names}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "missing-outcomes",
            "events_are": self.events_are,
            "missing_share": self.missing_share,
            "results": [
                {"assumption": result.assumption, "fit": result.fit.to_dict()}
                for result in self.results
            ],
            "caution": common.notes_json(self.caution),
        }

    def __str__(self) -> str:
        level = f"{100.0 * self.fit.methods.level:g}% CI"
        name = printing.short_name(self.fit.effects)
        rows: list[tuple[str, ...]] = [("Assumption", "", f"{name} ({level})", "p")]
        for result in self.results:
            fit = result.fit
            effect = common.shown(fit.effects, fit.estimate, fit.ci_low, fit.ci_high)
            p = printing.p_value(fit.p).removeprefix("p ").removeprefix("= ")
            rows.append((result.assumption, result.words, effect, p))
        head = f"Missing outcomes: {100.0 * self.missing_share:.1f}% of participants"
        lines = [head, *printing.table(rows, left=2)]
        return "\n".join([*lines, *common.caution_lines(self.caution)])


@dataclass(frozen=True, slots=True, eq=False)
class _Arms:
    one: Arm
    two: Arm

    def risks(
        self, odds_1: Floats | float, odds_2: Floats | float
    ) -> tuple[AllRandomised, AllRandomised]:
        """Return the risks of all randomised in both arms."""
        one, two = (np.asarray(odds, dtype=np.float64) for odds in (odds_1, odds_2))
        return risk_of_all(self.one, one), risk_of_all(self.two, two)


def missing_outcomes(
    fit: MetaAnalysis,
    missing_1: Any,
    missing_2: Any,
    *,
    events_are: EventsAre,
    imor_1: float | None = None,
    imor_2: float | None = None,
    log_imor_sd: float | tuple[float, float] = 0.0,
    log_imor_correlation: float = 0.0,
) -> MissingOutcomes:
    r"""Pool again under assumptions about participants whose outcome is missing.

    ``n_1`` and ``n_2`` of the fit count participants *with* an outcome. Each assumption is a pair of
    informative-missingness odds ratios :math:`\delta`, the odds of an event among the missing over
    those among the observed: 0 and ∞ for imputing no events and all events (ICA-0, ICA-1, best and
    worst case), 1 for the observed risk, or those given. The risk of all randomised and its variance
    follow, with what is uncertain of the odds ratios where ``log_imor_sd`` says so: no row of the
    table treats imputed outcomes as if they had been seen. Gamble and Hollis keep the observed
    effects and widen their standard errors so that the interval runs from that of the worst to that
    of the best case, 2005, doi:10.1016/j.jclinepi.2004.09.013. All are pooled by inverse variance
    with the methods of the fit.

    The R call is ``metasens::metamiss(m, miss.e, miss.c, method.miss = )``; R takes 9999 for ∞, and
    in trials with an empty cell adds a half to the events but not to the others. Higgins, White and
    Wood 2008, doi:10.1177/1740774508091600.

    Args:
        fit: A meta-analysis of risk ratios, odds ratios or risk differences from tables.
        missing_1: Missing outcomes in arm 1, one a trial.
        missing_2: Missing outcomes in arm 2.
        events_are: Whether an event is good or bad for a patient; it tells best from worst.
        imor_1: The odds ratio of missingness in arm 1, zero or above (``math.inf`` is allowed).
        imor_2: That in arm 2; as in arm 1 unless told otherwise.
        log_imor_sd: How uncertain the log odds ratios given are: a standard deviation, or one an
            arm.
        log_imor_correlation: Their correlation.

    Raises:
        DataError: For counts of missing outcomes that cannot be.
        MethodError: For other measures; for odds ratios and deviations that cannot be.
    """
    check_word("events_are", events_are, get_args(EventsAre))
    _check_measure(fit)
    arms = _arms(fit, missing_1, missing_2)
    methods = replace(fit.methods, method="IV", mh_counts="observed")
    if imor_1 is None and imor_2 is not None:
        raise MethodError("give imor_1 too", spec="imor_2", reason="one arm without odds ratio")
    results = [
        UnderAssumption(name, _pooled(fit, *values, methods))
        for name, values in _simple(fit, arms, events_are).items()
    ]
    if imor_1 is not None:
        sds = _deviations(log_imor_sd, log_imor_correlation)
        both = _odds_ratios(imor_1, imor_1 if imor_2 is None else imor_2)
        one, two = arms.risks(*both)
        yi, vi = compare(fit.effects.measure, one, two, sds, log_imor_correlation)
        results.append(UnderAssumption("IMOR", _pooled(fit, yi, vi, methods)))
    share = _missing_share(arms)
    return MissingOutcomes(fit, events_are, share, tuple(results), _cautions(fit, results))


def _check_measure(fit: MetaAnalysis) -> None:
    columns = ("events_1", "n_1", "events_2", "n_2")
    if (
        fit.effects.measure not in {"RR", "OR", "RD"}
        or not set(columns) <= fit.effects.columns.keys()
    ):
        raise MethodError(
            "missing outcomes need RR, OR or RD with events of both arms",
            spec=f"measure={fit.effects.measure}",
            reason="no tables",
        )


def _arms(fit: MetaAnalysis, missing_1: Any, missing_2: Any) -> _Arms:
    """Return observed tables, with half a participant a cell where one is empty, and the missing."""
    given = read_columns(
        None, list(fit.effects.study), {"missing_1": missing_1, "missing_2": missing_2}
    )
    for name, values in given.values.items():
        _check_counts(given.problems, name, values)
    given.problems.raise_if_any()
    c = fit.effects.columns
    t = two_by_two.tables(c["events_1"], c["n_1"], c["events_2"], c["n_2"])
    t = two_by_two.corrected(t, two_by_two.has_zero(t), 0.5, reciprocal=False)
    return _Arms(
        Arm(t.a, t.a + t.b, given.values["missing_1"]),
        Arm(t.c, t.c + t.d, given.values["missing_2"]),
    )


def _check_counts(problems: Problems, name: str, values: Floats) -> None:
    def describe(_row: int) -> str:
        return f"{name} must be a number, zero or above"

    problems.check(~(values >= 0.0), "missing outcomes are counts", describe)


def _simple(
    fit: MetaAnalysis, arms: _Arms, events_are: EventsAre
) -> dict[Assumption, tuple[Floats, Floats]]:
    """Return effects and variances under the assumptions that need no numbers."""
    measure = fit.effects.measure
    odds = [arm.events / (arm.n - arm.events) for arm in (arms.one, arms.two)]
    good, bad = (0.0, math.inf) if events_are == "harmful" else (math.inf, 0.0)
    pairs: dict[Assumption, tuple[Floats | float, Floats | float]] = {
        "ICA-0": (0.0, 0.0),
        "ICA-1": (math.inf, math.inf),
        "ICA-pC": (odds[1] / odds[0], 1.0),
        "ICA-pE": (1.0, odds[0] / odds[1]),
        "ICA-p": (1.0, 1.0),
        "best-case": (good, bad),
        "worst-case": (bad, good),
    }
    found: dict[Assumption, tuple[Floats, Floats]] = {
        "available-case": (fit.effects.yi, fit.effects.vi)
    }
    for name, (one, two) in pairs.items():
        found[name] = _compared(measure, arms.risks(one, two))
    found["Gamble-Hollis"] = (fit.effects.yi, _gamble_hollis(fit, arms))
    return found


def _compared(measure: str, risks: tuple[AllRandomised, AllRandomised]) -> tuple[Floats, Floats]:
    """Compare the arms for odds ratios of missingness that are known."""
    return compare(measure, risks[0], risks[1], (0.0, 0.0), 0.0)


def _gamble_hollis(fit: MetaAnalysis, arms: _Arms) -> Floats:
    """Return variances by which 95% intervals run from that of the lowest to that of the highest case.

    As published, the extreme cases count imputed outcomes as observed.
    """
    ends = []
    for sign, (m1, m2) in ((-1.0, (0.0, arms.two.missing)), (1.0, (arms.one.missing, 0.0))):
        n1, n2 = (arm.n + arm.missing for arm in (arms.one, arms.two))
        a, c = arms.one.events + m1, arms.two.events + m2
        full = two_by_two.tables(a, n1, c, n2)
        kernel = {
            "RR": two_by_two.log_risk_ratio,
            "OR": two_by_two.log_odds_ratio,
            "RD": two_by_two.risk_difference,
        }[fit.effects.measure]
        yi, vi = kernel(full)
        ends.append(yi + sign * normal_critical(0.95) * np.sqrt(vi))
    se = (ends[1] - ends[0]) / (2.0 * normal_critical(0.95))
    return np.asarray(np.where(fit.effects.estimable, se**2, np.nan), dtype=np.float64)


def _pooled(fit: MetaAnalysis, yi: Floats, vi: Floats, methods: MethodSpec) -> MetaAnalysis:
    """Pool effects under an assumption; trials that cannot be compared keep a reason."""
    effects = fit.effects
    with np.errstate(invalid="ignore"):
        good = np.isfinite(yi) & np.isfinite(vi) & (vi > 0.0) & effects.estimable
    reasons = tuple(
        None if ok else (known or "not defined under this assumption")
        for ok, known in zip(good, effects.reasons, strict=True)
    )
    under = EffectSizes(
        measure=effects.measure,
        study=effects.study,
        yi=np.where(good, yi, np.nan),
        vi=np.where(good, vi, np.nan),
        reasons=reasons,
        columns=MappingProxyType(dict(effects.columns)),
        options=effects.options,
        backend=effects.backend,
    )
    if not good.any():
        raise DataError("no trial can be compared under an assumption", rule="estimable trials")
    return pool(under, methods=methods)


def _odds_ratios(one: float, two: float) -> tuple[float, float]:
    for value in (one, two):
        if not value >= 0.0:
            raise MethodError(
                f"an odds ratio of missingness must be zero or above, not {value!r}",
                spec=f"imor={value!r}",
                reason="not an odds ratio",
            )
    return float(one), float(two)


def _deviations(sd: float | tuple[float, float], correlation: float) -> tuple[float, float]:
    pair = sd if isinstance(sd, tuple) else (sd, sd)
    good = all(0.0 <= value < math.inf for value in pair)
    if not good or not -1.0 <= correlation <= 1.0:
        raise MethodError(
            f"log_imor_sd must be zero or above in both arms and log_imor_correlation between −1 and "
            f"1, not {sd!r} and {correlation!r}",
            spec="log_imor_sd",
            reason="not standard deviations with a correlation",
        )
    return float(pair[0]), float(pair[1])


def _missing_share(arms: _Arms) -> float:
    missing = sum(float(arm.missing.sum()) for arm in (arms.one, arms.two))
    return missing / (missing + sum(float(arm.n.sum()) for arm in (arms.one, arms.two)))


def _cautions(fit: MetaAnalysis, results: Sequence[UnderAssumption]) -> tuple[Note, ...]:
    notes = []
    if fit.methods.method != "IV":
        text = f"pooled by inverse variance, not by {fit.methods.method}, because risks are imputed"
        notes.append(Note("by-inverse-variance", text))
    verdicts = {result.fit.ci_low > 0.0 or result.fit.ci_high < 0.0 for result in results}
    if len(verdicts) > 1:
        text = "whether the interval excludes no effect depends on what is assumed of the missing"
        notes.append(Note("verdict-depends", text))
    text = "best and worst case are bounds, not beliefs; ICA-0 and ICA-1 are seldom plausible"
    notes.append(Note("bounds", text))
    return tuple(notes)
