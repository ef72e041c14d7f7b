"""All subsets of the trials: where their pooled effects and heterogeneity fall, and who parts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Bools, Floats, Ints
from equipoise.kernels.heterogeneity import i2_from_q, i2_from_tau2, typical_variance
from equipoise.kernels.subset_sums import Bytes, every_subset, numbered, pack, unpack
from equipoise.stats import printing
from equipoise.stats._engine import fit_core
from equipoise.stats._requirements import at_least, inverse_variance_only, whole_number
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.heterogeneity._clusters import Clusters, find_clusters
from equipoise.stats.notes import Note
from equipoise.stats.options import Model, check_option
from equipoise.stats.resampling._refits import blocks

if TYPE_CHECKING:
    from equipoise.figures.model import Figure
    from equipoise.stats.method_spec import MethodSpec
    from equipoise.stats.results import MetaAnalysis

_FEWEST: Final = 3
_FEW: Final = 10
_MOST: Final = 2**22
_DEFAULT: Final[dict[str, int]] = {"common": 2**20, "random": 2**14}


@dataclass(frozen=True, slots=True, eq=False)
class Gosh:
    """Pooled results of subsets of the ``trials``: arrays of one value a subset.

    ``estimate`` is on the analysis scale, ``i2`` in percent, ``tau2`` is ``None`` for a common
    effect. ``members`` holds the bits of who is in a subset (`includes` unpacks them), ``k`` how
    many. ``complete`` says that these are all subsets of two trials or more, ``seed`` is that of a
    sample. ``failed`` subsets, in which τ² did not converge, are left out. ``clusters`` are the
    groups found among the subsets, and how each trial parts them.
    """

    fit: MetaAnalysis
    model: Model
    trials: tuple[str, ...]
    complete: bool
    seed: int | None
    estimate: Floats
    i2: Floats
    tau2: Floats | None
    k: NDArray[np.int16]
    members: Bytes
    failed: int
    clusters: Clusters
    caution: tuple[Note, ...]

    @property
    def separating(self) -> tuple[str, ...]:
        """The trials whose presence tells the clusters apart, the most telling first."""
        return tuple(trial.study for trial in self.clusters.separating)

    def includes(self, trial: int) -> Bools:
        """Return in which subsets a trial is (its position among ``trials``)."""
        byte, bit = divmod(trial, 8)
        return np.asarray((self.members[:, byte] >> np.uint8(bit)) & 1, dtype=np.bool_)

    def points(self) -> dict[str, NDArray[Any]]:
        """Return ``estimate``, ``i2`` and ``cluster`` of every subset, for a figure."""
        return {"estimate": self.estimate, "i2": self.i2, "cluster": self.clusters.label}

    def density(self, bins: int = 60) -> tuple[NDArray[np.intp], Floats, Floats]:
        """Count subsets on a grid of estimate by I².

        Returns:
            Counts of shape ``(bins, bins)``, the edges of the estimate and those of I², each of
            ``bins + 1`` values.
        """
        whole_number("bins", bins, 1)
        counts, x, y = np.histogram2d(self.estimate, self.i2, bins=bins)
        return counts.astype(np.intp), x, y

    def figure(self, trial: str | None = None, *, title: str = "", width: float = 560.0) -> Figure:
        """Draw the subsets; those with ``trial`` (its label) stand out, or the most telling one's.

        Raises:
            DataError: If there is no such trial.
        """
        from equipoise.stats.plots.gosh import gosh_figure  # noqa: PLC0415  # figures load when drawn

        shown = trial if trial is not None else next(iter(self.separating), None)
        if shown is not None and shown not in self.trials:
            listed = ", ".join(self.trials)
            raise DataError(f"there is no trial {shown!r}; trials are: {listed}", rule="a trial")
        return gosh_figure(
            self.fit.effects,
            self.estimate,
            self.i2,
            marked=None if shown is None else self.includes(self.trials.index(shown)),
            marked_name="" if shown is None else f"with {shown}",
            pooled=self.fit.estimate,
            title=title,
            width=width,
        )

    def tidy(self) -> Any:
        """Return a row a trial, as the user's kind of frame (else a dict of lists)."""
        return to_frame(self.clusters.columns(), self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data: the summary, without the subsets themselves."""
        quartiles = (0.0, 0.25, 0.5, 0.75, 1.0)
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "gosh",
            "model": self.model,
            "subsets": int(self.estimate.size),
            "complete": self.complete,
            "seed": self.seed,
            "failed": self.failed,
            "estimate_quartiles": np.quantile(self.estimate, quartiles).tolist(),
            "i2_quartiles": np.quantile(self.i2, quartiles).tolist(),
            **self.clusters.to_dict(),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        which = "all" if self.complete else "a sample of"
        shown = self.fit.effects.pooled_transformed(np.quantile(self.estimate, (0.5, 0.05, 0.95)))
        middle = printing.effect_with_interval(self.fit.effects, *(float(v) for v in shown))
        i2 = [printing.percent(float(v)) for v in np.quantile(self.i2, (0.05, 0.95))]
        lines = [
            f"Subsets of {len(self.trials)} trials: {which} {self.estimate.size}, {self.model}",
            f"  Pooled effects, median with the middle 90%: {middle}",
            f"  I², the middle 90%: {printing.interval(*i2)}",
            *self.clusters.lines(self.fit),
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def gosh(
    fit: MetaAnalysis,
    *,
    subsets: int | None = None,
    model: Model | None = None,
    seed: int = 20_120_101,
) -> Gosh:
    r"""Pool every subset of the trials, and find who parts the results into clusters.

    If the trials estimate one effect or scatter evenly around one, effects and heterogeneity of the
    subsets form one cloud. Several clouds are a sign of subgroups or outlying trials: each trial is
    compared with the clusters, and those whose presence tells them apart are named
    (``docs/statistics/gosh.md`` has the rule).

    The subsets are those of two trials or more, :math:`2^k - 1 - k`; R's ``metafor::gosh(fit,
    subsets = )`` counts single trials too, and gives them no heterogeneity. Olkin, Dahabreh and
    Trikalinos 2012, doi:10.1002/jrsm.1053.

    Args:
        fit: The meta-analysis, by inverse variance.
        subsets: The most subsets to pool: all of them if there are no more, else a sample of that
            many, each trial in or out by a fair coin. 2**20 for a common effect and 2**14 for
            random effects, whose τ² is estimated in every subset, unless told otherwise.
        model: ``common`` pools by a common effect whatever the model of ``fit``.
        seed: The seed of the sample, and of the points from which clusters are learnt.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, fewer than three trials, and more than
            2**22 subsets.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[0.2, 0.5, 0.1, 0.4], se=[0.1] * 4)
        >>> gosh(pool(trials)).estimate.size
        11
    """
    inverse_variance_only(fit.methods, "GOSH")
    at_least(fit, _FEWEST, "GOSH")
    if model is not None:
        check_option("model", model)
    spec = _methods(fit, model)
    most = _DEFAULT[spec.model] if subsets is None else subsets
    _check_most(most)
    keep = np.flatnonzero(fit.effects.estimable)
    every = 2.0**keep.size - 1.0 - keep.size
    complete = every <= most
    members = _all_members(keep.size) if complete else _sample(keep.size, most, seed)
    estimate, q, tau2, i2 = _pool_all(fit.effects, keep, members, spec, complete=complete)
    good = np.isfinite(estimate) & np.isfinite(i2)
    failed = int(np.count_nonzero(~good))
    if failed:
        estimate, q, tau2, i2 = (values[good] for values in (estimate, q, tau2, i2))
        members = np.ascontiguousarray(members[good])
    names = tuple(np.array(fit.effects.study, dtype=object)[keep])
    count = _sizes(members)
    return Gosh(
        fit=fit,
        model=spec.model,
        trials=names,
        complete=complete,
        seed=None if complete else seed,
        estimate=estimate,
        i2=i2,
        tau2=None if spec.model == "common" else tau2,
        k=count,
        members=members,
        failed=failed,
        clusters=find_clusters(
            names,
            members,
            estimate=estimate,
            birge=np.sqrt(q / (count - 1.0)),
            i2=i2,
            seed=seed,
        ),
        caution=_cautions(keep.size),
    )


def _methods(fit: MetaAnalysis, model: Model | None) -> MethodSpec:
    if model is None or model == fit.methods.model:
        return fit.methods
    if model == "random":
        raise MethodError(
            "the meta-analysis is by a common effect; pool with model='random' to look at its "
            "subsets by random effects",
            spec="model=random",
            reason="no estimator of tau2",
        )
    return replace(fit.methods, model="common", tau2=None, tau2_value=None, tau2_weights=None)


def _check_most(most: int) -> None:
    whole_number("subsets", most, 1)
    if most > _MOST:
        raise MethodError(
            f"subsets can be {_MOST} at most, not {most}; a sample says the same",
            spec=f"subsets={most}",
            reason="too many",
        )


def _all_members(k: int) -> Bytes:
    numbers = np.arange(2**k, dtype=np.uint64)
    return numbered(numbers[_several(numbers)], k)


def _several(numbers: NDArray[np.uint64]) -> Bools:
    """Return which numbers have two bits or more."""
    return np.asarray((numbers & (numbers - np.uint64(1))) > 0, dtype=np.bool_) & (numbers > 0)


def _sample(k: int, count: int, seed: int) -> Bytes:
    """Return subsets of two trials or more, all equally probable."""
    generator = np.random.Generator(np.random.PCG64(seed))
    members = np.concatenate(
        [_coins(generator, min(part.stop, count) - part.start, k) for part in blocks(count, k)]
    )
    while (few := np.flatnonzero(_sizes(members) <= 1)).size:
        members[few] = _coins(generator, few.size, k)
    return members


def _coins(generator: np.random.Generator, rows: int, k: int) -> Bytes:
    return pack(generator.integers(0, 2, size=(rows, k)).astype(np.bool_))


def _pool_all(
    effects: EffectSizes, keep: Ints, members: Bytes, spec: MethodSpec, *, complete: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return estimate, Cochran's Q, τ² and I² of every subset."""
    if spec.model == "common" and complete:
        yi, vi = effects.yi[keep], effects.vi[keep]
        sums, numbers = every_subset(yi - yi[vi.argmin()], vi), np.arange(2**keep.size, dtype="u8")
        several = _several(numbers)
        q, size = sums.q[several], _sizes(members).astype(np.float64)
        estimate = sums.estimate[several] + yi[vi.argmin()]
        return estimate, q, np.zeros(q.size), i2_from_q(q, size - 1.0)
    parts = [
        _pool_some(effects, keep, members[part], spec)
        for part in blocks(members.shape[0], len(effects))
    ]
    estimate, q, tau2, i2 = (np.concatenate(column) for column in zip(*parts, strict=True))
    return estimate, q, tau2, i2


def _pool_some(
    effects: EffectSizes, keep: Ints, members: Bytes, spec: MethodSpec
) -> tuple[Floats, Floats, Floats, Floats]:
    mask = np.zeros((members.shape[0], len(effects)), dtype=np.bool_)
    mask[:, keep] = unpack(members, keep.size)
    core = fit_core(effects, mask, spec)
    by_q = spec.model == "common" or spec.i2 == "q"
    if by_q:
        i2 = i2_from_q(core.q, core.q_df.astype(np.float64))
    else:
        i2 = i2_from_tau2(core.tau2, typical_variance(core.batch))
    estimate = core.estimate
    if core.between is not None:
        estimate = np.where(core.between.converged, estimate, np.nan)
    return estimate, core.q, core.tau2, i2


def _sizes(members: Bytes) -> NDArray[np.int16]:
    """Return how many trials are in each subset."""
    return np.asarray(np.bitwise_count(members).sum(axis=1), dtype=np.int16)


def _cautions(k: int) -> tuple[Note, ...]:
    text = (
        "subsets share trials, so that clusters describe these data and are no test; a cluster is a "
        "reason to look at the trials named"
    )
    notes = [Note("exploratory", text)]
    if k < _FEW:
        few = f"{k} trials: every one of them parts the subsets to some degree"
        notes.append(Note("few-trials", few))
    return tuple(notes)
