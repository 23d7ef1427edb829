#!/usr/bin/python3
# Makes forest_reference.h: the ROC AUC of scikit-learn's isolation forest on rows of a formula, over 20 seeds. By hand:
#   python3 tests/parity/forest_reference.py > tests/parity/forest_reference.h
import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

TRAIN, NORMAL, ODD, COLUMNS = 600, 300, 60, 5


def value(i, j):
    u = (i * 7919 + j * 104729 + i * i * (31 + j)) % 1009 / 1009
    return u * 1.5 - 0.25 if i >= TRAIN + NORMAL else u


x = np.array([[value(i, j) for j in range(COLUMNS)] for i in range(TRAIN + NORMAL + ODD)], dtype=np.float32)
odd = np.arange(NORMAL + ODD) >= NORMAL
aucs = [
    roc_auc_score(odd, -IsolationForest(n_estimators=100, max_samples=256, random_state=seed).fit(x[:TRAIN]).score_samples(x[TRAIN:]))
    for seed in range(20)
]
print("// Made by forest_reference.py. Do not edit.\n#pragma once\n")
print(f"enum {{ FOREST_TRAIN = {TRAIN}, FOREST_NORMAL = {NORMAL}, FOREST_ODD = {ODD}, FOREST_COLUMNS = {COLUMNS} }};")
print(f"static const double forest_auc_mean = {np.mean(aucs):.6f}, forest_auc_deviation = {np.std(aucs):.6f};")
