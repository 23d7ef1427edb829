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
	train: {epochs: 2, learning_rate: 0.01}
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

verdict
