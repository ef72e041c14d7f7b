"""Which tests of small-study effects a measure allows, and which one guidance prefers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, get_args

from equipoise.errors import MethodError
from equipoise.stats.options import Measure
from equipoise.stats.small_studies._common import AsymmetryName, AsymmetryTest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equipoise.stats.effects.effect_sizes import EffectSizes

COUNTS: Final = ("events_1", "n_1", "events_2", "n_2")
ONE_GROUP_COUNTS: Final = ("events", "n")

_PROPORTIONS: Final = frozenset({"PR", "PLN", "PLO", "PRZ", "PAS", "PFT"})
_RATIOS: Final = frozenset({"OR", "RR", "PETO"})

MEASURES: Final[Mapping[AsymmetryName, frozenset[str]]] = MappingProxyType(
    {
        "harbord": _RATIOS,
        "peters": _RATIOS | _PROPORTIONS,
        "macaskill": _RATIOS,
        "deeks": frozenset({"OR"}),
        "schwarzer": _RATIOS | {"RD", "AS"},
        "pustejovsky-rodgers": frozenset({"SMD", "SMD1"}),
    }
)
"""The measures of each test that is not for all of them.

Harbord's score, Peters's and Macaskill's weights are those of a log odds or risk ratio near one;
R's ``meta`` also answers for other measures, with a warning or without.
"""

RECOMMENDED: Final[Mapping[str, AsymmetryName]] = MappingProxyType({
    "OR": "harbord", "PETO": "harbord", "RR": "harbord", "AS": "thompson-sharp", "MD": "egger",
    "SMD": "pustejovsky-rodgers", "SMD1": "pustejovsky-rodgers",
    **dict.fromkeys(sorted(_PROPORTIONS), "peters"),
})  # fmt: skip
"""The test ``recommended`` stands for; Egger's for every other measure but the risk difference.

Odds ratios and mean differences follow Sterne and others 2011, doi:10.1136/bmj.d4002, arcsine
differences Rücker and others 2008, doi:10.1002/sim.2971, standardised mean differences Pustejovsky
and Rodgers 2019, doi:10.1002/jrsm.1332. For risk ratios and single proportions there is no firm
guidance: the test is one that was made for neighbours of theirs.
"""


def allowed_tests(effects: EffectSizes) -> tuple[AsymmetryName, ...]:
    """Return the tests that these effect sizes, with the columns they came from, allow."""
    return tuple(name for name in get_args(AsymmetryName) if _allowed(effects, name))


def resolve_test(effects: EffectSizes, test: AsymmetryTest) -> AsymmetryName:
    """Return the test, or the recommended one.

    Raises:
        MethodError: If the test is not for this measure or lacks its columns, or none is
            recommended; the message names those that are allowed.
    """
    name = _recommended(effects) if test == "recommended" else test
    if _allowed(effects, name):
        return name
    fits = effects.measure in MEASURES[name]
    why = "came without the counts it needs" if fits else "is not what it is for"
    raise MethodError(
        f"{name!r} cannot be used: {effects.measure} {why}; use {_listed(effects)}",
        spec=f"test={name}, measure={effects.measure}",
        reason="the columns are not known" if fits else "the test is for other measures",
    )


def _recommended(effects: EffectSizes) -> AsymmetryName:
    if effects.measure == "RD":
        raise MethodError(
            "no test of small-study effects is recommended for risk differences, which depend on "
            "the trials' baseline risks; analyse odds ratios, or choose one of "
            f"{_listed(effects)}",
            spec="test=recommended, measure=RD",
            reason="there is no recommended test",
        )
    return RECOMMENDED.get(effects.measure, "egger")


def _allowed(effects: EffectSizes, name: AsymmetryName) -> bool:
    if name not in MEASURES:
        return True
    return effects.measure in MEASURES[name] and any(
        all(column in effects.columns for column in columns)
        for columns in _needed(effects.measure, name)
    )


def _needed(measure: Measure, name: AsymmetryName) -> tuple[tuple[str, ...], ...]:
    """Return the sets of columns any one of which is enough."""
    if name == "pustejovsky-rodgers":
        return (("n_1", "n_2"),)
    if measure in _PROPORTIONS:
        return (ONE_GROUP_COUNTS,)
    if name == "harbord" and measure == "PETO":
        return (COUNTS, ("o_minus_e", "variance"))
    return (COUNTS,)


def _listed(effects: EffectSizes) -> str:
    return ", ".join(repr(name) for name in allowed_tests(effects))
