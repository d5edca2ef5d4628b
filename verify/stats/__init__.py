"""Statistics: anytime-valid tests, exact error rates, multiplicity, quantiles, streams; and, apart, estimates."""

from .alldelta import AllDeltaSummary, AllDeltaTest, dkw_excess, violation_level
from .bisect import Probe, ThresholdEstimate, find_threshold
from .eprocess import (
    SequentialSummary,
    SequentialTest,
    confidence_bounds,
    log_e_refute,
    log_e_support,
    trials_if_clean,
)
from .exact import StoppingLaw, exact_rejection_probability, stopping_law
from .multiplicity import adjusted_log_e, e_bonferroni, e_holm
from .quantile import QuantileInterval, quantile_interval
from .rare import Estimate, LognormalSum, asmussen_kroese, big_jump, subset_simulation
from .streams import StreamKey, parse_key, stream

__all__ = [
    "AllDeltaSummary",
    "AllDeltaTest",
    "Estimate",
    "LognormalSum",
    "Probe",
    "QuantileInterval",
    "SequentialSummary",
    "SequentialTest",
    "StoppingLaw",
    "StreamKey",
    "ThresholdEstimate",
    "adjusted_log_e",
    "asmussen_kroese",
    "big_jump",
    "confidence_bounds",
    "dkw_excess",
    "e_bonferroni",
    "e_holm",
    "exact_rejection_probability",
    "find_threshold",
    "log_e_refute",
    "log_e_support",
    "parse_key",
    "quantile_interval",
    "stopping_law",
    "stream",
    "subset_simulation",
    "trials_if_clean",
    "violation_level",
]
