#!/bin/bash
# What top and compare print: samples by the file's own number, ties, test sets unlike the training set, order by value.
source "$(dirname "$0")/../lib.sh"

tiny_data
awk -F, -v OFS=, 'NR > 1 {for (i = 1; i < NF; i++) $i *= 40} 1' tiny.csv >far.csv
good import far.csv --label kind -o data/far.h5:all

# spec NAME DATA [SWEEP]
spec() {
    cat >"$1.yaml" <<-SPEC
	name: $1
	data: $2
	model: {encoder: [{dense: "\${code}"}], decoder: [{dense: 6}]}
	train: {epochs: 3, learning_rate: 0.01}
	variables: {code: 2}
	${3:-}
	SPEC
}

# `sample` is the number along the file's dimension, `row` the one in the source.
"$PYTHON" -c 'import h5py' 2>message || skip "no h5py"
spec rows '{train: "tiny.h5:all", test: [{from: "tiny.h5:all", rows: "100:"}, "tiny.h5:all"], normal: [0]}'
good run rows.yaml -n 1 -t 1
says stdout 'error  sample  of +row +label'
read -r error sample row < <(awk '/most anomalous/ {print $3, $4, $6}' stdout)
"$PYTHON" - "$(trial results/rows)" "$error" "$sample" "$row" <<'PY' || fail "sample $sample is not the one of error $error"
import h5py, sys
scores = h5py.File(sys.argv[1])["scores/test"]
error, sample, row = float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
assert sample == scores["error"][...].argmax() and abs(scores["error"][sample] - error) <= 1e-4 * error
assert scores["index"][sample] == row
PY
spec same '{train: "tiny.h5:all", test: "tiny.h5:all"}'
good run same.yaml -n 1 -t 1
if grep -q ' row ' stdout; then fail 'rows that are the samples'; fi
if grep -q 'looks different' stdout; then fail 'the training set looks different from itself'; fi

# A test set unlike the training set is reported, one of known anomalies is not.
spec far '{train: "tiny.h5:all", test: "far.h5:all", scale: standard}'
good run far.yaml -n 1 -t 1
says stdout 'set test: the mean error of its samples, .* times that of the training rows: the test set looks different from the training set'
good score results/far data/far.h5:all -o far.h5
says message 'warning: all: most values of columns'
spec known '{train: "tiny.h5:all", test: ["tiny.h5:all", {from: "far.h5:all", anomaly: true}], scale: standard}'
good run known.yaml -n 1 -t 1
if grep -q 'looks different' stdout; then fail 'known anomalies look different'; fi

# Equal trials: a tie is reported, and another best one is not.
spec tie '{train: "tiny.h5:all", test: ["tiny.h5:all", {from: "far.h5:all", anomaly: true}], scale: standard}' \
    'sweep: {over: {train.seed: [1, 2, 3]}}'
good run tie.yaml -n 1 -t 1 --set data.test='[{from: "tiny.h5:all", rows: [1], anomaly: false}, {from: "far.h5:all", rows: [9], anomaly: true}]'
says stdout '^Tie +3 trials are as good as the first'
for stale in $(basename -s .h5 results/tie/trials/*.h5 | head -1); do # its data has changed: it is no rival
    cp -r results/tie results/less
    echo "$stale tiny.h5:all" >results/less/state/stale
done
good top results/less
says stdout '^Tie +2 trials are as good as the first'
if good top results/rows && grep -q '^Tie' stdout; then fail 'a single trial has a tie'; fi

# compare: the row whose figure is best comes first, whatever the order of trials.
spec order '{train: "tiny.h5:all", scale: min_max}' 'sweep: {over: {code: [1, 5, 3], train.seed: [1, 2]}}'
good run order.yaml -n 1 -t 1 --set train.epochs=60
good compare results/order
awk '/^Loss/ {on = 1; next} /^$/ {on = 0} on && $1 ~ /^[0-9]/ {print $2}' stdout >losses
is 'rows of compare' "$(wc -l <losses)" 3
sort -g losses | cmp -s - losses || fail "losses are not in order: $(paste -sd' ' losses)"

verdict
