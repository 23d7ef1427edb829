#!/usr/bin/python3
# Makes bootstrap_reference.h: intervals by scipy.stats.bootstrap, of metrics by scikit-learn. Run by hand:
#   python3 tests/parity/bootstrap_reference.py > tests/parity/bootstrap_reference.h
# Needs SciPy 1.10 or later. An end of an interval is a quantile of random resamples, so it cannot be compared digit by
# digit. The share of our 1000 resamples below a quantile of level q has the standard deviation sqrt(q (1 - q) / 1000).
# Each end must therefore be between the quantiles at q plus and minus 4.5 deviations.
import math
import warnings

import numpy as np
from scipy import stats
from sklearn import metrics

warnings.simplefilter("ignore")
RESAMPLES, OURS, THRESHOLD = 10000, 1000, 0.7051


def cases():
    random = np.random.RandomState(20250301)
    for name, n, share, shift, digits in [
        ("plain", 200, 0.2, 1.5, 5), ("weak", 300, 0.1, 0.5, 5), ("tied", 250, 0.3, 1.0, 1), ("few", 30, 0.2, 1.0, 5),
        ("mostly_anomalies", 80, 0.8, 1.0, 2),
    ]:
        positive = (np.arange(n) < n * share).astype(int)
        score = np.round(random.normal(0, 1, n) + shift * positive, digits).astype(np.float32)
        order = random.permutation(n)
        yield name, score[order], positive[order]


def counts(score, positive):
    """Samples, and positives among them, from each distinct score upward, highest score first."""
    order = np.argsort(-score, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(score[order])), len(score) - 1]
    return last + 1, np.cumsum(positive[order])[last]


def average_precision(score, positive):
    called, hits = counts(score, positive)
    return np.sum(np.diff(np.r_[0, hits]) * hits / called) / hits[-1]


def best_f1(score, positive):
    called, hits = counts(score, positive)
    return np.max(2 * hits / (called + hits[-1]))


def f1(score, positive):
    called = score > THRESHOLD
    return 2 * positive[called].sum() / (called.sum() + positive.sum())


def check(score, positive):
    """The metrics are those of scikit-learn, which is too slow for so many resamples."""
    best = max(metrics.f1_score(positive, score >= t) for t in np.unique(score))
    assert np.isclose(best_f1(score, positive), best)
    assert np.isclose(average_precision(score, positive), metrics.average_precision_score(positive, score))
    assert np.isclose(f1(score, positive), metrics.f1_score(positive, score > THRESHOLD))


def band(values, q):
    half = 4.5 * math.sqrt(q * (1 - q) * (1 / OURS + 1 / RESAMPLES))
    return np.quantile(values, [max(0, q - half), min(1, q + half)])


def bands(metric, score, positive):
    """The bands of the two ends. The two samples are resampled apart, so the resamples are stratified."""
    def statistic(anomalies, normal):
        return metric(np.r_[anomalies, normal], np.r_[np.ones(len(anomalies)), np.zeros(len(normal))])

    found = stats.bootstrap((score[positive == 1], score[positive == 0]), statistic, n_resamples=RESAMPLES,
                            vectorized=False, method="percentile", random_state=1).bootstrap_distribution
    return "{%s}" % ", ".join(f"{x:.9g}" for q in (0.025, 0.975) for x in band(found, q))


def values(words):
    lines = [", ".join(words[i:i + 12]) for i in range(0, len(words), 12)]
    return "{\n            " + ",\n            ".join(lines) + ",\n        }"


print("// Made by bootstrap_reference.py. Do not edit.\n#pragma once\n\n#include <stdint.h>\n\n// clang-format off")
print("static const struct bootstrap_reference {\n    const char *name;\n    int64_t n;\n    double threshold;")
print("    // the least and the largest value of the lower end, then of the upper end")
print("    double average_precision[4], best_f1[4], f1[4];")
print("    float score[300];\n    int8_t positive[300];\n} bootstrap_references[] = {")
for name, score, positive in cases():
    check(score, positive)
    print(f'    {{"{name}", {len(score)}, {THRESHOLD},')
    for metric in (average_precision, best_f1, f1):
        print(f"        {bands(metric, score, positive)},")
    print(f"        {values([f'{x:.9g}f' if '.' in f'{x:.9g}' else f'{x:.1f}f' for x in score.tolist()])},")
    print(f"        {values([str(p) for p in positive])}}},")
print("};\n// clang-format on")
