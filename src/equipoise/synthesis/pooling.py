"""Pooling one cell under each preset, and what to do where planned methods cannot work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.errors import MethodError
from equipoise.findings import Note
from equipoise.stats import EffectSizes, MetaAnalysis, MethodSpec
from equipoise.synthesis.contrasts import Contrast
from equipoise.synthesis.effects import Signed, cell_effects, needs_inverse_variance
from equipoise.synthesis.estimates import ZERO_SUM, fit, inverse_variance_instead
from equipoise.synthesis.scales import ScaleUse


@dataclass(frozen=True, slots=True)
class Pooled:
    """Effect sizes, methods and fits of one cell, by preset; the protocol's preset first.

    ``usable`` are the contrasts that have effect sizes, in their order; ``rows`` gives each
    contrast of the cell its row there, or ``None``. ``fits`` is empty where nothing was pooled.
    """

    usable: tuple[Contrast, ...]
    rows: tuple[int | None, ...]
    effects: dict[str, EffectSizes]
    methods: dict[str, MethodSpec]
    fits: dict[str, MetaAnalysis]
    notes: tuple[Note, ...]

    @property
    def primary(self) -> str:
        """The key of the protocol's preset."""
        return next(iter(self.methods))

    def again(self, spec: MethodSpec, signs: Sequence[int]) -> EffectSizes:
        """Compute the effect sizes of the same trials with other options.

        Args:
            spec: The methods whose options for effect sizes are used.
            signs: The sign of each contrast of the cell, as in :func:`pool_cell`.
        """
        turned = [sign for sign, row in zip(signs, self.rows, strict=True) if row is not None]
        return cell_effects([Signed(*each) for each in zip(self.usable, turned, strict=True)], spec)

    @property
    def entered(self) -> tuple[Contrast, ...]:
        """The contrasts that entered the primary estimate."""
        effects = self.effects.get(self.primary)
        if effects is None:
            return ()
        return tuple(c for c, ok in zip(self.usable, effects.estimable, strict=True) if ok)


def pool_cell(
    contrasts: Sequence[Contrast], use: ScaleUse, planned: dict[str, MethodSpec]
) -> Pooled:
    """Compute the effect sizes of a cell's usable contrasts and pool them under each preset.

    Where a planned method needs counts that some trials do not give, or that one side lacks
    altogether, inverse variance takes its place and a note says so.
    """
    usable = [i for i, contrast in enumerate(contrasts) if contrast.problem is None]
    signed = [Signed(contrasts[i], use.signs[i]) for i in usable]
    methods, notes = _with_counts(contrasts, planned)
    effects = {name: cell_effects(signed, spec) for name, spec in methods.items() if signed}
    fits: dict[str, MetaAnalysis] = {}
    for name in effects if use.poolable else ():
        found, methods[name], remark = _fit_or_fall_back(effects[name], methods[name])
        notes += [remark] if remark else []
        fits |= {name: found} if found else {}
    place = {position: row for row, position in enumerate(usable)}
    return Pooled(
        usable=tuple(contrasts[i] for i in usable),
        rows=tuple(place.get(i) for i in range(len(contrasts))),
        effects=effects,
        methods=methods,
        fits=fits,
        notes=tuple(dict.fromkeys(notes)),
    )


def _with_counts(
    contrasts: Sequence[Contrast], planned: dict[str, MethodSpec]
) -> tuple[dict[str, MethodSpec], list[Note]]:
    needs = {name for name, spec in planned.items() if needs_inverse_variance(contrasts, spec)}
    methods = {
        name: inverse_variance_instead(spec) if name in needs else spec
        for name, spec in planned.items()
    }
    return methods, [_instead("some trials give no counts")] if needs else []


def _fit_or_fall_back(
    effects: EffectSizes, spec: MethodSpec
) -> tuple[MetaAnalysis | None, MethodSpec, Note | None]:
    try:
        return fit(effects, spec), spec, None
    except MethodError as error:
        if error.reason != ZERO_SUM:
            raise
    inverse = inverse_variance_instead(spec)
    why = "one side has no events in any trial, so the planned sums are zero"
    return fit(effects, inverse), inverse, _instead(why)


def _instead(why: str) -> Note:
    return Note("inverse-variance-instead", f"Pooled by inverse variance, because {why}.")
