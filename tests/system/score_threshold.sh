#!/bin/bash
# score --threshold, --calibrate and --alert: thresholds of a trained model, with and without labels, and signs
# that new data has changed.
source "$(dirname "$0")/../lib.sh"

"$PYTHON" -c 'import h5py' 2>message || skip "no h5py"
tiny_data
cat >normal.yaml <<'SPEC'
data: {train: "tiny.h5:all", normal: [0], scale: min_max}
model: {encoder: [{dense: 2}], decoder: [{dense: 6}]}
train: {epochs: 3, learning_rate: 0.01, batch_size: 30, shards: 2}
score: {threshold: mad}
SPEC
good run normal.yaml -n 1 -t 1 --quiet
cut -d, -f1-6 tiny.csv >plain.csv
good import plain.csv -o data/plain.h5:all
model=results/normal

# attribute FILE NAME: of the scores of split all
attribute() {
    "$PYTHON" -c 'import h5py, sys; print(h5py.File(sys.argv[1])["scores/all"].attrs.get(sys.argv[2], "none"))' "$@"
}

# near WHAT FOUND EXPECTED
near() {
    awk -v a="$2" -v b="$3" 'BEGIN {exit !(a - b < 1e-6 && b - a < 1e-6)}' || fail "$1: found $2, expected $3"
}

# --- the rules, against numpy: of the training errors, which are those of the rows with label 0
good score $model data/tiny.h5:all -o own.h5
"$PYTHON" - own.h5 >expected <<'PY'
import h5py, numpy as np, sys
f = h5py.File(sys.argv[1])["scores/all"]
e, anomaly = f["error"][...].astype(float), f["is_anomaly"][...]
t = e[anomaly == 0]
m = np.median(t)
print("quantile=0.99", np.quantile(t, .99))
print("quantile=0.35", np.quantile(t, .35))
print("mad=2", m + 2 * 1.482602218505602 * np.median(abs(t - m)))
print("mean_std=2.5", t.mean() + 2.5 * t.std())
print("share=0.1", np.quantile(e, .9))
print("0.0625", .0625)
p = np.sort((1 + (t[None, :] >= e[:, None]).sum(1)) / (len(t) + 1))
k = max([i + 1 for i in range(len(p)) if p[i] <= .5 * (i + 1) / len(p)], default=0)
s = np.sort(e)[::-1]
print("conformal=0.5", (s[k - 1] + s[k]) / 2 if k else s[0])
PY
while read -r rule threshold; do
    good score $model data/tiny.h5:all -o rule.h5 --force --threshold "$rule"
    near "$rule" "$(attribute rule.h5 threshold)" "$threshold"
done <expected
good score $model data/tiny.h5:all -o rule.h5 --force --threshold best_f1
near best_f1 "$(attribute rule.h5 threshold)" "$(attribute own.h5 best_f1_threshold)"
good score $model data/tiny.h5:all -o rule.h5 --force --threshold pot=1e-3
awk -v t="$(attribute rule.h5 threshold)" -v q="$(awk '$1 == "quantile=0.99" {print $2}' expected)" 'BEGIN {exit !(t > q)}' ||
    fail 'pot=1e-3 is not above the quantile 0.99'
near 'the rule of the experiment' "$(attribute own.h5 threshold)" "$("$PYTHON" -c 'import h5py, numpy as np
f = h5py.File("own.h5")["scores/all"]
t = f["error"][...].astype(float)[f["is_anomaly"][...] == 0]
print(np.median(t) + 3.5 * 1.482602218505602 * np.median(abs(t - np.median(t))))')"

# --- without labels, as text, on any ranks: the same thresholds
for rule in quantile=0.9 share=0.2 mad=1 mean_std=1 pot=0.01 conformal=0.5 0.05; do
    good score $model plain.csv -o one.csv --force --threshold $rule -n 1 -t 1
    good score $model data/plain.h5:all -o two.h5 --force --threshold $rule -n 2 -t 2
    near "$rule of text and HDF5" "$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "threshold") at = i} NR == 2 {print $at}' one.csv)" \
        "$(attribute two.h5 threshold)"
done
good score $model plain.csv -o share.csv --threshold share=0.2
is 'rows above a share of 0.2' "$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "anomalous") at = i} $at == 1' share.csv | wc -l)" 60
says stdout '^above the threshold: 20 % of the rows, and [0-9.]+ % of the training rows$'
good score $model - -o - --threshold mad=1 <plain.csv
is 'columns without p-values' "$(head -1 share.csv)" row,error,threshold,anomalous,feature_1,share_1,feature_2,share_2,feature_3,share_3

# --- p-values: in text and HDF5, the anomalous ones the smallest
good score $model plain.csv -o conformal.csv --threshold conformal=0.5 -n 2 -t 1
good score $model plain.csv -o conformal.jsonl --threshold conformal=0.5
good score $model plain.csv -o conformal.h5 --threshold conformal=0.5
good score $model plain.csv -o conformal.csv --force --threshold conformal=0.5
"$PYTHON" - <<'PY' || fail 'p-values of text and HDF5'
import csv, h5py, json
import numpy as np
rows = list(csv.DictReader(open("conformal.csv")))
lines = [json.loads(line) for line in open("conformal.jsonl")]
f = h5py.File("conformal.h5")["scores"]
f = f[list(f)[0]]
own = h5py.File("own.h5")["scores/all"]
t = own["error"][...][own["is_anomaly"][...] == 0]
p = (1 + (t[None, :] >= f["error"][...][:, None]).sum(1)) / (len(t) + 1)
called = np.array([r["anomalous"] == "1" for r in rows])
assert f.attrs["threshold_rule"] == "conformal=0.5"
assert abs(f["p_value"][...] - p).max() < 0.03 and abs(f["p_value"][...] - p)[p < 0.05].max() < 1e-6
assert abs(np.array([float(r["p_value"]) for r in rows]) - f["p_value"][...]).max() < 1e-6
assert abs(np.array([r["p_value"] for r in lines]) - f["p_value"][...]).max() < 1e-6
assert not called.any() or p[called].max() < p[~called].min() + 0.03
PY

# --- calibration rows
tiny_csv 300 | awk -F, 'NR == 1 || NR % 3 == 0' | cut -d, -f1-6 >calibration.csv
good import calibration.csv -o data/calibration.h5:some
good score $model data/calibration.h5:some -o calibration.h5
good score $model plain.csv -o calibrated.csv --calibrate data/calibration.h5:some --threshold quantile=0.5
near 'a calibrated quantile' "$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "threshold") at = i} NR == 2 {print $at}' calibrated.csv)" \
    "$("$PYTHON" -c 'import h5py, numpy; print(numpy.quantile(h5py.File("calibration.h5")["scores/some/error"][...].astype(float), .5))')"
good score $model plain.csv -o mae.csv --error mae --calibrate data/calibration.h5:some --threshold quantile=0.5
good score $model plain.csv -o mae.csv --force --error mae --calibrate data/calibration.h5:some
good score $model plain.csv -o mae.csv --force --error mae --threshold share=0.1

# --- bad rules name what is allowed
allowed='allowed: quantile=0.99, share=0.01, mad=3.5, mean_std=3, pot=1e-3, conformal=0.05, best_f1, or a number'
bad 2 "--threshold: found 'iqr', $allowed" score $model plain.csv -o x.csv --threshold iqr
bad 2 "--threshold: found 'quantile=2', allowed: quantile=NUMBER, in \[0, 1\]" score $model plain.csv -o x.csv --threshold quantile=2
bad 2 "--threshold: found 'pot=0', allowed: pot=NUMBER, in \(0, 0.02\]" score $model plain.csv -o x.csv --threshold pot=0
bad 2 '--threshold: found best_f1, but no label says' score $model plain.csv -o x.csv --threshold best_f1
bad 2 '--threshold: found share=0.1 with standard input, .*allowed: quantile, mad' score $model - -o x.csv --threshold share=0.1 <plain.csv
bad 2 '--threshold: found mad=3.5 with another --error, .*hint: --calibrate' score $model plain.csv -o x.csv --threshold mad --error mae
bad 3 "no split .none." score $model plain.csv -o x.csv --calibrate data/calibration.h5:none
bad 3 'missing.h5' score $model plain.csv -o x.csv --calibrate data/missing.h5:some
bad 2 "score.threshold: found 'iqr', $allowed" check normal.yaml --set score.threshold=iqr
bad 2 "score.threshold: found 'quantile=0.9' next to score.quantile, allowed: one of them" \
    check normal.yaml --set score.threshold=quantile=0.9 --set score.quantile=0.5
[ ! -e x.csv ] || fail 'a bad rule wrote scores'

# --- change: none for the training rows; another unit and another place for others
good score $model data/tiny.h5:all -o same.h5 --alert error_psi=0.25,psi=0.25,ks=0.2
says stdout '^change since training: errors KS 0.0[0-9]+, PSI 0.0[0-9]+; most changed columns: '
awk -F, -v OFS=, 'NR > 1 {$3 = $3 + 3} 1' plain.csv >shifted.csv
name=$(head -1 plain.csv | cut -d, -f3)
bad 10 "alert: population stability index of a column, '$name': found [0-9.]+, allowed: at most 0.25" \
    score $model shifted.csv -o shifted-scores.csv --alert default
is 'lines of an alert' "$(wc -l <shifted-scores.csv)" "$(wc -l <plain.csv)"
says message 'all rows are above the threshold'
bad 10 'alert: share of the rows above the threshold: found 1, allowed: at most 0.5' \
    score $model shifted.csv -o shifted-two.csv --alert share=0.5 -n 2 -t 1
good score $model shifted.csv -o shifted-scores.csv --force --alert unscored=0.5
good score $model shifted.csv -o one.h5 -n 1 -t 1
one=$(grep '^change since' stdout)
good score $model shifted.csv -o two.h5 --force -n 2 -t 2
is 'change on 2 x 2' "$(grep '^change since' stdout)" "$one"
bad 2 "--alert: found 'psy=1', allowed: default, or share, unscored, error_ks" score $model plain.csv -o x.csv --alert psi=0.1,psy=1
bad 2 "--alert: found 'psi=-1'" score $model plain.csv -o x.csv --alert psi=-1

# --- training errors that tie at the threshold: the same data has the same share above it
awk 'BEGIN {print "a,b"; for (i = 0; i < 100; i++) print (i % 20 < 12) "," (i % 20 < 12 ? 1 : i % 20 < 17 ? 0 : -2)}' >ties.csv
good import ties.csv -o data/ties.h5:all
cat >ties.yaml <<'SPEC'
data: {train: "ties.h5:all", scale: standard}
model: {encoder: [{dense: 1}], decoder: [{dense: 2}]}
train: {epochs: 1, shards: 2}
SPEC
good run ties.yaml -n 1 -t 1 --quiet
for rule in quantile=0.99 quantile=0.8 quantile=0.5; do
    good score results/ties ties.csv -o ties-scores.csv --force --threshold $rule
    says stdout '^above the threshold: ([0-9.]+) % of the rows, and \1 % of the training rows$'
done

# --- windows: a rule gives time steps a threshold of their own errors
awk 'BEGIN {print "a,b"; srand(1); for (i = 0; i < 400; i++) printf "%.4f,%.4f\n", sin(i / 2) + rand() / 9, cos(i / 2)}' >series.csv
good import series.csv -o data/series.h5:all
cat >series.yaml <<'SPEC'
data: {train: "series.h5:all", scale: standard, window: {length: 12}}
model: {encoder: [{dense: 4}], decoder: [{dense: 24}]}
train: {epochs: 2, shards: 2}
SPEC
good run series.yaml -n 1 -t 1 --quiet
good score results/series data/series.h5:all -o series.h5 --threshold mad=2
"$PYTHON" - <<'PY' || fail 'thresholds of windows and of time steps'
import h5py, numpy as np
f = h5py.File("series.h5")["scores/all"]
for g in (f, f["steps"]):
    e = g["error"][...].astype(float)
    m = np.median(e)
    assert abs(g.attrs["threshold"] - (m + 2 * 1.482602218505602 * np.median(abs(e - m)))) < 1e-6, g
PY
good score results/series data/series.h5:all -o series.h5 --force --threshold 0.25
is 'a number for time steps' "$("$PYTHON" -c 'import h5py; print(h5py.File("series.h5")["scores/all/steps"].attrs["threshold"])')" 0.25
good score results/series data/series.h5:all -o series.h5 --force --threshold share=0.1
says stdout 'the threshold is one of windows: time steps keep that of the model'

# --- values of pictures are called by their place, as explain calls them
"$PYTHON" -c 'import numpy as np
np.save("pixels.npy", np.random.default_rng(1).integers(0, 256, (80, 4, 5), dtype=np.uint8))'
good import pixels.npy -o data/pixels.h5:all
cat >pixels.yaml <<'SPEC'
data: {train: "pixels.h5:all", scale: unit}
model: {encoder: [{dense: 2}], decoder: [{dense: 20}]}
train: {epochs: 1, shards: 2}
SPEC
good run pixels.yaml -n 1 -t 1 --quiet
good score results/pixels pixels.npy -o pixels.csv
says stdout 'most changed columns: [0-3]:[0-4] KS 0.[0-9]+, PSI [-.e0-9]+; [0-3]:[0-4] KS '

# --- a model of an earlier version has no reference
cp "$(trial results/normal)" old.h5
"$PYTHON" -c 'import h5py; f = h5py.File("old.h5", "a"); del f["reference"]; del f.attrs["attributes_xxh3"]'
good score old.h5 plain.csv -o old.csv
if grep -q 'change since training' stdout; then fail 'change without a reference'; fi
bad 3 'threshold mad=3.5: the model.s file has no reference errors' score old.h5 plain.csv -o x.csv --threshold mad
good score old.h5 plain.csv -o old.csv --force --threshold 0.1

verdict
