"""Ways to the four counts of a two-by-two table."""

from __future__ import annotations

from typing import Final

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects import table_reconstruction as rebuilt
from equipoise.stats.effects._route_types import EffectOptions, Values, Way

_MARGINS: Final = ("n_1", "n_2", "events_total")
_IMPOSSIBLE: Final = "no table of counts has these margins and this association"
_NO_PREVALENCE: Final = "these proportions do not fit together"
_ROUNDED: Final = 0.01


def _from_margins(v: Values, events_1: Floats) -> dict[str, Floats]:
    """Round to whole events and let the margins give the rest."""
    whole = np.round(events_1)
    fits = rebuilt.possible(whole, v["n_1"], v["n_2"], v["events_total"])
    whole = np.where(fits, whole, np.nan)
    return {
        "events_1": whole,
        "events_2": v["events_total"] - whole,
        "_rounded": _was_rounded(events_1, whole),
    }


def _was_rounded(exact: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return (np.abs(exact - whole) > _ROUNDED).astype(np.float64)


def _by_odds_ratio(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    margins = (v["n_1"], v["n_2"], v["events_total"])
    return _from_margins(v, rebuilt.events_from_odds_ratio(v["odds_ratio"], *margins))


def _by_phi(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    margins = (v["n_1"], v["n_2"], v["events_total"])
    return _from_margins(v, rebuilt.events_from_phi(v["phi"], *margins))


def _by_chi2(v: Values, o: EffectOptions) -> dict[str, Floats]:
    margins = (v["n_1"], v["n_2"], v["events_total"])
    phi = rebuilt.phi_from_chi2(v["chi2"], v["sign"], *margins, yates=o.yates)
    return _from_margins(v, rebuilt.events_from_phi(phi, *margins))


def _by_accuracy(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _of_test(v, v["n_1"], v["n_2"], np.zeros(v["n_1"].shape))


def _by_prevalence(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _of_people(v, v["prevalence"])


def _by_ppv(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _of_people(v, rebuilt.prevalence_from_ppv(v["sensitivity"], v["specificity"], v["ppv"]))


def _by_npv(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _of_people(v, rebuilt.prevalence_from_npv(v["sensitivity"], v["specificity"], v["npv"]))


def _of_people(v: Values, prevalence: Floats) -> dict[str, Floats]:
    ill = rebuilt.ill_people(v["n"], prevalence)
    whole = np.round(ill)
    inside = (whole > 0.0) & (whole < v["n"])
    whole = np.where(inside, whole, np.nan)
    sizes = {"n_1": whole, "n_2": v["n"] - whole}
    return sizes | _of_test(v, sizes["n_1"], sizes["n_2"], _was_rounded(ill, whole))


def _of_test(v: Values, ill: Floats, well: Floats, rounded: Floats) -> dict[str, Floats]:
    """Count positive tests among the ill (arm 1) and the well (arm 2)."""
    exact_1, exact_2 = v["sensitivity"] * ill, (1.0 - v["specificity"]) * well
    whole_1, whole_2 = np.round(exact_1), np.round(exact_2)
    changed = np.maximum(_was_rounded(exact_1, whole_1), _was_rounded(exact_2, whole_2))
    return {"events_1": whole_1, "events_2": whole_2, "_rounded": np.maximum(changed, rounded)}


_ACCURACY: Final = ("sensitivity", "specificity")

REBUILT: Final = (
    Way("table-from-odds-ratio", ("odds_ratio", *_MARGINS), _by_odds_ratio, why=_IMPOSSIBLE),
    Way("table-from-phi", ("phi", *_MARGINS), _by_phi, why=_IMPOSSIBLE),
    Way("table-from-chi2", ("chi2", "sign", *_MARGINS), _by_chi2, why=_IMPOSSIBLE),
    Way("table-from-accuracy", (*_ACCURACY, "n_1", "n_2"), _by_accuracy),
    Way("table-from-prevalence", (*_ACCURACY, "prevalence", "n"), _by_prevalence,
        why=_NO_PREVALENCE),
    Way("table-from-ppv", (*_ACCURACY, "ppv", "n"), _by_ppv, why=_NO_PREVALENCE),
    Way("table-from-npv", (*_ACCURACY, "npv", "n"), _by_npv, why=_NO_PREVALENCE),
)  # fmt: skip
"""Tables worked out from their margins or from the accuracy of a test."""


def _from_pairs(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return {"n_1": v["n"], "n_2": v["n"]}


MARGINS_OF_PAIRS: Final = Way("margins", ("events_1", "events_2", "n", "r"), _from_pairs)
"""Each pair, or each person treated twice, is in both "arms"."""
