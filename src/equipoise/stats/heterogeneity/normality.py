"""Whether the trials' true effects could be normally distributed, as random effects suppose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.kernels import influence as residuals
from equipoise.kernels.batches import Floats, single
from equipoise.kernels.inverse_variance import weighted_mean
from equipoise.kernels.normality import (
    NormalityTest,
    anderson_darling,
    normal_positions,
    shapiro_wilk,
)
from equipoise.stats import printing
from equipoise.stats._requirements import at_least, inverse_variance_only, whole_number
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.resampling._refits import blocks

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_FEWEST: Final = 3
_FEW: Final = 20
_FEWEST_ITERATIONS: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Normality:
    """Tests of normality of the standardised residuals of ``fit``, and Q-Q coordinates.

    A row a trial that can be estimated, in rising order of ``residual``; ``expected`` is its normal
    quantile, ``low`` and ``high`` the pointwise envelope. ``outside`` counts the trials beyond it.
    ``None`` where a test is not defined: fewer than 3 trials (``shapiro_wilk``) or 8
    (``anderson_darling``), residuals that are all the same.
    """

    fit: MetaAnalysis
    shapiro_wilk: NormalityTest | None
    anderson_darling: NormalityTest | None
    study: tuple[str, ...]
    expected: tuple[float, ...]
    residual: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    iterations: int
    seed: int
    caution: tuple[Note, ...]

    @property
    def outside(self) -> int:
        """How many trials lie outside the envelope."""
        triples = zip(self.residual, self.low, self.high, strict=True)
        return sum(not low <= value <= high for value, low, high in triples)

    def tidy(self) -> Any:
        """Return the coordinates, as the user's kind of frame (else a dict of lists)."""
        return to_frame(self._columns(), self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        tests = {"shapiro_wilk": self.shapiro_wilk, "anderson_darling": self.anderson_darling}
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "normality",
            **{
                name: None if test is None else {"statistic": test.statistic, "p": test.p}
                for name, test in tests.items()
            },
            **self._columns(),
            "iterations": self.iterations,
            "seed": self.seed,
            "caution": [note.to_dict() for note in self.caution],
        }

    def _columns(self) -> dict[str, list[Any]]:
        names = ("study", "expected", "residual", "low", "high")
        return {name: list(getattr(self, name)) for name in names}

    def __str__(self) -> str:
        level = f"{100 * self.fit.methods.level:g}%"
        lines = [
            f"Normality of the trials' effects: {len(self.study)} standardised residuals",
            *printing.method_lines(self.fit.methods),
            _test_line("Shapiro-Wilk", "W", self.shapiro_wilk),
            _test_line("Anderson-Darling", "A²", self.anderson_darling),
            f"  Outside the {level} pointwise envelope: {self.outside} of {len(self.study)}",
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def normality(fit: MetaAnalysis, *, iterations: int = 1999, seed: int = 19_820_101) -> Normality:
    r"""Test whether the trials' effects scatter normally around their mean.

    The residuals are :math:`(y_i - \hat\mu) / \sqrt{v_i + \hat\tau^2 - 1/W}` (metafor's
    ``rstandard``): standard normal if both the sampling errors and the true effects are normal. Each
    residual mixes both, the more of the sampling error (which is nearly normal anyway) the less
    heterogeneity there is, so that with small τ² the test says little about true effects. The tests
    estimate mean and variance of the residuals; the residuals' slight dependence is ignored.

    The envelope simulates what the residuals of such trials would be if all is normal and τ² is as
    estimated; :math:`\hat\mu` is estimated in every simulation. R's ``metafor::qqnorm`` draws
    residuals of equal variance instead, and smooths the envelope. The R calls of the tests are
    ``shapiro.test(rstandard(fit)$z)`` and ``nortest::ad.test``. Wang and Lee 2020, Research Synthesis
    Methods (tests on standardised deviates); Cook and Weisberg 1982, Residuals and Influence in
    Regression (envelopes).

    Args:
        fit: The meta-analysis, by inverse variance.
        iterations: How many simulations give the envelope.
        seed: Their seed.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, weights of other kinds, and fewer than
            three trials.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[0.2, 0.5, 0.1, 0.4], se=[0.1] * 4)
        >>> round(normality(pool(trials)).shapiro_wilk.statistic, 4)
        0.9497
    """
    inverse_variance_only(fit.methods, "the test of normality")
    at_least(fit, _FEWEST, "the test of normality")
    whole_number("iterations", iterations, _FEWEST_ITERATIONS)
    keep = fit.effects.estimable
    yi, vi = fit.effects.yi[keep], fit.effects.vi[keep]
    values = _standardised(yi, vi, fit.tau2 or 0.0)
    order = np.argsort(values, kind="stable")
    names = np.array(fit.effects.study, dtype=object)[keep]
    low, high = _envelope(vi, fit.tau2 or 0.0, fit.methods.level, iterations, seed)
    return Normality(
        fit=fit,
        shapiro_wilk=shapiro_wilk(values),
        anderson_darling=anderson_darling(values),
        study=tuple(names[order]),
        expected=_floats(normal_positions(values.size)),
        residual=_floats(values[order]),
        low=_floats(low),
        high=_floats(high),
        iterations=iterations,
        seed=seed,
        caution=_cautions(fit),
    )


def _standardised(yi: Floats, vi: Floats, tau2: float) -> Floats:
    mean = float(weighted_mean(single(yi, vi), np.array([tau2])).estimate[0])
    return residuals.standardised_residuals(yi, vi, mean, tau2)


def _envelope(
    vi: Floats, tau2: float, level: float, iterations: int, seed: int
) -> tuple[Floats, Floats]:
    """Return the quantiles of each ordered residual over simulated meta-analyses."""
    generator = np.random.Generator(np.random.PCG64(seed))
    weights = 1.0 / (vi + tau2)
    weights = weights / weights.max()
    share = weights / weights.sum()
    sd = np.sqrt(vi + tau2)
    unit = residuals.standardised_residuals(np.ones(vi.size), vi, 0.0, tau2)
    drawn = []
    for part in blocks(iterations, vi.size):
        rows = min(part.stop, iterations) - part.start
        y = sd * generator.standard_normal((rows, vi.size))
        drawn.append(np.sort((y - (y @ share)[:, None]) * unit, axis=1))
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(np.concatenate(drawn), (tail, 1.0 - tail), axis=0)
    return low, high


def _cautions(fit: MetaAnalysis) -> tuple[Note, ...]:
    notes = []
    if fit.effects.k < _FEW:
        text = (
            f"{fit.effects.k} trials: with fewer than {_FEW} the tests miss most departures from "
            "normality, and a large p is no sign of it"
        )
        notes.append(Note("few-trials", text))
    if not fit.tau2:
        text = "without heterogeneity the residuals are sampling errors alone"
        notes.append(Note("no-heterogeneity", text))
    return tuple(notes)


def _test_line(name: str, symbol: str, test: NormalityTest | None) -> str:
    if test is None:
        return f"  {name}: not defined for these residuals"
    return f"  {name}: {symbol} = {printing.number(test.statistic, 3)}, {printing.p_value(test.p)}"


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())
