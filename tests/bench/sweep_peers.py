#!/usr/bin/env python3
"""The sweep of sweep.sh as a loop of Optuna and PyTorch, with the trials in memory or in SQLite. Prints milliseconds per trial.

    sweep_peers.py CTG_clean.csv memory|sqlite [TRIALS]      on one process with one thread; needs torch and optuna of PyPI
"""
import csv
import sys
import tempfile
import time

import numpy as np
import optuna
import torch
import torch.nn as nn

LEFT_OUT = set("A,B,C,D,E,AD,DE,LD,FS,SUSP,CLASS,NSP".split(","))


def load(path):
    with open(path) as f:
        rows = [row for row in csv.DictReader(f) if row["NSP"] not in ("", "2", "2.0")]
    names = [name for name in rows[0] if name not in LEFT_OUT]
    x = np.array([[float(row[name] or "nan") for name in names] for row in rows])
    x[np.isnan(x)] = 0
    anomaly = np.array([float(row["NSP"]) != 1 for row in rows])
    order = np.random.RandomState(1).permutation(len(x))
    test, train = order[:int(0.3 * len(x))], order[int(0.3 * len(x)):]
    train = train[~anomaly[train]]
    low, span = x[train].min(0), np.ptp(x[train], 0)
    x = ((x - low) / np.where(span > 0, span, 1)).astype(np.float32)
    return torch.from_numpy(x[train]), torch.from_numpy(x[test]), anomaly[test]


def roc_auc(error, anomaly):
    rank = np.empty(len(error))
    rank[error.argsort()] = np.arange(1, len(error) + 1)
    n = anomaly.sum()
    return (rank[anomaly].sum() - n * (n + 1) / 2) / (n * (len(error) - n))


def main():
    path, storage, trials = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200
    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    train, test, anomaly = load(path)
    columns = train.shape[1]

    def objective(trial):
        rate = trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True)
        code = trial.suggest_int("code", 2, 20)
        model = nn.Sequential(nn.Linear(columns, code), nn.Tanh(), nn.Linear(code, columns), nn.Sigmoid())
        optimizer = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
        loss = nn.BCELoss()
        order = torch.randperm(len(train))
        for first in range(0, len(train), 32):
            batch = train[order[first:first + 32]]
            optimizer.zero_grad(set_to_none=True)
            loss(model(batch), batch.clamp(0, 1)).backward()
            optimizer.step()
        with torch.no_grad():
            error = ((model(test) - test) ** 2).mean(1).numpy()
        trial.set_user_attr("mean_error", float(error.mean()))
        return roc_auc(error, anomaly)

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/sweep.db" if storage == "sqlite" else None
        study = optuna.create_study(storage=url, direction="maximize", sampler=optuna.samplers.RandomSampler(seed=1))
        study.optimize(objective, n_trials=5)
        began = time.perf_counter()
        study.optimize(objective, n_trials=trials)
        print(f"{1e3 * (time.perf_counter() - began) / trials:.1f}")


main()
