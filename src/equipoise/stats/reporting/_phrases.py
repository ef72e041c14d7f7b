"""How each option is written in a methods paragraph, with the papers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from equipoise.literature import LITERATURE

if TYPE_CHECKING:
    from equipoise.stats.presets import MethodSpec


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finished sentence and the keys of the papers it cites."""

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """A method in words, with the keys of the papers behind it."""

    words: str
    cites: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.cites:
            return self.words
        first, *others = (LITERATURE[key].short for key in self.cites)
        authors, _, year = first.rpartition(" ")
        # Authors the words have just named are not named again.
        named = [year if self.words.endswith(authors) else first, *others]
        return f"{self.words} ({'; '.join(named)})"


MODEL: Final = {"random": "a random-effects model", "common": "a common-effect model"}
WEIGHTING: Final = {
    "IV": Method("the inverse of their variances as weights"),
    "MH": Method(
        "the method of Mantel and Haenszel", ("mantel-haenszel-1959", "greenland-robins-1985")
    ),
    "Peto": Method("Peto's method", ("yusuf-1985",)),
}
OTHER_WEIGHTS: Final = {
    "ivhet": Method(
        "the weights of a common effect and the variance of random effects (the inverse variance "
        "heterogeneity model)",
        ("doi-2015",),
    ),
    "equal": Method("equal weights"),
    "sample-size": Method("the trials' effective sample sizes as weights"),
    "given": Method("weights given by the analyst"),
}
MH_RANDOM: Final = Method(
    "the inverse of their variances as weights, heterogeneity being measured around the estimate "
    "of Mantel and Haenszel",
    ("mantel-haenszel-1959", "greenland-robins-1985"),
)
TAU2: Final = {
    "DL": Method("the moment estimator of DerSimonian and Laird", ("dersimonian-laird-1986",)),
    "PM": Method("the estimator of Paule and Mandel", ("paule-mandel-1982",)),
    "REML": Method("restricted maximum likelihood", ("viechtbauer-2005",)),
    "ML": Method("maximum likelihood", ("viechtbauer-2005",)),
    "HE": Method("the estimator of Hedges", ("hedges-1983",)),
    "HS": Method("the estimator of Hunter and Schmidt", ("viechtbauer-2005",)),
    "HSk": Method(
        "the estimator of Hunter and Schmidt, corrected for few trials", ("brannick-2019",)
    ),
    "SJ": Method("the estimator of Sidik and Jonkman", ("sidik-jonkman-2005",)),
    "EB": Method("the empirical Bayes estimator", ("morris-1983",)),
    "PMM": Method(
        "the estimator of Paule and Mandel in its median-unbiased form", ("paule-mandel-1982",)
    ),
    "DLIT": Method(
        "the moment estimator of DerSimonian and Laird, iterated", ("dersimonian-kacker-2007",)
    ),
    "SJIT": Method("the estimator of Sidik and Jonkman, iterated", ("sidik-jonkman-2005",)),
    "GENQ": Method("the general moment estimator with given weights", ("dersimonian-kacker-2007",)),
    "GENQM": Method(
        "the general moment estimator with given weights, in its median-unbiased form",
        ("dersimonian-kacker-2007",),
    ),
}
TAU2_INTERVAL: Final = {
    "q-profile": Method("the Q-profile method", ("viechtbauer-2007",)),
    "biggerstaff-jackson": Method("the exact distribution of Q", ("biggerstaff-jackson-2008",)),
    "jackson": Method(
        "the exact distribution of a general Q with the inverse standard errors as weights",
        ("jackson-2013",),
    ),
    "general-q": Method(
        "the exact distribution of a general Q with given weights", ("jackson-2013",)
    ),
    "profile-likelihood": Method("the profile likelihood", ("hardy-thompson-1996",)),
    "sidik-jonkman": Method("the method of Sidik and Jonkman", ("sidik-jonkman-2005",)),
    "wald": Method("the normal distribution of its estimate", ("viechtbauer-2005",)),
}
INTERVAL: Final = {
    "wald": Method("from the normal distribution"),
    "t": Method("from the t distribution with one degree of freedom fewer than there are trials"),
    "hksj": Method(
        "by the method of Hartung, Knapp, Sidik and Jonkman",
        ("hartung-knapp-2001", "sidik-jonkman-2002"),
    ),
    "hksj-floor": Method(
        "by the method of Hartung, Knapp, Sidik and Jonkman, whose variance factor was kept from "
        "falling below one",
        ("hartung-knapp-2001", "rover-2015"),
    ),
    "hksj-if-wider": Method(
        "by the method of Hartung, Knapp, Sidik and Jonkman where that is wider, and else from the "
        "normal distribution",
        ("hartung-knapp-2001", "jackson-2017"),
    ),
    "hksj-iqwig": Method(
        "by the method of Hartung, Knapp, Sidik and Jonkman, with the classic standard error where "
        "that interval is narrower than DerSimonian and Laird's, as IQWiG's General Methods 6 ask",
        ("hartung-knapp-2001", "jackson-2017"),
    ),
    "kenward-roger": Method(
        "by the method of Kenward and Roger", ("kenward-roger-1997", "partlett-riley-2017")
    ),
    "henmi-copas": Method(
        "around the common-effect estimate by the method of Henmi and Copas", ("henmi-copas-2010",)
    ),
    "profile-likelihood": Method("from the profile likelihood", ("hardy-thompson-1996",)),
}
PREDICTION: Final = {
    "follow-ci": Method(
        "with the standard error and the distribution of the confidence interval",
        ("higgins-2009",),
    ),
    "HTS": Method(
        "from the t distribution with two degrees of freedom fewer than there are trials",
        ("higgins-2009",),
    ),
    "V": Method(
        "from the t distribution with one degree of freedom fewer than there are trials",
        ("higgins-2009",),
    ),
    "HK": Method(
        "with the standard error of Hartung and Knapp and one degree of freedom fewer than there "
        "are trials",
        ("higgins-2009", "hartung-knapp-2001"),
    ),
    "HK-PR": Method(
        "with the standard error of Hartung and Knapp and two degrees of freedom fewer than there "
        "are trials",
        ("partlett-riley-2017", "hartung-knapp-2001"),
    ),
    "KR": Method(
        "with the standard error and degrees of freedom of Kenward and Roger",
        ("kenward-roger-1997",),
    ),
    "KR-PR": Method(
        "with the standard error of Kenward and Roger and one degree of freedom fewer than theirs",
        ("partlett-riley-2017", "kenward-roger-1997"),
    ),
    "normal": Method("from the normal distribution"),
}
INCONSISTENCY: Final = {
    "q": Method("I², computed from Cochran's Q", ("higgins-thompson-2002",)),
    "tau2": Method("I², computed from the estimate of τ²", ("higgins-thompson-2002",)),
}
ZERO_CELLS: Final = {
    "only-zero": Method("{add} was added to each count of a trial with an empty cell"),
    "only-zero-variance": Method(
        "{add} was added to each count of a trial with an empty cell, for its variance only"
    ),
    "if-any-zero": Method("{add} was added to each count of all trials, some having an empty cell"),
    "all": Method("{add} was added to each count of all trials"),
    "treatment-arm": Method(
        "Trials with an empty cell were corrected in proportion to the size of their arms",
        ("sweeting-2004",),
    ),
}
DOUBLE_ZERO: Final = {
    "drop": "Trials without events, or with nothing but events, in both groups were left out.",
    "revman": "Trials without events in either group were left out.",
}
STANDARDISED: Final = {
    "hedges-ls": Method(
        "The standardised mean difference is Hedges's g with the exact small-sample correction",
        ("hedges-1981",),
    ),
    "revman": Method(
        "The standardised mean difference is Hedges's g, with its variance as RevMan computes it",
        ("hedges-1981",),
    ),
    "hedges-ls2": Method(
        "The standardised mean difference is Hedges's g, its variance the large-sample variance of "
        "the uncorrected difference times the squared correction",
        ("hedges-1981",),
    ),
    "hedges-ub": Method(
        "The standardised mean difference is Hedges's g with its unbiased variance",
        ("hedges-1981",),
    ),
    "hedges-av": Method(
        "The standardised mean difference is Hedges's g with variances at the trials' average "
        "difference",
        ("hedges-1981",),
    ),
    "cohens-d": Method(
        "The standardised mean difference is Cohen's d, without a correction for small samples"
    ),
}


def weighting(spec: MethodSpec) -> Method:
    """Return how trials were weighted."""
    if spec.method == "MH" and spec.model == "random":
        return MH_RANDOM
    if spec.weighting != "inverse-variance":
        return OTHER_WEIGHTS[spec.weighting]
    return WEIGHTING[spec.method]
