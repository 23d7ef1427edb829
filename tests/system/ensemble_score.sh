#!/bin/bash
# An ensemble as a model: score and explain take it, with members that scale, fill and compute errors in different ways. Its
# scores are those that it has stored, on any ranks and threads, from a data set, a CSV file and standard input.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>message || skip "no numpy or h5py"

# rows COUNT SEED BAD: rows of three numbers and a color; a row in BAD is an anomaly, a row in 50 has a missing value
rows() {
    awk -v rows="$1" -v x="$2" -v bad="$3" '
        function uniform() { x = (x * 16807) % 2147483647; return x / 2147483647 }
        BEGIN {
            split("red green blue", color, " ")
            print "serial,load,heat,flow,color,kind"
            for (i = 0; i < rows; i++) {
                u = uniform(); v = uniform(); kind = bad && i % bad == bad - 1
                printf "A-%d,%.5f,%s,%.5f,%s,%s\n", i, u, i % 50 == 7 ? "" : sprintf("%.5f", 3 * u + v + (kind ? 3 : 0)),
                    exp(4 * v), color[1 + int(3 * uniform())], kind ? "bad" : "ok"
            }
        }'
}
rows 600 11 0 >train.csv
rows 1500 77 20 >new.csv
good import train.csv --label kind --id serial --one-hot auto -o d.h5:train
good import new.csv --label kind --id serial --like d.h5:train -o d.h5:test
cat >mix.yaml <<'SPEC'
name: mix
data: {train: d.h5:train, test: d.h5:test, normal: [ok], validation: 0.2, fill: mean}
models:
  near: {neighbours: {k: [1, 5]}}
  narrow: {hidden: [6], code: 2, activation: tanh}
  noisy: {encoder: [{gaussian_noise: {relative: 1}}, {dense: 16, activation: leaky_relu}], decoder: [{dense: input}]}
model: near
train: {epochs: 25, batch_size: 32, shards: 4}
sweep: {over: {model: [near, narrow, noisy], data.scale: [standard, robust, log1p]}}
SPEC

# --- without the file
good run mix.yaml --results . --quiet
bad 3 'mix/ensemble.h5: no ensemble: .*hint: hourglass ensemble mix makes it' score mix:ensemble new.csv -o x.csv
bad 2 'mix/run.h5:ensemble: holds no models of an ensemble' score mix/run.h5:ensemble new.csv -o x.csv
good ensemble mix

# --- the scores are the stored ones
good score mix:ensemble d.h5:test -o scores.h5 -n 1 -t 1
says stdout 'scores.h5: 1500 rows of d.h5:test under an ensemble of [0-9]+ models'
says stdout '^ensemble: mean .* above the threshold'
says stdout '^ROC AUC'
"$PYTHON" - >message 2>&1 <<'PY' || fail 'other scores than the ensemble has stored'
import h5py, numpy
with h5py.File("scores.h5") as a, h5py.File("mix/ensemble.h5") as b:
    scored, stored = a["scores/test"], b["ensemble/scores/test"]
    assert (scored["error"][...] == stored["error"][...]).all()
    assert scored.attrs["error"] in ("ensemble", b"ensemble")
    assert abs(scored.attrs["roc_auc"] - stored.attrs["roc_auc"]) < 1e-12
    assert len(set(b["ensemble/kind"][...])) == 3
PY
good score mix/ensemble.h5 d.h5:test -o other.h5
"$h5same" scores.h5 other.h5 >comparison 2>&1
says comparison '^same +scores/test/error'

# --- the same bytes on any ranks and threads, from any source
good score mix/ensemble.h5 d.h5:test -o scores.csv -n 1 -t 1
for layout in '1 3' '2 1' '3 2'; do
    good score mix/ensemble.h5 d.h5:test -o other.csv --force -n "${layout% *}" -t "${layout#* }"
    cmp -s scores.csv other.csv || fail "other scores of a data set on $layout ranks and threads"
    good score mix/ensemble.h5 new.csv -o other.csv --force -n "${layout% *}" -t "${layout#* }"
    sed 's/,[^,]*$//' other.csv >known.csv # without the column `unknown`
    cmp -s scores.csv known.csv || fail "other scores of a CSV file on $layout ranks and threads"
done
"$hourglass" score mix/ensemble.h5 - -o - <new.csv 2>message | cmp -s other.csv - || fail 'other scores of standard input'
good score mix/ensemble.h5 d.h5:test -o other.csv --force --threshold share=0.01
is 'anomalous rows' "$(grep -cE '^A-[0-9]+,[0-9]+,[^,]*,[^,]*,1,' other.csv)" 15
good top scores.h5 --count 3
says stdout 'scores.h5: 1500 rows'
good top scores.h5 --gallery worst.png

# --- its file
good info mix:ensemble
says stdout '^  kind = ensemble'
good verify mix/ensemble.h5
good top mix/ensemble.h5
says stdout '^Samples of the ensemble:'
good top mix/ensemble.h5 --threshold mad=3.5
bad 3 'threshold mad=3.5: .* ensemble whose normal rows were not scored; hint: .*hourglass ensemble RUN' top mix:ensemble --threshold mad=3.5
good import new.csv --like mix:ensemble --label kind --id serial -o like.h5:test

# --- a member by itself
id=$(sed -nE 's/^.*trials\/([0-9a-f]{8}).*/\1/p' <(h5ls -r mix/ensemble.h5 2>/dev/null || "$PYTHON" -c '
import h5py
for key in h5py.File("mix/ensemble.h5")["trials"]: print("trials/" + key)') | head -1)
good score "mix/ensemble.h5:$id" d.h5:test -o member.h5
good score "mix:$id" d.h5:test -o trial.h5
"$h5same" member.h5 trial.h5 >comparison 2>&1
says comparison '^same +scores/test/error'

# --- explain
good explain mix/ensemble.h5 new.csv --id-column serial --count 3 --json
"$PYTHON" - stdout >message 2>&1 <<'PY' || fail 'shares of an ensemble'
import json, sys
rows = json.load(open(sys.argv[1]))
assert len(rows) == 3
for row in rows:
    features = row["features"]
    assert abs(sum(f["share"] for f in features) - 1) < 1e-6, features
    assert all(0 <= f["percentile"] <= 100 for f in features)
    assert features[0]["name"] == "heat" and features[0]["share"] > 0.4, features
    assert features[0]["expected"] < features[0]["value"]
PY
worst=$(grep -oE '"id": "[^"]*"' stdout | head -1 | cut -d'"' -f4)
top=$(grep "^$worst," scores.csv | cut -d, -f6)
is 'the first feature of score and explain' "$top" heat
good explain mix:ensemble d.h5:test --id "$worst" --json
says stdout '"name": "heat"'
good explain mix/ensemble.h5 new.csv --row 3
says stdout '^1500 rows under an ensemble of [0-9]+ models'

# --- what only a single model can do
for option in '--error mae' '--samples 3' '--save code'; do
    # shellcheck disable=SC2086
    bad 2 "${option% *}: found with an ensemble of [0-9]+ models, allowed: with a single model, such as its member mix/ensemble.h5:[0-9a-f]{8}" \
        score mix/ensemble.h5 d.h5:test -o x.h5 $option
done
bad 2 'encode: found with an ensemble' encode mix/ensemble.h5 d.h5:test -o x.h5:code
bad 2 'generate: found with an ensemble' generate mix/ensemble.h5 -o x.h5:new
bad 2 'decode: found with an ensemble' decode mix/ensemble.h5 d.h5:test -o x.h5:rows
cat >sphere.yaml <<'SPEC'
name: sphere
data: {train: d.h5:train, test: d.h5:test, normal: [ok], validation: 0.2, fill: mean, scale: standard}
model: {kind: svdd, encoder: [{dense: 8, activation: leaky_relu, use_bias: false}, {dense: 4, use_bias: false}]}
train: {epochs: 5, batch_size: 32}
sweep: {over: {train.seed: [1, 2]}}
SPEC
good run sphere.yaml --results . --quiet
good ensemble sphere
good score sphere:ensemble new.csv -o sphere.csv
bad 2 'sphere:ensemble: no member has a reconstruction' explain sphere:ensemble new.csv

# --- rows that the members do not take
cut -d, -f1-2,4- new.csv >narrow.csv
bad 3 "narrow.csv:1: found no column 'heat'" score mix/ensemble.h5 narrow.csv -o x.csv
{ head -20 new.csv; echo 'A-x,inf,1,1,red,ok'; } >endless.csv
good score mix/ensemble.h5 endless.csv -o endless.csv.csv
says endless.csv.csv '^A-x,19,,' # no error

# --- a member that cannot take a row is left out
cat >fill.yaml <<'SPEC'
name: fill
data: {train: d.h5:train, test: d.h5:test, normal: [ok], where: [heat >= 0], validation: 0.2, scale: standard}
model: {encoder: [{dense: 5, activation: tanh}], decoder: [{dense: input}]}
train: {epochs: 25, batch_size: 32}
sweep: {over: {data.fill: [none, mean]}}
SPEC
good run fill.yaml --results . --quiet
good ensemble fill
good score fill:ensemble new.csv -o fill.csv
is 'rows without a score' "$(grep -cE '^A-[0-9]+,[0-9]+,,' fill.csv)" 0
good explain fill:ensemble new.csv --row 7 --json # whose heat is missing
"$PYTHON" - stdout >message 2>&1 <<'PY' || fail 'expected values of a row that one member cannot take'
import json, subprocess, sys, os
def expected(text): return {f["name"]: f["expected"] for f in json.loads(text)[0]["features"]}
both = expected(open(sys.argv[1]).read())
import h5py
with h5py.File("fill/ensemble.h5") as f:
    ids = [m.decode() for m in f["ensemble/member"][...]]
    filling = [m for m in ids if "fill: mean" in f["trials/" + m].attrs["spec"]]
assert len(ids) == 2 and len(filling) == 1, ids
out = subprocess.run([os.environ["HOURGLASS"], "explain", "fill:" + filling[0], "new.csv", "--row", "7", "--json"], capture_output=True, text=True)
assert out.returncode == 0, out.stderr
alone = expected(out.stdout)
assert all(both[k] == alone[k] or abs(both[k] - alone[k]) < 1e-4 for k in both), (both, alone)
PY

# --- windows over a series, with groups that only some of the members scale by
series() {
    awk -v rows="$1" -v bad="$2" 'BEGIN {
        print "machine,load,heat"
        for (m = 1; m <= 3; m++) for (i = 0; i < rows; i++)
            printf "m%d,%.5f,%.5f\n", m, 9 * m + sin(i / 3) + (bad && i % 90 > 86 ? 2 : 0), m * cos(i / 5) + i % 7 / 50 }'
}
series 300 0 >calm.csv
series 200 1 >storm.csv
good import calm.csv --group machine -o w.h5:train
good import storm.csv --group machine --like w.h5:train -o w.h5:test
cat >series.yaml <<'SPEC'
name: series
data: {train: w.h5:train, test: w.h5:test, window: {length: 10}, validation: 0.2}
model: {encoder: [{flatten: true}, {dense: 4, activation: tanh}], decoder: [{dense: 20}, {reshape: [10, 2]}]}
train: {epochs: 3, batch_size: 32, shards: 4}
sweep: {over: {data.scale: [standard, {method: standard, by: group}, {method: robust, by: group}]}}
SPEC
good run series.yaml --results . --quiet
good ensemble series
good score series:ensemble w.h5:test -o series.csv -n 1 -t 1
for layout in '1 2' '2 1' '3 1'; do
    for data in w.h5:test storm.csv; do
        good score series:ensemble $data -o other.csv --force -n "${layout% *}" -t "${layout#* }"
        cmp -s series.csv other.csv || fail "other scores of $data on $layout ranks and threads"
    done
done
good explain series:ensemble storm.csv --count 2 --json
says stdout '"time_steps"'
good explain series:ensemble w.h5:test --count 2

# --- pictures of bytes, of which some members take the logarithm
{ printf '\0\0\x08\x03\0\0\0\x80\0\0\0\x04\0\0\0\x04'; seq 1 2000 | tr -d '\n' | tr 0-9 '\000\030\060\110\140\170\210\240\270\340' | head -c 2048; } >bytes.idx
good import bytes.idx -o bytes.h5:test
cat >bytes.yaml <<'SPEC'
name: bytes
data: {train: bytes.h5:test, test: bytes.h5:test}
model: {encoder: [{flatten: true}, {dense: 4, activation: tanh}], decoder: [{dense: 16}, {reshape: [4, 4]}]}
train: {epochs: 60, batch_size: 16}
sweep: {over: {data.scale: [unit, log1p, standard]}}
SPEC
good run bytes.yaml --results . --quiet
good ensemble bytes
good score bytes:ensemble bytes.h5:test -o bytes.csv
good score bytes:ensemble bytes.idx -o other.csv --force
cmp -s bytes.csv other.csv || fail 'other scores of an IDX file than of the data set'
good explain bytes:ensemble bytes.idx --count 2
[ -s explain.png ] || fail 'no picture'

verdict
