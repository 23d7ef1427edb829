#!/bin/bash
# Thresholds: what is called anomalous with one, and that nothing is without one.
source "$(dirname "$0")/../lib.sh"

tiny_data

# spec NAME SECTIONS: an experiment of the tiny data; the model is the same for all
spec() {
    cat >"$1.yaml" <<-SPEC
	name: $1
	$2
	model: {encoder: [{dense: 2}], decoder: [{dense: 6}]}
	train: {epochs: 2, learning_rate: 0.01, batch_size: 30, shards: 2}
	SPEC
}

# attribute FILE GROUP NAME: its value, or "none"
attribute() {
    "$PYTHON" -c 'import h5py, sys; print(h5py.File(sys.argv[1])[sys.argv[2]].attrs.get(sys.argv[3], "none"))' "$@"
}

"$PYTHON" -c 'import h5py' 2>message || skip "no h5py"

# A threshold that labels should give, and a test set without anomalies: none, where all were called anomalous.
spec nothing 'data: {train: "tiny.h5:all", test: {from: "tiny.h5:all", where: kind == 0}, normal: [0], scale: min_max}
score: {threshold: best_f1}'
good run nothing.yaml -n 1 -t 1
says stdout 'set test: no threshold is known'
if grep -q 'called normal' stdout; then fail "a confusion matrix without a threshold"; fi
nothing=$(trial results/nothing)
is "threshold" "$(attribute "$nothing" scores/test threshold)" nan
for name in true_positives false_positives true_negatives false_negatives accuracy precision recall f1; do
    is "$name without a threshold" "$(attribute "$nothing" scores/test $name)" none
done
good top results/nothing
says stdout 'set test: no threshold is known'

# The same of new data under another error, whose threshold nobody knows.
good import tiny.csv --label kind -o data/new.h5:all
good score results/nothing data/new.h5:all -o scores.h5 --error mae
says stdout 'no threshold is known: best F1'
tiny_csv 300 | grep -v ',1$' >normal.csv
good import normal.csv --label kind -o data/normal.h5:all
good score results/nothing data/normal.h5:all -o normal-scores.h5 --error mae
says stdout 'no threshold is known$'
if grep -q 'precision .*recall' stdout; then fail "precision without a threshold"; fi
is "false positives without a threshold" "$(attribute normal-scores.h5 scores/all false_positives)" none

# Without a test set the errors of the training rows give the threshold: as with one, and as their quantile.
spec alone 'data: {train: "tiny.h5:all", scale: min_max}
score: {quantile: 0.9}'
spec tested 'data: {train: "tiny.h5:all", test: "tiny.h5:all", scale: min_max}
score: {quantile: 0.9}'
good run alone.yaml -n 1 -t 1
good run tested.yaml -n 1 -t 1
alone=$(attribute "$(trial results/alone)" training_errors threshold)
is 'threshold without a test set' "$alone" "$(attribute "$(trial results/tested)" scores/test threshold)"
good score results/alone data/new.h5:all -o alone.h5
says stdout '30 above the threshold'
"$PYTHON" - "$alone" <<'PY' || fail 'the threshold is not the quantile of the training errors'
import h5py, numpy, sys
error = h5py.File("alone.h5")["scores/all/error"][...]
assert abs(numpy.quantile(error, 0.9) - float(sys.argv[1])) < 1e-6
PY

# The quantile of best_f1, and the deviations of mean_std; equal on any ranks and threads.
spec best 'data: {train: "tiny.h5:all", normal: [0], scale: min_max}
score: {threshold: best_f1}'
spec deviations 'data: {train: "tiny.h5:all", scale: min_max}
score: {threshold: mean_std, deviations: 2}'
for name in best deviations; do
    good run $name.yaml -n 1 -t 1
    good run $name.yaml -n 2 -t 1 --ranks-per-trial 2 --results two
    same "$(trial results/$name)" "$(trial two/$name)"
done
is 'error of the training rows' "$(attribute "$(trial results/best)" training_errors error)" mse
is 'training rows' "$(attribute "$(trial results/best)" training_errors rows)" 270
good score results/best data/new.h5:all -o best.h5
says stdout 'above the threshold'

# Rows that cannot be scored have no error, and all others have theirs, in test sets and in new data.
awk -F, -v OFS=, 'NR == 4 {$2 = ""} NR == 6 {$3 = "inf"} NR == 12 {$1 = "-Infinity"} 1' tiny.csv >holes.csv
good import holes.csv --label kind -o data/holes.h5:all
says message 'warning: holes.csv: 2 infinite values, the first in row 4'
spec holes 'data: {train: "tiny.h5:all", test: "holes.h5:all", normal: [0], scale: min_max}
score: {save: [code, reconstruction, feature_error], baseline: pca}'
spec whole 'data: {train: "tiny.h5:all", test: "tiny.h5:all", normal: [0], scale: min_max}
score: {save: [code, reconstruction, feature_error], baseline: pca}'
good check holes.yaml
says message 'warning: test: 3 of 300 rows have missing or infinite values and get no error \(NaN\), the first: row 2 of holes.h5:all'
bad 3 'found 2 infinite values' check holes.yaml --set data.train=holes.h5:all
good run holes.yaml -n 2 -t 1 --ranks-per-trial 2
good run holes.yaml -n 1 -t 2 --results two
same "$(trial results/holes)" "$(trial two/holes)"
good run whole.yaml -n 1 -t 1
good score results/whole data/holes.h5:all -o holes.h5 --save code
says message '3 of 300 rows have missing or infinite values, .* the first is row 2'
"$PYTHON" - "$(trial results/holes)" "$(trial results/whole)" <<'PY' || fail 'errors beside rows that have none'
import h5py, numpy, sys
holes, whole = h5py.File(sys.argv[1])["scores/test"], h5py.File(sys.argv[2])["scores/test"]
new = h5py.File("holes.h5")["scores/all"]
bad = [2, 4, 10]
rest = numpy.setdiff1d(numpy.arange(300), bad)
for group in holes, new:
    error = group["error"][...]
    assert numpy.isnan(error[bad]).all() and (error[rest] == whole["error"][...][rest]).all()
    assert group.attrs["unscored"] == 3 and "unscored" not in whole.attrs
    assert abs(group.attrs["mean_error"] - error[rest].astype("f8").mean()) < 1e-7
    assert numpy.isnan(group["code"][...][bad]).all() and numpy.isfinite(group["code"][...][rest]).all()
    counts = [group.attrs[k] for k in ("true_positives", "false_positives", "true_negatives", "false_negatives")]
    assert sum(counts) == 297, counts
for name in "reconstruction", "feature_error":
    assert numpy.isnan(holes[name][...][bad]).all() and numpy.isfinite(holes[name][...][rest]).all()
positive = holes["is_anomaly"][...][rest] == 1
error = holes["error"][...][rest]
auc = (error[positive][:, None] > error[~positive]).mean() + (error[positive][:, None] == error[~positive]).mean() / 2
assert abs(auc - holes.attrs["roc_auc"]) < 1e-9
assert numpy.isfinite(holes.attrs["pca_roc_auc"])
PY

verdict
