#!/usr/bin/python3
# Makes series_reference.h: volumes under surfaces by their definition (Paparrizos et al. 2022), threshold by threshold
# and step by step. Run by hand, with numpy:
#   python3 tests/parity/series_reference.py > tests/parity/series_reference.h
import numpy as np

THRESHOLDS = 250


def ranges(label):
    edges = np.flatnonzero(np.diff(np.r_[0, label, 0]))
    return [(a, b - 1) for a, b in zip(edges[::2], edges[1::2])]


def extended(truth, half, n):
    """The true ranges, longer by `half` steps at both ends, joined where they touch."""
    out = []
    for first, last in truth:
        if out and out[-1][1] >= first - half:
            out[-1][1] = last + half
        else:
            out.append([max(first - half, 0), last + half])
    out[-1][1] = min(out[-1][1], n - 1)
    return out


def soft_labels(label, truth, window):
    soft = label.astype(float)
    for first, last in truth:
        for distance in range(1, window // 2 + 1):
            for at in (last + distance, first - distance):
                if 0 <= at < len(label):
                    soft[at] += np.sqrt(1 - distance / window)
    return np.minimum(soft, 1)


def areas(label, score, window):
    n, truth = len(label), ranges(label)
    soft, segments = soft_labels(label, truth, window), extended(truth, window // 2, n)
    order = np.sort(score)[::-1]
    curve, pr = [(0, 0)], 0
    for at in np.linspace(0, n - 1, THRESHOLDS).astype(int):
        called = score >= order[at]
        weight = np.where(label == 1, 1, soft)
        hits = (weight * called).sum()
        positives = (label.sum() + label.sum() + (soft * called * (label == 0)).sum()) / 2
        found = np.mean([called[a:b + 1].any() for a, b in segments])
        recall = min(hits / positives, 1) * found
        pr += (recall - curve[-1][1]) * hits / called.sum()
        curve.append(((called.sum() - hits) / (n - positives), recall))
    curve.append((1, 1))
    x, y = np.array(curve).T
    return pr, np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2)


def case(random, n, share_of_signal, spans):
    label = np.zeros(n, int)
    for first, last in spans:
        label[first:last + 1] = 1
    score = random.rand(n) + share_of_signal * np.convolve(label, np.ones(5) / 5, "same")
    return label, np.round(score, 2).astype(np.float32)


random = np.random.RandomState(20240303)
cases = [(case(random, 400, 0.6, [(50, 69), (200, 203), (215, 230)]), 0),
         (case(random, 400, 0.6, [(50, 69), (200, 203), (215, 230)]), 12),
         (case(random, 120, 0.2, [(0, 3), (110, 119)]), 9),
         (case(random, 1000, 2.0, [(500, 500), (504, 520)]), 25)]
print("// Made by series_reference.py. Do not edit.\n#pragma once\n#include <stdint.h>\n")
rows = []
for i, ((label, score), window) in enumerate(cases):
    print(f"static const int8_t series_label_{i}[] = {{" + ", ".join(map(str, label)) + "};")
    print(f"static const float series_score_{i}[] = {{" + ", ".join(f"{v:.9g}f" if "." in f"{v:.9g}" else f"{v:.1f}f" for v in score) + "};")
    found = np.mean([areas(label, score, w) for w in range(window + 1)], axis=0)
    rows.append(f"    {{series_label_{i}, series_score_{i}, {len(label)}, {window}, {found[0]:.17g}, {found[1]:.17g}}},")
print("static const struct {\n    const int8_t *label;\n    const float *score;\n    int n, window;\n    double pr, roc;\n} series_volumes[] = {")
print("\n".join(rows) + "\n};")
