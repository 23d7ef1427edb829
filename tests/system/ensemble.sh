#!/bin/bash
# Ensembles: the row at the end of a sweep, its members and scores against numpy, and what stays as it was without one.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>message || skip "no numpy or h5py"

tiny_csv 300 >tiny.csv
good import tiny.csv --label kind -o d.h5:all
cat >mix.yaml <<'SPEC'
name: mix
data: {train: d.h5:all, normal: [0], split: {protocol: half_shuffled, seed: 3}, validation: 0.2, scale: standard}
models:
  near: {neighbours: {k: [1, 5, 20]}}
  narrow: {hidden: [8], code: 2, activation: leaky_relu}
  noisy: {encoder: [{gaussian_noise: {relative: 1}}, {dense: 16, activation: leaky_relu}], decoder: [{dense: input}]}
model: near
train: {epochs: 30, batch_size: 32, shards: 4}
sweep: {over: {model: [near, narrow, noisy], train.seed: [1, 2]}}
SPEC

# --- the row
good run mix.yaml --results . --quiet
good top mix
says stdout '^– +ensemble .* 0\.[0-9]{4} \[0\.[0-9]+, 0\.[0-9]+\]'
is 'trials of the leaderboard' "$(grep -cE '^[0-9] +[0-9a-f]{8} ' stdout)" 9 # six trials and three configurations
good top mix --csv
is 'rows as CSV' "$(wc -l <stdout)" 7
good top mix:ensemble --csv
says stdout '^ensemble,mix,'
good top mix:ensemble
says stdout '^Samples of the ensemble:'
says stdout '^Ensemble +mix:ensemble'
good verify mix
good collect mix -o again.h5
good top again.h5
says stdout '^– +ensemble '

# --- its members and scores
cat >check.py <<'PY'
import h5py, numpy, sys
with h5py.File(sys.argv[1]) as f:
    x = f["ensemble"]
    kinds = [k.decode() for k in x["kind"][...]]
    assert sorted(set(kinds)) == ["dense/mse", "neighbours/neighbours", "relative_noise/mse"], kinds
    assert x.attrs["combine"] == "mean" and x.attrs["held_out"] == 1
    assert abs(x["weight"][...].sum() - 1) < 1e-12
    ids = [i.decode() for i in f["leaderboard/trial"][...]]
    votes = {}
    for i, member in enumerate(x["member"][...]):
        error = f["errors/test/error"][ids.index(member.decode())].astype(float)
        quantile = f[f"trials/{member.decode()}/reference/validation_error"][...]
        assert (quantile == x["quantile"][i]).all()
        votes.setdefault(kinds[i], []).append(vote(error, x, i))
    score = numpy.mean([numpy.mean(v, axis=0) for v in votes.values()], axis=0)
    assert numpy.allclose(score, x["scores/test/error"][...], rtol=1e-5, atol=1e-6)
    positive, negative = (score[x["scores/test/is_anomaly"][...] == k] for k in (1, 0))
    auc = (positive[:, None] > negative).mean()
    assert abs(auc - x["scores/test"].attrs["roc_auc"]) < 1e-6
PY
cat >votes.py <<'PY'
import numpy
def vote(error, x, i):
    level, quantile = x["level"][...], x["quantile"][i]
    below = numpy.interp(error, quantile, level) # no two quantiles of these models are equal
    beyond = error - quantile[-1] if x["log"][i] else numpy.log(error / quantile[-1])
    return -numpy.log(1 - below * (1 - 1 / 500)) + 0.05 * numpy.maximum(beyond, 0)
PY
cat votes.py check.py >both.py
"$PYTHON" both.py mix/run.h5 >message 2>&1 || fail 'the ensemble, computed by numpy'

# --- one of the trials that differ only in their epochs
good run mix.yaml --results . --quiet --set name=rungs --set sweep.over.train.seed=1 --set 'sweep.over.train.epochs=[3, 9]'
"$PYTHON" - >message 2>&1 <<'PY' || fail 'one trial per lineage'
import h5py
with h5py.File("rungs/run.h5") as f:
    x, epochs = f["ensemble"], dict(zip(f["leaderboard/trial"][...], f["leaderboard/epochs"][...]))
    kinds = [k.decode() for k in x["kind"][...]]
    assert sorted(kinds) == ["dense/mse", "neighbours/neighbours", "relative_noise/mse"], kinds
    assert all(epochs[m] == (0 if k.startswith("neigh") else 9) for m, k in zip(x["member"][...], kinds))
    assert all(b"is the same with 9 epochs" in r or b"with 0 epochs" in r for r in x["reason"][...])
PY

# --- trials of different data, or a single one
good run mix.yaml --results . --quiet --set name=apart --set 'sweep.over.data.validation=[0.2, 0.3]'
good top apart
says stdout '^No ensemble +the trials have different data'
bad 2 'has no ensemble: the trials have different data' top apart:ensemble --csv
bad 2 'no ensemble: the trials have different data' top apart:ensemble
good run mix.yaml --results . --quiet --set name=scales --set model=narrow --set 'sweep.over.data.scale=[standard, robust]' \
    --set sweep.over.model=narrow --set sweep.over.train.seed=1
good top scales
says stdout '^– +ensemble '

verdict
