"""Evidence that may be looked at any time: e-values and confidence sequences for living reviews."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels.batches import Floats
from equipoise.kernels.robustness.e_values import log_e_values, sequence_half_width
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction
from equipoise.stats.robustness import _common as common
from equipoise.stats.small_studies._common import check_null

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis


@dataclass(frozen=True, slots=True)
class AnytimeLook:
    """The evidence after one more trial, on the analysis scale.

    ``log_e``: the natural logarithm of the e-value against no effect. ``p`` is valid whenever one
    looks: one over the largest e-value so far. The interval is that of the confidence sequence.
    """

    label: str
    row: int
    information: float
    estimate: float
    log_e: float
    p: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, eq=False)
class AnytimeValid:
    """E-values and a confidence sequence; ``effect`` is the standard deviation of the mixture."""

    fit: MetaAnalysis
    effect: float
    alpha: float
    tau2: float
    looks: tuple[AnytimeLook, ...]
    shown: bool
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a look, as the user's kind of frame (else a dict of lists)."""
        names = tuple(AnytimeLook.__dataclass_fields__)
        columns = {name: [getattr(look, name) for look in self.looks] for name in names}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("effect", "alpha", "tau2", "shown")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "anytime-valid",
            **{name: getattr(self, name) for name in names},
            "looks": [asdict(look) for look in self.looks],
            "caution": common.notes_json(self.caution),
        }

    def __str__(self) -> str:
        effects = self.fit.effects
        level = f"{100.0 * (1.0 - self.alpha):g}%"
        rows: list[tuple[str, ...]] = [
            ("", "e-value", "p, any time", f"{printing.short_name(effects)} ({level} sequence)")
        ]
        for look in self.looks:
            interval = common.shown(effects, look.estimate, look.ci_low, look.ci_high)
            p = printing.p_value(look.p).removeprefix("p ").removeprefix("= ")
            rows.append((look.label, _e_value(look.log_e), p, interval))
        at = next((look.label for look in self.looks if look.p <= self.alpha), None)
        verdict = "not shown so far" if at is None else f"shown from {at.removeprefix('+ ')} on"
        head = f"Evidence valid at any time (mixture of effects of about {self.effect:.3g})"
        lines = [head, *printing.table(rows), f"  An effect is {verdict} (alpha {self.alpha:g})"]
        return "\n".join([*lines, *common.caution_lines(self.caution)])


def anytime_valid(
    fit: MetaAnalysis,
    effect: float,
    *,
    alpha: float = 0.05,
    order: Sequence[int] | None = None,
) -> AnytimeValid:
    r"""Return e-values and a confidence sequence: error rates hold however often one looks.

    Against no effect stands a mixture of effects, normal around zero with the standard deviation
    ``effect``. With the information :math:`I = \sum 1 / (v_i + \tau^2)` of the trials so far and
    :math:`\varphi = effect^{-2}`, the e-value is
    :math:`\sqrt{\varphi / (\varphi + I)} \exp(I^2 \hat\theta^2 / (2 (\varphi + I)))`. Without an effect
    it ever reaches :math:`1 / \alpha` with a chance of at most :math:`\alpha` (Ville's inequality), and
    the values not so refuted are an interval that holds the effect at all looks together with the
    chance :math:`1 - \alpha`. ``effect`` must be chosen before looking; it bears on where the
    interval is narrowest, not on whether it is valid. Robbins 1970, Annals of Mathematical
    Statistics 41; Howard, Ramdas, McAuliffe and Sekhon 2021, doi:10.1214/20-AOS1991; for
    meta-analysis ter Schure and Grünwald 2022, F1000Research 11.

    Args:
        fit: The meta-analysis. With random effects its τ² is taken as known at all looks.
        effect: The size of effect to look for, on the analysis scale: that which matters.
        alpha: The error over all looks.
        order: The trials' order, by position; theirs unless told.

    Raises:
        DataError: If nothing can be estimated.
        MethodError: For measures without a value of no effect; for an effect of zero.
    """
    check_null(fit, "an e-value")
    check_fraction("alpha", alpha)
    scale = abs(common.check_number("effect", effect))
    if scale == 0.0:
        raise MethodError(
            "effect must not be zero: it is the size of effect to look for",
            spec="effect=0",
            reason="no mixture",
        )
    rows = common.sequence_of(fit, order)
    tau2 = fit.tau2 or 0.0
    weights = 1.0 / (fit.effects.vi[rows] + tau2)
    information = np.cumsum(weights)
    score = np.cumsum(weights * fit.effects.yi[rows])
    precision = scale**-2
    log_e = log_e_values(score, information, precision)
    half = sequence_half_width(information, precision, alpha)
    looks = _looks(fit, rows, (score, information, log_e, half))
    return AnytimeValid(
        fit, scale, alpha, tau2, looks, looks[-1].p <= alpha, _cautions(fit, order, tau2)
    )


def _looks(
    fit: MetaAnalysis, rows: Sequence[int], columns: tuple[Floats, Floats, Floats, Floats]
) -> tuple[AnytimeLook, ...]:
    looks, most = [], 0.0
    for row, score, information, log_e, half in zip(rows, *columns, strict=True):
        most = max(most, float(log_e))
        estimate = float(score / information)
        looks.append(
            AnytimeLook(
                f"+ {fit.effects.study[row]}", row, float(information), estimate, float(log_e),
                math.exp(-most), estimate - float(half), estimate + float(half),
            )
        )  # fmt: skip
    return tuple(looks)


def _cautions(fit: MetaAnalysis, order: Sequence[int] | None, tau2: float) -> tuple[Note, ...]:
    notes = []
    if order is None:
        text = "trials are taken in the order given: it should be that of their publication"
        notes.append(Note("order-as-given", text))
    if fit.methods.model == "random":
        text = (
            f"τ² ({tau2:.3g}) is estimated from all trials and taken as known at each look: with "
            "random effects the guarantee is approximate"
        )
        notes.append(Note("tau2-taken-as-known", text))
    return tuple(notes)


def _e_value(log_e: float) -> str:
    if log_e > math.log(1e6):
        return f"10^{log_e / math.log(10.0):.1f}"
    return f"{math.exp(log_e):.3g}"
