#!/usr/bin/python3
# Makes significance_reference.h: the signed-rank test and critical differences by SciPy. Run by hand:
#   python3 tests/parity/significance_reference.py > tests/parity/significance_reference.h
import numpy as np
from scipy import stats


def differences(random, n, kind):
    d = np.round(random.normal(0.4, 1, n), 6)
    if kind == "ties":
        d = np.round(d * 2) / 2
        d[d == 0] = 0.5
    if kind == "zeros":
        d[::4] = 0
    return d


def p_value(d):
    exact = len(d) <= 50 and np.all(d != 0) and len(np.unique(np.abs(d))) == len(d)
    return stats.wilcoxon(d, zero_method="wilcox", correction=False, method="exact" if exact else "approx").pvalue


random = np.random.RandomState(1)
print("// Made by significance_reference.py. Do not edit.\n#pragma once\n")
print("static const struct {\n    int n;\n    double p, d[80];\n} wilcoxon_reference[] = {")
for n, kind in [(5, "plain"), (12, "plain"), (50, "plain"), (51, "plain"), (80, "plain"), (20, "ties"), (70, "ties"), (24, "zeros")]:
    d = differences(random, n, kind)
    print(f"    {{{n}, {p_value(d):.17g}, {{{', '.join(f'{x:.6f}' for x in d)}}}}},")
print("};\n\nstatic const struct {\n    int n, k;\n    double alpha, difference;\n} nemenyi_reference[] = {")
for n, k, alpha in [(10, 2, 0.05), (14, 5, 0.05), (57, 10, 0.05), (14, 5, 0.1), (30, 20, 0.01)]:
    q = stats.studentized_range.ppf(1 - alpha, k, np.inf) / np.sqrt(2)
    print(f"    {{{n}, {k}, {alpha}, {q * np.sqrt(k * (k + 1) / (6 * n)):.17g}}},")
print("};")
