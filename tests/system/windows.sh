#!/bin/bash
# Windows over series: every kind of model, the same bits on any ranks, the same windows as NumPy's, errors of time steps,
# missing values, parts that are shorter than a window, bad settings, and new data.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

# series STEPS FIRST-ANOMALY: two sensors, 12 steps per period; 8 anomalous steps
series() {
    awk -v steps="$1" -v odd="$2" 'BEGIN {
        print "a,b,state"
        srand(1)
        for (i = 0; i < steps; i++) {
            is_odd = i >= odd && i < odd + 8
            printf "%.5f,%.5f,%s\n", sin(i * 0.5235987755982988) + 0.1 * rand() + is_odd,
                100 * cos(i * 0.5235987755982988) + rand(), is_odd ? "odd" : "usual"
        }
    }'
}
series 600 900 >train.csv
series 400 200 >test.csv
good import train.csv --label state -o d.h5:train
good import test.csv --label state -o d.h5:test

# spec WINDOW ENCODER DECODER [SCORE]
spec() {
    cat <<END
data: {train: d.h5:train, validation: 0.1, test: d.h5:test, normal: [usual], scale: standard, window: $1}
model: {encoder: [$2], decoder: [$3]}
train: {loss: mse, epochs: 2, shards: 4, batch_size: 32, learning_rate: 0.01}
score: {${4-}}
END
}
window='{length: 12}'
spec "$window" '{dense: 4, activation: tanh}' '{dense: 24}' 'save: [code, reconstruction, feature_error], baseline: pca' >dense.yaml
spec "$window" '{conv1d: 4, kernel_size: 3, padding: same}, {max_pooling1d: 3}' \
    '{upsampling1d: 3}, {conv1d: 2, kernel_size: 3, padding: same}' >conv1d.yaml
spec "$window" '{lstm: 4}' '{repeat_vector: 12}, {lstm: 4, return_sequences: true}, {time_distributed_dense: 2}' >lstm.yaml
spec "$window" '{gru: 4}' '{repeat_vector: 12}, {gru: 4, return_sequences: true}, {time_distributed_dense: 2}' >gru.yaml

trial_of() { echo "$1"/trials/*.h5; }

for model in dense conv1d lstm gru; do
    good run $model.yaml --results one -t 1
    go_ranks 2 run $model.yaml --results two -t 2 --ranks-per-trial 2 || fail "two ranks: $model"
    same "$(trial_of one/$model)" "$(trial_of two/$model)"
done
go_ranks 4 run dense.yaml --results four -t 1 --ranks-per-trial 4 || fail "four ranks"
same "$(trial_of one/dense)" "$(trial_of four/dense)"

# the picture of the errors over time
for file in one/dense/series-*.png; do is "$file" "$(head -c 8 "$file" | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a; done
good top one/dense
says stdout '^Series       one/dense/series-[0-9a-f]{8}.png'

# The same data scored as new data: the errors of windows and of time steps, on any ranks, are those of the trial.
good score one/dense d.h5:test -o scores.h5
says stdout '400 time steps: mean [0-9.e-]+, largest [0-9.]+; [0-9]+ above the threshold'
go_ranks 4 score one/dense d.h5:test -o scores4.h5 || fail "score on four ranks"
"$h5same" scores.h5 scores4.h5 >comparison || fail "scores of 1 and 4 ranks differ"
good encode one/dense d.h5:test -o codes.h5:test
good decode one/dense codes.h5:test -o decoded.h5:test

# `auto` finds the period, and the trial's spec has the number.
spec '{length: auto, step: 3, label: last}' '{dense: 4}' '{dense: 24}' 'window: max' >auto.yaml
good run auto.yaml --results one

# A missing value spoils the windows that contain it, unless it is filled. An anomaly in train drops its windows.
awk 'NR == 52 {sub(/^[^,]*/, "")} {print}' test.csv >missing.csv
good import missing.csv --label state -o d.h5:missing
spec "$window" '{dense: 4}' '{dense: 24}' | sed 's/test: d.h5:test/test: d.h5:missing/' >missing.yaml
good run missing.yaml --results one
says message 'test: 12 of 389 rows have missing or infinite values'
sed 's/scale: standard/scale: standard, fill: mean/' missing.yaml >filled.yaml
good run filled.yaml --results one
sed 's/scale: standard/scale: standard, missing: ignore/' missing.yaml >ignored.yaml
good run ignored.yaml --results one
spec '{length: 24}' '{dense: 4}' '{dense: 48}' | sed 's/train: d.h5:train/train: {from: d.h5:test, rows: "190:"}/; s/validation: 0.1, //' >short.yaml
good run short.yaml --results one
says message 'train: 10 of [0-9]+ time steps are in no window: 1 unbroken part of the series is shorter than 24 steps'

# files shorter than a window, and other mistakes
head -n 8 test.csv >few.csv
good import few.csv --label state -o d.h5:few
bad 3 'd.h5:few: found no window of 12 time steps, which the model takes: the longest part of its 7 rows without a gap has 7' \
    score one/dense d.h5:few -o few.h5
spec '{length: 500}' '{dense: 4}' '{dense: 1000}' >long.yaml
bad 3 'found no window of 500 time steps in test: the longest part of its 400 time steps without a gap has 400' check long.yaml
while IFS='|' read -r setting pattern; do
    spec "$setting" '{dense: 4}' '{dense: 24}' >bad.yaml
    bad 2 "$pattern" check bad.yaml
done <<'END'
12|data.window: found '12', allowed: .length, step, max_gap, label.
{step: 2}|data.window.*length
{length: 0}|data.window.length: found '0', allowed: auto, or time steps in
{length: soon}|data.window.length: found 'soon', allowed: auto
{length: 12, step: 0}|data.window.step: found '0'
{length: 12, max_gap: often}|data.window.max_gap: found 'often', allowed: a time such as 90s, 1.5min, 2h or 1d
{length: 12, label: most}|data.window.label: found 'most', allowed: .*any.*last.*center
END
spec "$window" '{dense: 4}' '{dense: 24}' | sed 's/test: d.h5:test/split: {test: 0.3, by: rows}/' >bad.yaml
bad 2 'data.split.by: found rows with data.window' check bad.yaml
spec "$window" '{dense: 4}' '{dense: 24}' | sed 's/test: d.h5:test/split: {test: 0.25}/' >split.yaml
good run split.yaml --results one

# Text in and out: a line per time step, of a file, of standard input, of a data set, on any ranks.
good score one/dense test.csv -o file.csv
says stdout '^400 time steps: mean'
is 'header of scores of time steps' "$(head -n 1 file.csv)" 'row,error,threshold,anomalous'
is 'lines of scores of time steps' "$(wc -l <file.csv)" 401
good score one/dense d.h5:test -o split.csv
cmp -s file.csv split.csv || fail 'scores of test.csv and d.h5:test differ'
go_ranks 4 score one/dense test.csv -o ranks.csv || fail 'score of a text file on four ranks'
cmp -s file.csv ranks.csv || fail 'scores of test.csv on 1 and 4 ranks differ'
"$hourglass" score one/dense - -o - <test.csv >pipe.csv 2>message || fail 'score of standard input'
cmp -s file.csv pipe.csv || fail 'scores of test.csv and of standard input differ'
head -n 8 test.csv >few.csv
good score one/dense test.csv few.csv -o both.jsonl
is 'lines of two files' "$(wc -l <both.jsonl)" 407
says both.jsonl '^.."?file":"few.csv","row":6,"error":null,"threshold":[0-9.]+,"anomalous":null.$'
bad 3 'few.csv: found no window of 12 time steps, which the model takes: no file has that many rows without a gap in time' score one/dense few.csv -o few.csv.csv
good score one/dense few.csv test.csv -o text.h5
good top text.h5 --list 3
says stdout '^text.h5: 407 rows, [0-9]+ above the threshold [0-9.]+, 7 without an error'

good top scores.h5 --list 3
says stdout '^scores.h5: 400 rows, [0-9]+ above the threshold'
cp stdout of_hdf5
good top file.csv --list 3
is 'the worst time steps' "$(tail -n +2 of_hdf5 | grep -v top)" "$(tail -n +2 stdout | grep -v top)"

# Times: a gap of an hour after 100 steps, and a clock that is set back after 250. Names and times are carried along.
awk -F, 'NR == 1 {print "name,when," $0; next}
    {t = 1577836800 + NR - 2 + (NR - 2 >= 100) * 3600 - (NR - 2 >= 250) * 50; print "n" NR - 2 "," t "," $0}' test.csv >times.csv
good import times.csv --label state --id name --time when -o d.h5:times
spec '{length: 12, max_gap: 5s}' '{dense: 4}' '{dense: 24}' | sed 's/test: d.h5:test/test: d.h5:times/; s/train: d.h5:train/train: d.h5:times/' >times.yaml
good run times.yaml --results one
good score one/times d.h5:times -o times.h5
good score one/times d.h5:times -o times.csv.csv
is 'a line with name and time' "$(sed -n 102p times.csv.csv | cut -d, -f1-3)" 'n100,2020-01-01 01:01:40,100'
good score one/times times.csv --id name --time when -o times_text.csv
is 'errors of text with gaps in time' "$(cut -d, -f3- times_text.csv | cksum)" "$(cut -d, -f3- times.csv.csv | cksum)"
bad 3 'data.window: found max_gap, but d.h5:train has no times; hint: import it with --time COLUMN' \
    check times.yaml --set data.train=d.h5:train
bad 3 'd.h5:test: found no times, which the model needs, .*--time COLUMN' score one/times d.h5:test -o none.h5

good score one/dense times.csv --id name --time when -o named.csv
is 'names of text' "$(sed -n 102p named.csv | cut -d, -f1-3)" 'n100,1577840500,100'

# Groups: no window crosses from one machine to the next.
awk 'NR == 1 {print "machine," $0} NR > 1 && NR <= 250 {print (NR <= 101 ? "one" : NR <= 110 ? "two" : "three") "," $0}' test.csv >logs.csv
good import logs.csv --label state --group machine -o d.h5:logs
spec "$window" '{dense: 4}' '{dense: 24}' | sed 's/test: d.h5:test/test: d.h5:logs/' >logs.yaml
good run logs.yaml --results one
says message 'test: 9 of 249 time steps are in no window'

# Splits: whole groups, or the latest rows, which need not be the last ones.
spec "$window" '{dense: 4}' '{dense: 24}' | sed 's/train: d.h5:train/train: d.h5:logs/; s/test: d.h5:test/split: {test: 0.4, by: group}/; s/validation: 0.1, //' >by_group.yaml
good run by_group.yaml --results one
awk 'NR == 1 {print "when," $0; next} {print 1577836800 + (NR > 101 ? NR - 500 : NR) "," $0}' test.csv >later.csv
good import later.csv --label state --time when -o d.h5:later
spec "$window" '{dense: 4}' '{dense: 24}' | sed 's/train: d.h5:train/train: d.h5:later/; s/test: d.h5:test/split: {test: 0.2}/; s/validation: 0.1, //' >by_time.yaml
good run by_time.yaml --results one
sed 's/split: {test: 0.2}/split: {test: 0.2, by: group}/' by_time.yaml >bad.yaml
bad 3 'found no groups in train, which data.split.by: group needs; hint: hourglass import --group COLUMN' check bad.yaml
awk 'NR == 1 {print "when," $0; next} {print 1577836800 "," $0}' test.csv >once.csv
good import once.csv --label state --time when -o d.h5:once
sed 's/d.h5:later/d.h5:once/' by_time.yaml >bad.yaml
bad 3 'train cannot be split by time: at least 321 of its 400 rows have the earliest time' check bad.yaml
sed '5s/^[^,]*/NA/' later.csv >hole.csv
good import hole.csv --label state --time when -o d.h5:hole
sed 's/d.h5:later/d.h5:hole/' by_time.yaml >bad.yaml
bad 3 'row 3 of d.h5:hole has no time, which data.split.by: time needs' check bad.yaml
spec "$window" '{dense: 4}' '{dense: 24}' | sed '$a sweep: {objective: step_f1, over: {train.seed: [1, 2]}}' >objective.yaml
good check objective.yaml
sed 's/window: {length: 12}/fill: none/; s/dense: 24/dense: 2/' objective.yaml >bad.yaml
bad 2 'sweep.objective: step_f1 is of time steps, but samples are no windows .data.window.; hint: f1' check bad.yaml

if ! "$PYTHON" -c 'import h5py, numpy' 2>/dev/null; then
    [ $failures = 0 ] || verdict
    echo "skipped: no h5py for the comparison with NumPy: apt-get install python3-h5py"
    exit 77
fi
"$PYTHON" - "$(trial_of one/dense)" "$(trial_of one/auto)" "$(trial_of one/split)" "$(trial_of one/missing)" \
    "$(trial_of one/times)" "$(trial_of one/logs)" "$(trial_of one/by_group)" "$(trial_of one/by_time)" >message <<'END'
import sys

import h5py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

dense, auto, split, missing, times, logs, by_group, by_time = (
    h5py.File(name, "r") for name in sys.argv[1:9])
data, scores, decoded = (h5py.File(name, "r") for name in ("d.h5", "scores.h5", "decoded.h5"))
failures = 0


def must(what, holds):
    global failures
    if not holds:
        failures += 1
        print("FAILED:", what)


def scaled(x, trial):
    s = trial["model/scaling"]
    return ((x - s["shift"][...]) * s["factor"][...]).astype("f4")


def steps_of(error, starts, length, n, rule):
    out = np.full(n, np.nan)
    for i in range(n):
        v = error[(starts <= i) & (i < starts + length)].astype("f8")
        if len(v):
            out[i] = rule(v)
    return out.astype("f4")


test = dense["scores/test"]
x = scaled(data["test/x"][...], dense)
windows = sliding_window_view(x, 12, axis=0).transpose(0, 2, 1)
must("shape", test["reconstruction"].shape == windows.shape)
y = test["reconstruction"][...]
must("windows", np.array_equal((y - windows) ** 2, test["feature_error"][...]))
must("errors", np.allclose(((y - windows) ** 2).mean(axis=(1, 2)), test["error"][...], rtol=1e-5))
must("dimensions", [d[0].name.rsplit("/", 1)[1] for d in test["reconstruction"].dims] == ["sample", "time_step", "feature"])
must("names of features", list(test["feature"].asstr()) == ["a", "b"])
is_odd = data["test/label"][...] == data["test"].attrs["label_names"].split("\n").index("odd")
must("anomalies", np.array_equal(sliding_window_view(is_odd, 12).any(axis=1), test["is_anomaly"][...] == 1))
starts = np.arange(len(windows))
must("first rows", np.array_equal(test["index"][...], starts))
must("steps", np.allclose(steps_of(test["error"][...], starts, 12, 400, np.mean), test["steps/error"][...], rtol=1e-6))
for name in ("error", "index", "label", "is_anomaly", "steps/error", "steps/index", "steps/label", "steps/is_anomaly"):
    a, b = test[name][...], scores["scores/test"][name][...]
    must("new data: " + name, a.tobytes() == b.tobytes())
for name in ("threshold", "roc_auc", "average_precision", "f1", "vus_pr", "range_f1"):
    must("new data: " + name, test["steps"].attrs[name] == scores["scores/test/steps"].attrs[name])
raw = y / dense["model/scaling/factor"][...] + dense["model/scaling/shift"][...]
must("decoded", np.allclose(decoded["test/x"][...], raw, rtol=1e-4, atol=1e-4))

test = auto["scores/test"]
must("auto", "length: 12" in auto.attrs["spec"])
starts = np.arange(0, 400 - 11, 3)
must("starts with step 3", np.array_equal(test["index"][...], starts))
must("largest", np.array_equal(steps_of(test["error"][...], starts, 12, 400, np.max), test["steps/error"][...], equal_nan=True))
must("the last step decides", np.array_equal(test["is_anomaly"][...], test["steps/is_anomaly"][...][starts + 11]))

must("the last steps are the test set", np.array_equal(split["scores/test/steps/index"][...], np.arange(450, 600)))

error = missing["scores/test/error"][...]
must("windows without a value", np.array_equal(np.flatnonzero(np.isnan(error)), np.arange(39, 51)))
steps = missing["scores/test/steps/error"][...]
must("the step without a value", np.array_equal(np.flatnonzero(np.isnan(steps)), [50]))

starts = [*range(0, 100 - 11), *range(100, 250 - 11), *range(250, 400 - 11)]
new = h5py.File("times.h5", "r")["scores/times"]
for what, test in (("the trial", times["scores/test"]), ("new data", new)):
    must("gaps in time of " + what, list(test["index"][...]) == starts)
    must("times of " + what, np.array_equal(test["steps/time"][...], data["times/time"][...]))
    must("names of " + what, list(test["steps/id"].asstr()) == [f"n{i}" for i in range(400)])
must("time of a window", np.array_equal(times["scores/test/time"][...], data["times/time"][...][starts]))
lines = [line.rstrip("\n").split(",") for line in open("split.csv")][1:]
must("lines of steps", np.array_equal(np.array([line[1] for line in lines], "f4"), dense["scores/test/steps/error"][...]))
must("groups", list(logs["scores/test/index"][...]) == [*range(0, 100 - 11), *range(109, 249 - 11)])
must("a file shorter than a window", np.array_equal(np.flatnonzero(np.isnan(logs["scores/test/steps/error"][...])), np.arange(100, 109)))
groups = np.unique(by_group["scores/test/steps/group"][...])
must("whole groups", sorted(by_group["scores/test/steps/index"][...]) == list(np.flatnonzero(np.isin(data["logs/group"][...], groups))))
must("the latest rows", list(by_time["scores/test/steps/index"][...]) == list(range(20, 100)))
sys.exit(failures > 0)
END
[ $? = 0 ] || fail "comparison with NumPy"
verdict
