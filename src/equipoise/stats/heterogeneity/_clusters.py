"""Clusters among subsets of trials, and the trials whose presence tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.mixtures import Labels, assign, fit_mixture, modes
from equipoise.kernels.subset_sums import Bytes
from equipoise.stats import printing

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_LEARN: Final = 2_000
_FEWEST: Final = 50
_SMALL: Final = 0.01
SEPARATES: Final = 0.5
"""A trial is named if Cramér's V of its presence and the cluster reaches this: the cluster then
tells a quarter or more of the variance of who has it."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster: its ``share`` of the subsets, its mean estimate (analysis scale) and I²."""

    share: float
    estimate: float
    i2: float


@dataclass(frozen=True, slots=True)
class TrialSeparation:
    """What a trial's presence does to a subset.

    ``estimate_shift`` and ``heterogeneity_shift`` are the differences between the subsets with and
    without the trial in the mean estimate and in the mean Birge ratio (the root of Q over its
    degrees of freedom), in standard deviations over all subsets. ``share`` is the share of subsets
    with the trial in each cluster; ``association`` is Cramér's V of presence and cluster, 0 to 1.
    """

    study: str
    estimate_shift: float
    heterogeneity_shift: float
    share: tuple[float, ...]
    association: float


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """The clusters, the heaviest first, and how each trial parts them; ``label`` is a subset's."""

    clusters: tuple[Cluster, ...]
    trials: tuple[TrialSeparation, ...]
    label: Labels

    @property
    def separating(self) -> tuple[TrialSeparation, ...]:
        """The trials named, the most telling first."""
        named = [t for t in self.trials if t.association >= SEPARATES]
        return tuple(sorted(named, key=lambda t: -t.association))

    def columns(self) -> dict[str, list[Any]]:
        """Return a column for each measure, a row a trial."""
        columns: dict[str, list[Any]] = {
            name: [getattr(t, name) for t in self.trials]
            for name in ("study", "estimate_shift", "heterogeneity_shift", "association")
        }
        columns["separating"] = [t.association >= SEPARATES for t in self.trials]
        for c in range(len(self.clusters)):
            columns[f"share_{c + 1}"] = [t.share[c] for t in self.trials]
        return columns

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "clusters": [
                {"share": c.share, "estimate": c.estimate, "i2": c.i2} for c in self.clusters
            ],
            "trials": self.columns(),
            "separating": [t.study for t in self.separating],
        }

    def lines(self, fit: MetaAnalysis) -> list[str]:
        """Return the clusters and the trials named, as text."""
        if len(self.clusters) == 1:
            return ["  One cluster: no trial parts the subsets visibly"]
        means = fit.effects.pooled_transformed(np.array([c.estimate for c in self.clusters]))
        show = printing.ratio if fit.effects.ratio else printing.number
        rows = [("Cluster", "Subsets", "Mean effect", "Mean I²")]
        for number, (cluster, mean) in enumerate(zip(self.clusters, means, strict=True), start=1):
            share = printing.percent(100.0 * cluster.share)
            rows.append((str(number), share, show(float(mean)), printing.percent(cluster.i2)))
        named = [
            f"    {t.study}: effect {_signed(t.estimate_shift)} SD, "
            f"heterogeneity {_signed(t.heterogeneity_shift)} SD where it is in"
            for t in self.separating
        ]
        head = "  Trials whose presence tells clusters apart:" + ("" if named else " none")
        return [*printing.table(rows), head, *named]


def find_clusters(
    study: tuple[str, ...],
    members: Bytes,
    *,
    estimate: Floats,
    birge: Floats,
    i2: Floats,
    seed: int,
) -> Clusters:
    """Group the subsets by their estimate and Birge ratio.

    I² is not used for it: where it is cut at zero the subsets pile up, which is no cluster. The
    groups are learnt from at most 2000 of the subsets, drawn by ``seed``, and all are assigned.
    """
    label = _labels(_standard(estimate, birge), seed)
    count = int(label.max()) + 1
    of_cluster = [label == c for c in range(count)]
    clusters = tuple(
        Cluster(float(which.mean()), float(estimate[which].mean()), float(i2[which].mean()))
        for which in of_cluster
    )
    trials = []
    for place, name in enumerate(study):
        byte, bit = divmod(place, 8)
        present = ((members[:, byte] >> np.uint8(bit)) & 1).astype(np.bool_)
        share = tuple(float(present[which].mean()) for which in of_cluster)
        trials.append(
            TrialSeparation(
                study=name,
                estimate_shift=_shift(estimate, present),
                heterogeneity_shift=_shift(birge, present),
                share=share,
                association=_association(clusters, share, float(present.mean())),
            )
        )
    return Clusters(clusters, tuple(trials), label)


def _standard(*columns: Floats) -> Floats:
    """Return the columns with mean zero and unit spread; constant ones are zero."""
    out = []
    for values in columns:
        spread = float(values.std())
        out.append((values - values.mean()) / spread if spread > 0.0 else np.zeros(values.size))
    return np.stack(out, axis=1)


def _labels(points: Floats, seed: int) -> Labels:
    n = points.shape[0]
    if n < _FEWEST or not (points.std(axis=0) > 0.0).all():
        return np.zeros(n, dtype=np.int8)
    learnt = points
    if n > _LEARN:
        generator = np.random.Generator(np.random.PCG64(seed))
        learnt = points[np.sort(generator.choice(n, _LEARN, replace=False))]
    mixture = fit_mixture(learnt)
    label = modes(mixture)[assign(mixture, points)]
    return _renumbered(label)


def _renumbered(label: Labels) -> Labels:
    """Number the clusters from the largest; those of under 1% of the subsets join the largest."""
    found, counts = np.unique(label, return_counts=True)
    order = found[np.argsort(-counts, kind="stable")]
    large = [c for c in order if counts[found == c][0] >= _SMALL * label.size]
    out = np.zeros(label.size, dtype=np.int8)
    for new, old in enumerate(large):
        out[label == old] = new
    return out


def _signed(value: float) -> str:
    return ("+" if value > 0.0 else "") + printing.number(value, 1)


def _shift(values: Floats, present: Any) -> float:
    spread = float(values.std())
    if spread == 0.0 or present.all() or not present.any():
        return 0.0
    return float(values[present].mean() - values[~present].mean()) / spread


def _association(clusters: tuple[Cluster, ...], share: tuple[float, ...], overall: float) -> float:
    """Return Cramér's V: the root of the share of the variance of presence between clusters."""
    within = overall * (1.0 - overall)
    if within <= 0.0:
        return 0.0
    between = sum(c.share * (s - overall) ** 2 for c, s in zip(clusters, share, strict=True))
    return float(np.sqrt(min(between / within, 1.0)))
