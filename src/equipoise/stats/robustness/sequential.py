"""Trial sequential analysis: whether a growing meta-analysis may be believed yet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
from scipy import special

from equipoise.errors import MethodError
from equipoise.kernels.batches import Bools, Floats
from equipoise.kernels.robustness.group_sequential import (
    SPENDING,
    futility_bounds,
    symmetric_bounds,
)
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word
from equipoise.stats.robustness import _common as common
from equipoise.stats.robustness.required_information import (
    RequiredInformation,
    information_of,
    required_information,
)
from equipoise.stats.small_studies._common import check_null
from equipoise.stats.subsets import SubsetFits, pool_subsets

if TYPE_CHECKING:
    from equipoise.figures.model import Figure
    from equipoise.stats.results import MetaAnalysis

Spending = Literal["obrien-fleming", "pocock"]
Conclusion = Literal["effect", "futility", "enough-without-effect", "inconclusive"]

_NEW: Final = 1e-4
"""A trial that adds less than this share of the information so far is no look of its own."""
_ENOUGH: Final = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Look:
    """The meta-analysis after one more trial.

    ``fraction`` of the required information; ``z`` the pooled estimate over its standard error;
    ``bound``: significance needs ``|z|`` at least so large; ``futility``: ``|z|`` below it says that
    the effect asked for is not there. ``None`` where there is none (too early, or too late). The
    interval is adjusted for repeated looks: ``estimate ± bound × se``.
    """

    label: str
    row: int
    fraction: float
    estimate: float
    se: float
    z: float
    bound: float | None
    futility: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Sequential:
    """A sequential meta-analysis: its looks, and what may be concluded at the last.

    ``crossed`` is the first look (from zero) that settled it, by an effect or by futility.
    """

    fit: MetaAnalysis
    required: RequiredInformation
    spending: Spending
    looks: tuple[Look, ...]
    conclusion: Conclusion
    crossed: int | None
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a look, as the user's kind of frame (else a dict of lists)."""
        names = tuple(Look.__dataclass_fields__)
        columns = {name: [getattr(look, name) for look in self.looks] for name in names}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "sequential",
            "required": self.required.to_dict(),
            "spending": self.spending,
            "looks": [asdict(look) for look in self.looks],
            "conclusion": self.conclusion,
            "crossed": self.crossed,
            "caution": common.notes_json(self.caution),
        }

    def figure(self, **options: Any) -> Figure:
        """Draw the cumulative Z; the options are those of `equipoise.stats.plots.sequential`."""
        from equipoise.stats.plots import sequential as room  # noqa: PLC0415  # figures load when drawn

        return room.sequential(self, **options)

    def __str__(self) -> str:
        return "\n".join(_text(self))


def sequential(
    fit: MetaAnalysis,
    *,
    effect: float | None = None,
    control_risk: float | None = None,
    relative_risk_reduction: float | None = None,
    minimal_difference: float | None = None,
    sd: float | None = None,
    diversity_share: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    spending: Spending = "obrien-fleming",
    futility: bool = True,
    order: Sequence[int] | None = None,
) -> Sequential:
    r"""Pool trial by trial and hold each result against boundaries for repeated looks.

    The information needed is that of `required_information`. Of the type I error a look may spend
    what Lan and DeMets' function gives at its fraction of that information, and its boundary is found
    by integrating over all paths that have not stopped before. The first look with all the
    information spends what is left; later ones have no boundary. Futility bounds spend the type II
    error by the same function at the effect asked for, whose z has the mean
    :math:`(z_{1-\alpha/2} + z_{power}) \sqrt t`; they do not move the others and may be ignored. The
    required information is not enlarged for the looks, as in the software of the Copenhagen Trial
    Unit; R's RTSA enlarges it by default.

    Each z is the estimate of the fit's method with Wald's standard error, τ² estimated at each look.
    Wetterslev, Thorlund, Brok and Gluud 2008, doi:10.1016/j.jclinepi.2007.03.013; Lan and DeMets 1983,
    doi:10.1093/biomet/70.3.659. The R call is ``RTSA::RTSA(type = "analysis", ...)``.

    Args:
        fit: The meta-analysis.
        effect: The effect to find, on the analysis scale; or:
        control_risk: Risk in arm 2, with ``relative_risk_reduction``; or:
        relative_risk_reduction: The share of that risk to find.
        minimal_difference: A difference of means, with ``sd``.
        sd: The standard deviation within arms.
        diversity_share: D²; that of the fit unless told.
        alpha: The two-sided type I error.
        power: One minus the type II error.
        spending: ``obrien-fleming`` (little early) or ``pocock`` (more evenly).
        futility: Whether to look for futility.
        order: The trials' order, by position; theirs unless told. It should be that of time.

    Raises:
        DataError: If nothing can be estimated; if participants are not known but needed.
        MethodError: For measures without a value of no effect; for options that do not exist.
    """
    check_null(fit, "a sequential analysis")
    check_word("spending", spending, get_args(Spending))
    required = required_information(
        fit, effect=effect, control_risk=control_risk,
        relative_risk_reduction=relative_risk_reduction, minimal_difference=minimal_difference,
        sd=sd, diversity_share=diversity_share, alpha=alpha, power=power,
    )  # fmt: skip
    rows = common.sequence_of(fit, order)
    fits = _cumulative(fit, rows)
    fraction = np.cumsum(information_of(fit, required.unit)[rows]) / required.required
    bounds, inner = _bounds(fraction, required, spending, futility=futility)
    looks = tuple(
        _look(fit, rows[i], (fits, i), fraction[i], (bounds[i], inner[i])) for i in range(len(rows))
    )
    conclusion, crossed = _conclude(looks)
    return Sequential(
        fit, required, spending, looks, conclusion, crossed, _cautions(fit, order, looks)
    )


def _cumulative(fit: MetaAnalysis, rows: Sequence[int]) -> SubsetFits:
    keep = np.zeros((len(rows), len(fit.effects)), dtype=np.bool_)
    for step, row in enumerate(rows):
        keep[step:, row] = True
    if fit.methods.ci == "profile-likelihood" or fit.methods.tau2_weights is None:
        methods = replace(fit.methods, ci="wald")
        return pool_subsets(fit.effects, keep, [methods])
    raise MethodError(
        "a sequential analysis pools fewer trials than there are weights; use another tau2",
        spec="tau2_weights",
        reason="weights of your own",
    )


def _bounds(
    fraction: Floats, required: RequiredInformation, spending: Spending, *, futility: bool
) -> tuple[Floats, Floats]:
    """Return the boundaries of all looks, ``nan`` where a look has none."""
    outer, inner = np.full(fraction.size, np.nan), np.full(fraction.size, np.nan)
    looks = np.flatnonzero(_counts(fraction))
    if looks.size == 0:
        return outer, inner
    information = fraction[looks].tolist()
    spend = SPENDING[spending]
    outer[looks] = symmetric_bounds(
        information, (2.0 * spend(fraction[looks], required.alpha / 2.0)).tolist()
    )
    early = looks[fraction[looks] < _ENOUGH]
    if futility and early.size:
        drift = float(special.ndtri(1.0 - required.alpha / 2.0) + special.ndtri(required.power))
        spent = spend(fraction[early], 1.0 - required.power).tolist()
        inner[early] = futility_bounds(fraction[early].tolist(), outer[early], spent, drift)
    return outer, inner


def _counts(fraction: Floats) -> Bools:
    """Tell which trials make a look: they add something, and not all was there before."""
    before = np.concatenate(([0.0], fraction[:-1]))
    last, counts = 0.0, np.zeros(fraction.size, dtype=np.bool_)
    for i, now in enumerate(fraction):
        if before[i] < _ENOUGH and now - last > _NEW * now:
            counts[i], last = True, float(now)
    return counts


def _look(
    fit: MetaAnalysis,
    row: int,
    at: tuple[SubsetFits, int],
    fraction: float,
    limits: tuple[float, float],
) -> Look:
    (fits, step), (bound, inner) = at, limits
    estimate, se = float(fits.estimate[0, step]), float(fits.se[0, step])
    known = math.isfinite(bound)
    return Look(
        label=f"+ {fit.effects.study[row]}",
        row=row,
        fraction=float(fraction),
        estimate=estimate,
        se=se,
        z=estimate / se,
        bound=float(bound) if known else None,
        futility=common.plain(float(inner)),
        ci_low=estimate - bound * se if known else None,
        ci_high=estimate + bound * se if known else None,
    )


def _conclude(looks: Sequence[Look]) -> tuple[Conclusion, int | None]:
    """Return what the first look to cross a boundary says, or else the last one."""
    for i, look in enumerate(looks):
        if look.bound is not None and abs(look.z) >= look.bound:
            return "effect", i
        if look.futility is not None and abs(look.z) < look.futility:
            return "futility", i
    if looks[-1].fraction >= _ENOUGH:
        return "enough-without-effect", None
    return "inconclusive", None


def _cautions(
    fit: MetaAnalysis, order: Sequence[int] | None, looks: Sequence[Look]
) -> tuple[Note, ...]:
    notes = []
    if order is None:
        text = "trials are taken in the order given: it should be that of their publication"
        notes.append(Note("order-as-given", text))
    if fit.methods.model == "random":
        text = (
            "τ² is estimated again at each look, which the boundaries do not allow for: with few "
            "trials the error is larger than said"
        )
        notes.append(Note("tau2-at-each-look", text))
    if fit.methods.ci != "wald":
        text = "boundaries are for normal statistics: Wald's standard error is used"
        notes.append(Note("wald-statistics", text))
    if looks and looks[-1].bound is None and looks[-1].fraction >= _ENOUGH:
        text = "trials after the required information have no boundary: the error is spent"
        notes.append(Note("after-enough", text))
    text = (
        "a retrospective choice of the effect, or looks that followed the data, undo the error "
        "rates; Cochrane advises against such analyses as the main one"
    )
    notes.append(Note("retrospective", text))
    return tuple(notes)


def _text(found: Sequential) -> list[str]:
    need = found.required
    unit = "participants" if need.unit == "participants" else "units of 1 / variance"
    total = math.ceil(need.required) if need.unit == "participants" else f"{need.required:.4g}"
    lines = [
        f"Trial sequential analysis for {need.effect}",
        (
            f"  Required: {total} {unit} (power {100.0 * need.power:g}%, two-sided alpha "
            f"{need.alpha:g}, diversity {100.0 * need.diversity:.0f}%); {found.spending} spending"
        ),
    ]
    rows: list[tuple[str, ...]] = [
        ("", "information", "z", "boundary", "futility", "adjusted interval")
    ]
    for look in found.looks:
        interval = "–"
        if look.ci_low is not None and look.ci_high is not None:
            values = (look.estimate, look.ci_low, look.ci_high)
            interval = common.shown(found.fit.effects, *values)
        bound, inner = (printing.number(v) for v in (look.bound, look.futility))
        share = f"{100.0 * look.fraction:.1f}%"
        rows.append((look.label, share, printing.number(look.z), bound, inner, interval))
    verdict = f"  Conclusion: {_sentence(found)}"
    return [*lines, *printing.table(rows), verdict, *common.caution_lines(found.caution)]


def _sentence(found: Sequential) -> str:
    share = f"{100.0 * found.looks[-1].fraction:.0f}% of the required information"
    if found.crossed is not None:
        look = found.looks[found.crossed].label.removeprefix("+ ")
        if found.conclusion == "effect":
            return (
                f"the boundary was crossed with {look}: the effect is shown despite repeated looks"
            )
        return f"with {look} the result was futile: an effect as large as asked for is not there"
    if found.conclusion == "enough-without-effect":
        return "the required information is there, and no effect was shown"
    return f"inconclusive: {share}, and no boundary was crossed"
