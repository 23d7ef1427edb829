#!/usr/bin/python3
# Makes paired_auc_reference.h: DeLong's test of two correlated areas under ROC curves (DeLong et al. 1988), from its
# definition over all pairs of samples, with the areas of scikit-learn and the p-value of SciPy. Run by hand:
#   python3 tests/parity/paired_auc_reference.py > tests/parity/paired_auc_reference.h
import numpy as np
from scipy import stats
from sklearn import metrics


def placements(score, positive):
    """The placement of each positive, and that of each negative."""
    x, y = score[positive == 1][:, None], score[positive == 0][None, :]
    pairs = (x > y) + 0.5 * (x == y)
    return pairs.mean(1), pairs.mean(0)


def delong(a, b, positive):
    found = [metrics.roc_auc_score(positive, score) for score in (a, b)]
    of_positives, of_negatives = zip(placements(a, positive), placements(b, positive))
    covariance = np.cov(of_positives) / len(of_positives[0]) + np.cov(of_negatives) / len(of_negatives[0])
    contrast = np.array([1, -1])
    deviation = np.sqrt(contrast @ covariance @ contrast)
    difference = found[0] - found[1]
    half = stats.norm.ppf(0.975) * deviation
    return [*found, difference, difference - half, difference + half, 2 * stats.norm.sf(abs(difference) / deviation)]


random = np.random.RandomState(20250302)
print("// Made by paired_auc_reference.py. Do not edit.\n#pragma once\n\n#include <stdint.h>\n\n// clang-format off")
print("static const struct {\n    int n;\n    double expected[6]; // the areas, their difference, its interval, the p-value")
print("    float a[80], b[80];\n    int8_t positive[80];\n} paired_auc_references[] = {")
for n, positives, shift, noise, digits in [(60, 15, 1.5, 0.5, 3), (80, 30, 1.0, 1.5, 1), (30, 5, 0.5, 0.3, 3), (40, 38, 1.0, 1.0, 2)]:
    positive = random.permutation((np.arange(n) < positives).astype(int))
    a = np.round(random.normal(0, 1, n) + shift * positive, digits).astype(np.float32)
    b = np.round(a + noise * random.normal(0, 1, n), digits).astype(np.float32)
    print(f"    {{{n}, {{{', '.join(f'{v:.17g}' for v in delong(a, b, positive))}}},")
    for score in (a, b):
        print(f"        {{{', '.join(f'{v:.3f}f' for v in score)}}},")
    print(f"        {{{', '.join(map(str, positive))}}}}},")
print("};\n// clang-format on")
