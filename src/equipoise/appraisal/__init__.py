"""Appraisal: how far a finding can be trusted, as proposals with receipts beside decisions."""

from equipoise.appraisal.certainty import appraise_certainty
from equipoise.appraisal.decisions import standing_decisions
from equipoise.appraisal.evidence import Evidence, Weighed, weighed
from equipoise.appraisal.risk_of_bias import (
    appraise_risk_of_bias,
    judgements_for,
    standing,
    study_judgements,
)
from equipoise.appraisal.thresholds import (
    Thresholds,
    difference_per_1000,
    takes_absolute_effects,
)

__all__ = [
    "Evidence",
    "Thresholds",
    "Weighed",
    "appraise_certainty",
    "appraise_risk_of_bias",
    "difference_per_1000",
    "judgements_for",
    "standing",
    "standing_decisions",
    "study_judgements",
    "takes_absolute_effects",
    "weighed",
]
