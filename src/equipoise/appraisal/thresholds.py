"""What counts as no difference, and as an important one, for one finding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from equipoise.stats import absolute_effect
from equipoise.stats.options import Measure

_ABSOLUTE_MEASURES = frozenset({"RR", "OR", "RD", "PETO", "HR"})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The lines an interval is held against.

    Effects are on the display scale. ``sign`` is +1 when higher is better and −1 when lower is, so
    that ``sign × difference`` is positive on the side of benefit. ``mid`` is the minimal important
    difference: in units of the measure, or, when ``per_1000``, of the absolute difference in risk
    among 1,000 people at ``assumed_risk``. It is ``None`` when none is set or none can be applied.
    """

    measure: str
    ratio: bool
    sign: int
    mid: float | None = None
    mid_unit: str | None = None
    per_1000: bool = False
    assumed_risk: float | None = None

    @property
    def null(self) -> float:
        """The value of no difference on the display scale."""
        return 1.0 if self.ratio else 0.0

    def from_null(self, effect: float) -> float:
        """Give a number that is positive exactly when ``effect`` is on the side of benefit."""
        return self.sign * (effect - self.null)

    def on_mid_scale(self, effect: float) -> float:
        """Move an effect to the scale of ``mid``, positive on the side of benefit."""
        if not self.per_1000:
            return self.from_null(effect)
        return self.sign * difference_per_1000(self.measure, effect, self.assumed_risk or 0.0)

    def oriented(self, low: float, high: float) -> tuple[float, float]:
        """Move an interval to the scale of ``mid``, from its harmful to its beneficial end."""
        ends = self.on_mid_scale(low), self.on_mid_scale(high)
        return min(ends), max(ends)

    def with_mid(self, mid: float) -> Thresholds:
        """Hold against another minimal important difference in the same unit."""
        return replace(self, mid=mid)

    @property
    def lines(self) -> tuple[float, ...]:
        """The thresholds on the scale of ``mid``: both important differences, or the null."""
        return (0.0,) if self.mid is None else (-self.mid, self.mid)


def difference_per_1000(measure: str, effect: float, assumed_risk: float) -> float:
    """Compute the absolute difference per 1,000 people that an effect implies.

    A computed risk outside 0 to 1 is held at the nearest possible one.

    Args:
        measure: RR, OR, RD, PETO or HR.
        effect: The effect on the display scale.
        assumed_risk: The comparator's risk, 0 to 1.
    """
    risks = absolute_effect(cast("Measure", measure), effect, effect, effect, assumed_risk)
    return 1000.0 * risks.difference


def takes_absolute_effects(measure: str) -> bool:
    """Say whether a measure compares risks, so that absolute effects can be computed."""
    return measure in _ABSOLUTE_MEASURES
