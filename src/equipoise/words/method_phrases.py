"""How resolved options of methods are written: in full words, each with its reference.

Every phrase is written from one option of ``Methods``, so a methods paragraph can only say what
was done. An option this page does not know is quoted as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.findings import Methods
from equipoise.words.numbers import estimate
from equipoise.words.phrases import name

_PRESETS = {
    "as-published": "as published (RevMan's classic methods)",
    "cochrane-2025": "Cochrane 2025",
    "revman5": "RevMan 5 (RevMan's classic methods)",
    "metafor": "the defaults of metafor (version 5.1)",
    "meta-8": "the defaults of meta (version 8)",
    "iqwig6": "IQWiG's General Methods 6 (as in meta, version 8)",
}
_PRESETS_IN_BRIEF = {
    "as-published": "as published",
    "cochrane-2025": "Cochrane 2025",
    "revman5": "RevMan 5",
    "metafor": "metafor 5.1",
    "meta-8": "meta 8",
    "iqwig6": "IQWiG 6",
}
_WEIGHTING = {
    "IV": "the inverse of its variance",
    "MH": (
        "the method of Mantel and Haenszel (1959, doi:10.1093/jnci/22.4.719), with the variance "
        "of Greenland and Robins (1985, doi:10.2307/2530643)"
    ),
    "Peto": "Peto's method (Yusuf and others 1985, doi:10.1016/S0033-0620(85)80003-7)",
}
_OTHER_WEIGHTS = {
    "ivhet": (
        "the inverse of its variance within the trial, as under a common effect, with the "
        "uncertainty of random effects (IVhet; Doi and others 2015, doi:10.1016/j.cct.2015.05.009)"
    ),
    "equal": "the same number",
    "sample-size": "the sizes of its groups alone",
    "given": "a weight set beforehand",
}
_MH_RANDOM = (
    "the inverse of its variance, with heterogeneity measured around the estimate of Mantel and "
    "Haenszel (1959, doi:10.1093/jnci/22.4.719; Greenland and Robins 1985, doi:10.2307/2530643)"
)
_MODELS = {"random": "a random-effects model", "common": "a common-effect model"}
_VIECHTBAUER = "Viechtbauer 2005, doi:10.3102/10769986030003261"
_TAU2 = {
    "DL": (
        "the moment estimator of DerSimonian and Laird (1986, doi:10.1016/0197-2456(86)90046-2)"
    ),
    "PM": "the estimator of Paule and Mandel (1982, doi:10.6028/jres.087.022)",
    "REML": "restricted maximum likelihood (Viechtbauer 2005, doi:10.3102/10769986030003261)",
    "ML": "maximum likelihood (Viechtbauer 2005, doi:10.3102/10769986030003261)",
    "HE": "the estimator of Hedges (1983, doi:10.1037/0033-2909.93.2.388)",
    "HS": f"the estimator of Hunter and Schmidt ({_VIECHTBAUER})",
    "HSk": (
        "the estimator of Hunter and Schmidt, corrected for few trials (Brannick and others 2019, "
        "doi:10.1177/1094428117741966)"
    ),
    "SJ": "the estimator of Sidik and Jonkman (2005, doi:10.1111/j.1467-9876.2005.00489.x)",
    "SJIT": (
        "the estimator of Sidik and Jonkman, iterated (2005, doi:10.1111/j.1467-9876.2005.00489.x)"
    ),
    "EB": "the empirical Bayes estimator (Morris 1983, doi:10.1080/01621459.1983.10477920)",
    "DLIT": (
        "the moment estimator of DerSimonian and Laird, iterated (DerSimonian and Kacker 2007, "
        "doi:10.1016/j.cct.2006.04.004)"
    ),
    "PMM": (
        "the estimator of Paule and Mandel (1982, doi:10.6028/jres.087.022) that is as often too "
        "large as too small"
    ),
    "GENQ": (
        "the general moment estimator with given weights (DerSimonian and Kacker 2007, "
        "doi:10.1016/j.cct.2006.04.004)"
    ),
    "GENQM": (
        "the general moment estimator with given weights (DerSimonian and Kacker 2007, "
        "doi:10.1016/j.cct.2006.04.004) that is as often too large as too small"
    ),
    "fixed": "no one: it was set by the protocol",
}
_CI = {
    "wald": "from the normal distribution (Wald)",
    "t": "from the t distribution with one degree of freedom fewer than there are trials",
    "hksj": "by the method of Hartung and Knapp (2001, doi:10.1002/sim.791)",
    "hksj-floor": (
        "by the method of Hartung and Knapp (2001, doi:10.1002/sim.791), its variance "
        "factor kept from falling below one (Röver, Knapp and Friede 2015, doi:10.1186/s12874-015-0091-1)"
    ),
    "hksj-if-wider": (
        "by the method of Hartung and Knapp (2001, doi:10.1002/sim.791) where that is wider, and "
        "else from the normal distribution (Jackson and others 2017, doi:10.1002/sim.7411)"
    ),
    "hksj-iqwig": (
        "by the method of Hartung and Knapp (2001, doi:10.1002/sim.791), with the classic standard "
        "error where that interval is narrower than the one of DerSimonian and Laird (IQWiG, "
        "General Methods 6)"
    ),
    "kenward-roger": (
        "by the method of Kenward and Roger (1997, doi:10.2307/2533558; Partlett and Riley 2017, "
        "doi:10.1002/sim.7140)"
    ),
    "henmi-copas": (
        "by the method of Henmi and Copas (2010, doi:10.1002/sim.4029), around the common-effect "
        "estimate"
    ),
    "profile-likelihood": (
        "from the profile likelihood (Hardy and Thompson 1996, "
        "doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A)"
    ),
}
_HTS_DOI = "doi:10.1111/j.1467-985X.2008.00552.x"
_HTS = f"Higgins, Thompson and Spiegelhalter (2009, {_HTS_DOI})"
_PI = {
    "follow-ci": (
        "with the standard error and the distribution of the confidence interval (Higgins, "
        f"Thompson and Spiegelhalter 2009, {_HTS_DOI}, use two degrees of freedom fewer than "
        "there are trials)"
    ),
    "HTS": f"by the method of {_HTS}, with two degrees of freedom fewer than there are trials",
    "V": f"as {_HTS}, but with one degree of freedom fewer than there are trials",
    "HK": (
        f"as {_HTS}, but with the standard error of Hartung and Knapp (2001, "
        "doi:10.1002/sim.791) and one degree of freedom fewer than there are trials"
    ),
    "HK-PR": (
        "with the standard error of Hartung and Knapp (2001, doi:10.1002/sim.791) and two degrees "
        "of freedom fewer than there are trials (Partlett and Riley 2017, doi:10.1002/sim.7140)"
    ),
    "KR": (
        "with the standard error and degrees of freedom of Kenward and Roger (1997, "
        "doi:10.2307/2533558)"
    ),
    "KR-PR": (
        "with the standard error of Kenward and Roger and one degree of freedom fewer than theirs "
        "(Partlett and Riley 2017, doi:10.1002/sim.7140)"
    ),
    "normal": "from the normal distribution",
}
_TAU2_CI = {
    "q-profile": "the Q-profile method (Viechtbauer 2007, doi:10.1002/sim.2514)",
    "biggerstaff-jackson": (
        "the exact distribution of Q (Biggerstaff and Jackson 2008, doi:10.1002/sim.3428)"
    ),
    "jackson": (
        "the exact distribution of a general Q, with weights of the inverse standard errors "
        "(Jackson 2013, doi:10.1002/jrsm.1081)"
    ),
    "general-q": (
        "the exact distribution of a general Q, with given weights (Jackson 2013, "
        "doi:10.1002/jrsm.1081)"
    ),
    "profile-likelihood": (
        "the profile likelihood (Hardy and Thompson 1996, "
        "doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A)"
    ),
    "sidik-jonkman": (
        "the method of Sidik and Jonkman (2005, doi:10.1111/j.1467-9876.2005.00489.x)"
    ),
    "wald": f"the normal distribution ({_VIECHTBAUER})",
}
_I2 = {
    "q": "I², computed from Cochran's Q (Higgins and Thompson 2002, doi:10.1002/sim.1186)",
    "tau2": (
        "I², computed from the estimated between-trial variance (Higgins and Thompson 2002, "
        "doi:10.1002/sim.1186)"
    ),
}
_ZERO_CELLS = {
    "none": "nothing was added to empty cells",
    "only-zero": "{add} was added to each cell of trials with an empty cell, and of no others",
    "only-zero-variance": (
        "{add} was added to each cell of trials with an empty cell in the variance, and nothing "
        "in the estimate"
    ),
    "if-any-zero": "{add} was added to each cell of all trials if any trial had an empty cell",
    "all": "{add} was added to each cell of all trials",
    "treatment-arm": (
        "trials with an empty cell were corrected by the reciprocal of the size of the opposite "
        "arm (Sweeting, Sutton and Lambert 2004, doi:10.1002/sim.1761)"
    ),
}
_DOUBLE_ZERO = {
    "drop": "with no event, or nothing but events, in both groups were not estimable",
    "revman": "with no event in either group were not estimable",
    "keep": "with no event in either group were counted too",
}
_RATIOS_OF_COUNTS = frozenset({"RR", "OR"})
_SMD = {
    "hedges-ls": (
        "Hedges' g with its exact correction and large-sample variance (Hedges 1981, "
        "doi:10.3102/10769986006002107)"
    ),
    "hedges-ls2": (
        "Hedges' g with its exact correction and the variance of the uncorrected difference times "
        "the correction squared (Borenstein and others 2009, doi:10.1002/9780470743386)"
    ),
    "hedges-ub": (
        "Hedges' g with its exact correction and unbiased variance (Viechtbauer 2007, "
        "doi:10.3102/1076998606298034)"
    ),
    "hedges-av": (
        "Hedges' g with its exact correction and variances at the trials' average difference "
        "(Hedges 1981, doi:10.3102/10769986006002107)"
    ),
    "cohens-d": (
        "Cohen's d, without a correction for small samples, with its large-sample variance "
        "(Borenstein and others 2009, doi:10.1002/9780470743386)"
    ),
    "revman": (
        "Hedges' g with the approximate correction and the variance that RevMan uses (Hedges "
        "1981, doi:10.3102/10769986006002107)"
    ),
}
_OPTION_NAMES = {
    "model": "model",
    "method": "weighting",
    "weighting": "weights of the trials",
    "tau2": "between-trial variance",
    "ci": "confidence interval",
    "pi": "prediction interval",
    "tau2_ci": "interval of the between-trial variance",
    "i2": "I²",
    "level": "level of the intervals",
    "zero_cells": "empty cells",
    "double_zero": "trials without events",
    "smd_variance": "standardised differences",
}


def preset_in_brief(value: str) -> str:
    """Name a preset inside a sentence about something else: ``Cochrane 2025``."""
    return _PRESETS_IN_BRIEF.get(value, name(value))


def preset(value: str) -> str:
    """Name a set of methods."""
    return _PRESETS.get(value, name(value))


def weighting(value: Methods) -> str:
    """Say how trials were combined and weighted, so that it can follow *combined with*.

    It takes all the methods, since Mantel and Haenszel's weights are used as such only under the
    common-effect model; under random effects they give the centre that heterogeneity is measured
    around (RevMan's "M-H, Random").
    """
    model = _MODELS.get(value.model, name(value.model))
    if value.method == "MH" and value.model == "random":
        return f"{model}, each trial weighted by {_MH_RANDOM}"
    how = _WEIGHTING.get(value.method, name(value.method))
    return f"{model}, each trial weighted by {_chosen_weights(value) or how}"


def _chosen_weights(value: Methods) -> str | None:
    """Say which weights replace those of inverse variance; no preset has others than these."""
    chosen = value.changed.get("weighting")
    if value.ci == "henmi-copas":
        chosen = "ivhet"
    return None if chosen is None else _OTHER_WEIGHTS.get(chosen)


def between_trial_variance(value: str) -> str:
    """Name the estimator of the between-trial variance."""
    return _TAU2.get(value, name(value))


def confidence_interval(value: str) -> str:
    """Say how confidence intervals were computed."""
    return _CI.get(value, name(value))


def prediction_interval(value: str) -> str:
    """Say how prediction intervals were computed."""
    return _PI.get(value, name(value))


def variance_interval(value: str) -> str:
    """Say how the interval of the between-trial variance was computed."""
    return _TAU2_CI.get(value, name(value))


def inconsistency(value: str) -> str:
    """Say which I² was computed."""
    return _I2.get(value, name(value))


def empty_cells(value: Methods) -> str:
    """Say what was done about cells without events, and about trials without any.

    It takes all the methods, since the constant and the fate of trials without events are options
    of their own.
    """
    rule = value.zero_cells or ""
    added = "a constant" if value.add is None else estimate(value.add)
    said = _ZERO_CELLS.get(rule, name(rule)).format(add=added)
    if value.measure in _RATIOS_OF_COUNTS and value.double_zero in _DOUBLE_ZERO:
        said = f"{said}; trials {_DOUBLE_ZERO[value.double_zero]}"
    return said


def standardised_variance(value: str) -> str:
    """Say how standardised mean differences were computed."""
    return _SMD.get(value, name(value))


def changes(value: Mapping[str, str]) -> str:
    """List what departs from a preset: ``confidence interval: wald; I²: q``."""
    return "; ".join(
        f"{_OPTION_NAMES.get(option, option)}: {name(chosen)}"
        for option, chosen in sorted(value.items())
    )
