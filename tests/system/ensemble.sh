#!/bin/bash
# Ensembles: the row at the end of a sweep and the file of hourglass ensemble: members, vetoes, scores against numpy,
# options, and what is refused.
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

# --- the file: its members, scores and threshold
good ensemble mix
says stdout '^mix/ensemble.h5: 6 members of 3 kinds'
says stdout '^  relative_noise/mse +2 members'
says stdout '^threshold +[0-9.]+, from [0-9]+ validation rows'
good verify mix/ensemble.h5
good top mix/ensemble.h5
says stdout '^– +ensemble '
good top mix/ensemble.h5:ensemble
says stdout '^set test, samples with an error above'
good ensemble mix # a file of the same name is replaced
for name in ensemble/scores/test/error ensemble/quantile ensemble/member; do
    "$PYTHON" -c "import h5py; a, b = (h5py.File(p)['$name'][...] for p in ('mix/run.h5', 'mix/ensemble.h5')); assert (a == b).all()" \
        >message 2>&1 || fail "$name of run.h5 and of the file"
done
"$PYTHON" both.py mix/ensemble.h5 >message 2>&1 || fail 'the ensemble of the file, computed by numpy'
"$PYTHON" - >message 2>&1 <<'PY' || fail 'the reference of the file'
import h5py
with h5py.File("mix/ensemble.h5") as f:
    r = f["ensemble/reference"]
    assert f.attrs["kind"] == "ensemble" and f["ensemble"].attrs["run"] == "mix"
    assert (r["error"][...] == r["validation_error"][...]).all() and r.attrs["rows"] == 27, r.attrs["rows"]
    level = list(r["level"][...]).index(0.95)
    assert abs(r["error"][level] - f["ensemble"].attrs["threshold"]) < 1e-6
    assert f["ensemble/scores/test"].attrs["f1"] > 0
PY

# --- scores of new data have the same bits as those that are stored
good score mix/ensemble.h5 d.h5:all -o all.h5
good score mix:ensemble d.h5:all -o of-run.h5
"$PYTHON" - >message 2>&1 <<'PY' || fail 'scores by the file, and those that it holds'
import h5py
with h5py.File("mix/ensemble.h5") as f, h5py.File("all.h5") as g, h5py.File("of-run.h5") as h:
    stored = f["ensemble/scores/test"]
    error = g["scores/all/error"][...]
    assert (error[stored["index"][...]] == stored["error"][...]).all()
    assert (error == h["scores/all/error"][...]).all()
PY
good merge mix/ensemble.h5 mix -o merged.h5
says stdout '^merged.h5: 6 trials of 12 that were found'

# --- windows over a series: their time steps have a threshold, too
cat >windows.yaml <<'SPEC'
data:
  train: {from: d.h5:all, rows: "0:200"}
  validation: {from: d.h5:all, rows: "200:260"}
  test: {from: d.h5:all, rows: "260:300"}
  scale: standard
  window: {length: 4}
model: {hidden: [12], code: 6, activation: leaky_relu}
train: {epochs: 60, batch_size: 32, shards: 4}
sweep: {over: {train.seed: [1, 2, 3]}}
SPEC
good run windows.yaml --results . --quiet
good ensemble windows
good score windows/ensemble.h5 tiny.csv -o -
is 'time steps without a threshold' "$(awk -F, '$3 == ""' stdout | wc -l)" 0
says message '^300 time steps: .* above the threshold [0-9.]+'

# --- the choice of members
good ensemble mix --where 'model = near' --combine rank -o near.h5
says stdout '^near.h5: 2 members of 1 kind,'
good ensemble mix --top 2 -o two.h5
says stdout '^two.h5: 2 members'
says message 'warning: --top: the members were chosen by the labels'
good ensemble mix --where 'roc_auc > 0' -o by-auc.h5
says message 'warning: --where: roc_auc chose the members by the labels of a test set, so the metrics'
good ensemble mix --where 'model = near' --where ' average_precision>0' -o by-ap.h5
says message 'warning: --where: average_precision chose the members by the labels'
good ensemble mix --where 'train_loss < 1e9' --where 'mean_error < 1e9' -o by-loss.h5
says message 'warning: --where: train_loss chose the members, but a low loss or error does not mean better detection'
good ensemble mix --where 'mean_error < 1e9' -o by-error.h5
says message 'warning: --where: mean_error chose the members, but a low loss'
good ensemble mix --where 'validation_loss < 1e9' -o by-validation.h5
says message 'warning: --where: validation_loss chose the members'
good ensemble mix --where 'model != narrow' --where 'epochs >= 0' -o by-settings.h5
grep -q -e '--where:' message && fail 'a warning of members that settings select'
sed 's/split: .*seed: 3}/test: {one: d.h5:all, two: d.h5:all}/; s/seed: .1, 2./seed: [1]/' mix.yaml >sets.yaml
good run sets.yaml --results . --quiet --set name=sets
good ensemble sets --where 'two.roc_auc > 0' -o by-set.h5
says message 'warning: --where: two.roc_auc chose the members by the labels'
for rule in max low2; do
    good ensemble mix --combine $rule -o $rule.h5
done
good ensemble mix/run.h5 -o of-file.h5
good run mix.yaml --results . --quiet --set name=untrained --set train.epochs=0 --set sweep.over.train.seed=1
good ensemble untrained
says stdout '^left out +trial [0-9a-f]{8}: its mean error of normal rows, .* is above that of the mean training row'
cat >level.yaml <<'SPEC'
name: level
data: {train: d.h5:all, normal: [0], split: {protocol: half_shuffled, seed: 3}, validation: 0.2, scale: standard}
model: {kind: noise_level, encoder: [{gaussian_noise: {relative: {log_uniform: [0.5, 10]}}}, {dense: 16, activation: tanh}, {dense: 1}]}
train: {epochs: 0, batch_size: 32, shards: 4}
sweep: {over: {train.seed: [1, 2, 3, 4, 5, 6, 7, 8]}}
SPEC
good run level.yaml --results . --quiet # initial weights: some of these models rank anomalies last
good ensemble level
says stdout '^left out +trial [0-9a-f]{8}: it ranks synthetic probes no higher than normal rows: ROC AUC 0\.[0-4]'
good run mix.yaml --results . --quiet --set name=journals --trials journal
good ensemble journals
says stdout '^journals/ensemble.h5: 6 members'
is 'scores of members in journals' "$("$PYTHON" -c 'import h5py; print(*h5py.File("journals/ensemble.h5")["ensemble/scores/test/error"][:9])')" \
    "$("$PYTHON" -c 'import h5py; print(*h5py.File("mix/ensemble.h5")["ensemble/scores/test/error"][:9])')"
go ensemble mix --threads 3 -o threads.h5
cmp <(h5dump -d ensemble/reference/error threads.h5 2>/dev/null | tail -n +2) \
    <(h5dump -d ensemble/reference/error mix/ensemble.h5 2>/dev/null | tail -n +2) || fail 'scores of normal rows on three threads'

# --- training rows, where none are held out
sed 's/, validation: 0.2//' mix.yaml >all.yaml
good run all.yaml --results . --quiet --set name=all
good ensemble all
says stdout '^threshold +[0-9.]+, from [0-9]+ training rows'
says message 'warning: errors are compared with those of training rows'

# --- what is refused
bad 2 'the trials have different data, allowed: the same rows' ensemble apart
bad 2 'none of 6 trials can be a member: see --where' ensemble mix --where 'model = nothing' -o x.h5
bad 2 "where" ensemble mix --where 'colour = 3' -o x.h5
bad 2 'combine: found .median., allowed: ' ensemble mix --combine median
bad 2 'near.h5 exists; --force replaces it' ensemble mix -o near.h5
bad 2 'run.h5' ensemble mix -o mix/run.h5 --force
bad 2 'd.h5' ensemble mix -o d.h5 --force
bad 2 'nowhere: no run' ensemble nowhere
[ -e x.h5 ] && fail 'a refused command wrote a file'
mkdir moved
cp mix/run.h5 moved/run.h5
mv d.h5 gone.h5
good ensemble moved
says message 'warning: the file has no threshold and no percentiles'
"$PYTHON" -c 'import h5py; f = h5py.File("moved/ensemble.h5"); assert "reference" not in f["ensemble"]' || fail 'a reference without data'
mv gone.h5 d.h5

# --- an ensemble that is older than the trials of its run
good run mix.yaml --results . --quiet --set name=grown --set 'sweep.over.model=[near, narrow]' --set sweep.over.train.seed=1
good ensemble grown
good score grown:ensemble tiny.csv -o grown.csv
grep -q 'usable trial' message && fail 'a warning of an ensemble of all trials'
good run mix.yaml --results . --quiet --set name=grown --set sweep.over.train.seed=1
good score grown:ensemble tiny.csv -o grown.csv --force
says message 'warning: grown/ensemble.h5 has 2 members, but the run has 3 usable trials now \(1 not in the file; 0 of its members stale or gone\); hint: hourglass ensemble grown$'
good explain grown/ensemble.h5 tiny.csv
says message 'warning: grown/ensemble.h5 has 2 members, but the run has 3 usable trials now'
good ensemble grown --top 2
good score grown:ensemble tiny.csv -o grown.csv --force
grep -q 'usable trial' message && fail 'a warning of members that were selected'
good ensemble grown
cp d.h5 first.h5
tiny_csv 280 >fewer.csv
good import fewer.csv --label kind -o d.h5:all --force
good run mix.yaml --results . --quiet --set name=grown --set sweep.over.train.seed=1
good score grown:ensemble tiny.csv -o grown.csv --force
says message 'warning: grown/ensemble.h5 has 3 members, but the run has 3 usable trials now \(3 not in the file; 3 of its members stale or gone\)'
mv first.h5 d.h5

# --- a run without a test set, or with a single trial
sed 's/split: {protocol: half_shuffled, seed: 3}, //; s/normal: .0., //' mix.yaml >untested.yaml
good run untested.yaml --results . --quiet --set name=untested --set train.epochs=3
good top untested
says stdout '^No ensemble +there is no test set to score; hint: hourglass ensemble untested makes one'
bad 2 'has no ensemble: there is no test set to score; hint: hourglass ensemble untested ' top untested:ensemble
bad 2 'has no ensemble: there is no test set to score; hint: hourglass ensemble untested ' top untested:ensemble --csv
good ensemble untested
bad 2 'there is no test set to score; hint: hourglass score untested:ensemble DATA' top untested:ensemble
good score untested:ensemble tiny.csv -o untested.csv
good run mix.yaml --results . --quiet --set name=single --set sweep.over.model=near --set sweep.over.train.seed=1
good top single
grep -q '^No ensemble' stdout && fail 'a line about the ensemble of a single trial'
bad 2 'has no ensemble: fewer than two trials can be members; hint: hourglass ensemble single ' top single:ensemble
bad 2 'has no ensemble: fewer than two trials can be members' compare single:ensemble mix
good ensemble single
good top single:ensemble --csv
says stdout '^ensemble,mix,|^ensemble,single,'
good ensemble apart --where 'data.validation = 0.3'
good top apart:ensemble
says stdout '^Samples of the ensemble:'
good compare apart:ensemble apart

verdict
