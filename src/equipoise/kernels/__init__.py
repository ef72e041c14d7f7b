"""Numbers from numbers: array functions that know only numpy and scipy.special.

Every kernel works on a batch; a single meta-analysis is a batch of one. Notation is the papers';
words are at the surface, in `equipoise.stats`.
"""
