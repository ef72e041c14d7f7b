"""Short names for the options of methods, where a table or a figure has no room for references."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from equipoise.words import phrases

NOT_USED: Final = "–"

_NAMES: Final[dict[str, str]] = {
    "random": "random effects",
    "common": "common effect",
    "IV": "inverse variance",
    "MH": "Mantel–Haenszel",
    "DL": "DerSimonian–Laird",
    "PM": "Paule–Mandel",
    "REML": "REML",
    "ML": "maximum likelihood",
    "HE": "Hedges",
    "HS": "Hunter–Schmidt",
    "HSk": "Hunter–Schmidt, few trials",
    "SJ": "Sidik–Jonkman",
    "SJIT": "Sidik–Jonkman, iterated",
    "EB": "empirical Bayes",
    "DLIT": "DerSimonian–Laird, iterated",
    "PMM": "Paule–Mandel, median-unbiased",
    "GENQ": "general Q",
    "GENQM": "general Q, median-unbiased",
    "fixed": "set by the protocol",
    "wald": "Wald (normal)",
    "t": "t distribution",
    "hksj": "Hartung–Knapp",
    "hksj-floor": "Hartung–Knapp, floored",
    "hksj-if-wider": "Hartung–Knapp where wider",
    "hksj-iqwig": "Hartung–Knapp, IQWiG's rule",
    "kenward-roger": "Kenward–Roger",
    "henmi-copas": "Henmi–Copas",
    "profile-likelihood": "profile likelihood",
    "q-profile": "Q-profile",
    "biggerstaff-jackson": "Biggerstaff–Jackson",
    "jackson": "Jackson",
    "general-q": "general Q",
    "sidik-jonkman": "Sidik–Jonkman",
    "follow-ci": "as the interval",
    "HTS": "Higgins–Thompson–Spiegelhalter",
    "HK-PR": "Hartung–Knapp, k − 2",
    "KR": "Kenward–Roger",
    "KR-PR": "Kenward–Roger, one fewer",
    "ivhet": "IVhet",
    "equal": "equal weights",
    "sample-size": "by sample size",
    "given": "given weights",
    "q": "Q",
    "tau2": "τ²",
    "all": "all trials",
    "leave-one-out": "one left out",
    "low-risk-of-bias": "low risk of bias only",
    "only-zero": "only trials with an empty cell",
    "if-any-zero": "all trials if any has one",
    "treatment-arm": "by the opposite arm",
}


@lru_cache(maxsize=1024)
def option_name(option: str | None) -> str:
    """Name an option; one without a name here is shown as the findings spell it."""
    if option is None:
        return NOT_USED
    return _NAMES.get(option, phrases.name(option))
