"""The LFK index of asymmetry, and the points of its Doi plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from equipoise.errors import MethodError
from equipoise.kernels.doi import doi
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.notes import Note
from equipoise.stats.small_studies._common import cautions, trials_of

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_MINOR: Final = 1.0
_MAJOR: Final = 2.0
Verdict = Literal["no", "minor", "major"]


@dataclass(frozen=True, slots=True)
class DoiPoint:
    """A trial of a Doi plot: ``abs_z`` (downwards) over ``yi``; ``tip`` marks the smallest ``abs_z``.

    ``effect`` is ``yi`` on the display scale.
    """

    study: str
    yi: float
    effect: float
    z: float
    abs_z: float
    tip: bool


@dataclass(frozen=True, slots=True, eq=False)
class LfkIndex:
    """The LFK index, what its authors call it, and the Doi plot's points from left to right."""

    fit: MetaAnalysis
    k: int
    index: float
    verdict: Verdict
    points: tuple[DoiPoint, ...]
    caution: tuple[Note, ...]

    def tidy(self) -> Any:
        """Return a row a trial, from left to right."""
        names = ("study", "yi", "effect", "z", "abs_z", "tip")
        columns: dict[str, Sequence[Any]] = {
            name: [getattr(point, name) for point in self.points] for name in names
        }
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "lfk-index",
            "k": self.k,
            "index": self.index,
            "verdict": self.verdict,
            "points": [asdict(point) for point in self.points],
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        verdict = f"{self.verdict} asymmetry by its authors' limits of 1 and 2"
        lines = [
            "LFK index of asymmetry in the Doi plot",
            f"  Index {printing.number(self.index)} ({verdict}), k = {self.k}",
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def lfk_index(fit: MetaAnalysis) -> LfkIndex:
    r"""Return the LFK index, and the points of the Doi plot it describes.

    Trials are ordered by their effects and stand at the normal quantile ``z`` of the middle of their
    share of the inverse-variance weights. The index compares the two arms of the plot about its tip;
    :math:`|LFK| \le 1` is called no, up to 2 minor, above that major asymmetry. It is not a test:
    its limits do not change with the number of trials, although the spread of the index does, and
    between 0 and 30 percent of symmetric funnels are called asymmetric. Schwarzer, Rücker and Semaca
    2024, doi:10.1002/jrsm.1714, advise against it; so do we. The R call is
    ``metasens::lfkindex(yi, sei)``. Furuya-Kanamori, Barendregt and Doi 2018,
    doi:10.1097/XEB.0000000000000141.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: If all effects are equal.
    """
    yi, vi = trials_of(fit)
    plot = doi(yi, vi)
    if yi.min() == yi.max():
        raise MethodError(
            "the LFK index needs effects that differ: the Doi plot has no width",
            spec="lfk_index",
            reason="all effects are equal",
        )
    effects = fit.effects
    labels = [name for name, used in zip(effects.study, effects.estimable, strict=True) if used]
    shown = effects.pooled_transformed(yi)
    points = tuple(
        DoiPoint(
            study=labels[row],
            yi=float(yi[row]),
            effect=float(shown[row]),
            z=float(plot.z[place]),
            abs_z=float(abs(plot.z[place])),
            tip=place == plot.tip,
        )
        for place, row in enumerate(plot.order)
    )
    return LfkIndex(
        fit=fit,
        k=yi.size,
        index=plot.index,
        verdict=_verdict(plot.index),
        points=points,
        caution=(_not_a_test(), *cautions(fit, yi.size, of_asymmetry=True)),
    )


def _verdict(index: float) -> Verdict:
    if abs(index) <= _MINOR:
        return "no"
    return "minor" if abs(index) <= _MAJOR else "major"


def _not_a_test() -> Note:
    text = (
        "the LFK index is no test: how often it finds asymmetry in symmetric funnels depends on the "
        "number and size of the trials (from 0 to nearly 30%); it should not be used"
    )
    return Note("not-a-test", text)
