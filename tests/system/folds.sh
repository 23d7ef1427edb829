#!/bin/bash
# Cross-validation: one trial per fold, each row in the test set of one of them, means over folds, whole groups and periods,
# and bad settings.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

tiny_csv 300 >tiny.csv
awk -F, 'NR == 1 {print "when,machine," $0; next} {print 1577836800 + (NR * 7) % 300 "," "m" NR % 7 "," $0}' tiny.csv >table.csv
good import table.csv --label kind --time when --group machine -o d.h5:all

good import tiny.csv --label kind -o d.h5:series

# spec DATA: an experiment of two learning rates
spec() {
    cat <<END
data: {train: d.h5:all, normal: [0], scale: standard, $1}
model: {encoder: [{dense: 3}], decoder: [{dense: 6}]}
train: {loss: mse, epochs: 1}
sweep: {over: {train.learning_rate: [0.001, 0.01]}}
END
}
spec 'folds: 4' >rows.yaml
spec 'folds: 3, split: {by: group}' >group.yaml
spec 'folds: 3, split: {by: time}' >time.yaml
spec 'folds: 3, window: {length: 3}' | sed 's/d.h5:all/d.h5:series/; s/dense: 6/dense: 18/' >windows.yaml
for name in rows group time windows; do good run $name.yaml --results .; done

good run rows.yaml --results .
good top rows
says stdout '^Configurations, mean and standard deviation over their seeds or folds:'
is 'configurations of four trials' "$(grep -cE '^[12] +[0-9a-f]{8} +(1e-3|0.01) +4 ' stdout)" 2
good check rows.yaml --set data.fold=2
says stdout '2 trials, 2 different'
good check rows.yaml --set 'sweep.over.data.fold=[1, 3]'
says stdout '4 trials, 4 different'
sed 's/over: .*/method: random, trials: 3, over: {train.learning_rate: {log_uniform: [0.001, 0.01]}}}/' rows.yaml >random.yaml
good check random.yaml
says stdout '12 trials, 12 different'

while IFS='|' read -r setting pattern; do
    bad 2 "$pattern" check rows.yaml --set "$setting"
done <<'END'
data.folds=1|data.folds: found 1, allowed: 0 or at least 2 folds
data.fold=5|data.fold: found 5, allowed: in .1, 4., as data.folds says
data.split.test=0.2|data.folds: found folds and another test set
data.test=d.h5:all|data.folds: found folds and another test set
END
bad 2 'data.fold: found a fold without data.folds' check rows.yaml --set data.folds=0 --set data.fold=2
bad 3 'found 300 rows for 400 folds, allowed: at least as many rows' check rows.yaml --set data.folds=400
bad 3 'found 7 groups in train for 8 folds, allowed: at least as many groups' check group.yaml --set data.folds=8

"$PYTHON" -c 'import h5py, numpy' 2>/dev/null || skip 'no h5py: apt-get install python3-h5py'
"$PYTHON" - >message <<'END' || fail 'rows of folds'
import glob
import sys

import h5py
import numpy as np

data = h5py.File("d.h5", "r")["all"]
failures = 0


def must(what, holds):
    global failures
    if not holds:
        failures += 1
        print("FAILED:", what)


def folds(name, steps=""):
    found = {}
    for path in glob.glob(name + "/trials/*.h5"):
        trial = h5py.File(path, "r")
        if float(trial["varied"].attrs["train.learning_rate"]) < 0.005:
            found[int(trial["varied"].attrs["data.fold"])] = trial["scores/test" + steps]["index"][...]
    return [found[k] for k in sorted(found)]


for name, steps, n in (("rows", "", 4), ("group", "", 3), ("time", "", 3), ("windows", "/steps", 3)):
    parts = folds(name, steps)
    must(name + ": folds", len(parts) == n)
    must(name + ": each row once", sorted(np.concatenate(parts)) == list(range(300)))
labels = data["label"][...]
must("labels are spread", max(labels[p].sum() for p in folds("rows")) - min(labels[p].sum() for p in folds("rows")) <= 1)
groups = [set(data["group"][...][p]) for p in folds("group")]
must("whole groups", sum(len(g) for g in groups) == 7)
times = [data["time"][...][p] for p in folds("time")]
must("periods", all(a.max() < b.min() for a, b in zip(times, times[1:])))
sys.exit(failures > 0)
END
verdict
