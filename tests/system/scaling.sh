#!/bin/bash
# Scalings of columns whose spread double cannot hold: an error that names the column, never a column that is lost in silence.
# Robust scaling, logarithms, limits and rules for single columns: stored with the model, applied to new data, undone by
# decode, with the same bits on any ranks.
source "$(dirname "$0")/../lib.sh"

# values VALUE: 50 rows of which one has VALUE in column b
values() { awk -v value="$1" 'BEGIN {srand(1); print "a,b"; for (i = 1; i <= 50; i++) print rand() "," (i == 8 ? value : rand())}'; }
# wide SCALE: 50 rows whose values double can hold and their squares not
wide() { awk 'BEGIN {srand(1); print "a,b"; for (i = 1; i <= 50; i++) printf "%.6e,%.6e\n", rand() * 1e200, rand() * 1e200}'; }
narrow() { awk 'BEGIN {srand(1); print "a,b"; for (i = 1; i <= 50; i++) printf "%.6fe-310,%.6fe-310\n", rand(), rand()}'; }

# experiment FILE SCALE
experiment() {
    good import "$1.csv" -o "data/$1.h5:all" --force
    printf '%s\n' "name: $1-$2" "data: {train: '$1.h5:all', scale: $2}" 'model: {encoder: [{dense: 1}], decoder: [{dense: 2}]}' \
        'train: {epochs: 1}' >"$1-$2.yaml"
}

mkdir -p data
values 1.7976931348623157e308 >largest.csv
values 1e200 >large.csv
wide >wide.csv
narrow >narrow.csv
values 1 >usual.csv

for scale in standard min_max; do
    experiment largest $scale
    bad 3 "data.scale: column 'b' of train has values from .* to 1.79769e\\+308, whose spread double precision cannot hold; hint: .*import --missing" \
        run largest-$scale.yaml -n 1 -t 1
    experiment narrow $scale
    bad 3 "data.scale: column 'a' of train has values from .*e-31" check narrow-$scale.yaml
    experiment usual $scale
    good run usual-$scale.yaml -n 1 -t 1
done
experiment large standard
bad 3 "data.scale: column 'b' of train has values from .* to 1e\\+200" run large-standard.yaml -n 1 -t 1
experiment largest robust # quartiles do not see the largest value, but single precision must hold it
bad 3 "the value in row 7, column 'b' is beyond the range of single precision; hint: scale: .*clip" check largest-robust.yaml
good run largest-robust.yaml -n 1 -t 1 --set 'data.scale={method: robust, clip: 10}'
experiment wide standard
bad 3 "data.scale: column 'a' of train" check wide-standard.yaml
says message "data.scale: column 'b' of train"
experiment wide min_max # whose arithmetic holds these
good run wide-min_max.yaml -n 1 -t 1

# --- single columns
tiny_data
tiny_csv 300 | awk -F, -v OFS=, 'NR == 1 {print} NR > 1 {$2 = exp(20 * $2); $6 = NR % 50 ? $6 : 1e6; print}' >skewed.csv
good import skewed.csv --label kind -o data/skewed.h5:all
rules='{method: robust, clip: 8, columns: {b: log1p, c: {method: min_max}, d: none, e: {log1p: true, clip: [-3, 1]}}}'
# skewed SCALE: an experiment with this scaling
skewed() {
    tiny_spec | sed "s/^name: tiny/name: skewed/; s/tiny.h5/skewed.h5/; s/sigmoid/linear/; s/loss: .*/loss: mse/; /^  scale:/d" |
        sed "s/^data:/data:\\n  scale: $1/" >skewed.yaml
}
skewed "$rules"
good run skewed.yaml --quiet -t 1 --results r1
trial1=$(trial r1/skewed)
for ranks in 2 4; do
    go_ranks $ranks run skewed.yaml --quiet -t 1 --results r$ranks || fail "$ranks ranks"
    same "$trial1" "$(trial r$ranks/skewed)"
done

# the stored scaling gives new data the errors that the trial has
good score "$trial1" data/skewed.h5:all -o scores.h5
good encode "$trial1" data/skewed.h5:all -o codes.h5:all
good decode "$trial1" codes.h5:all -o decoded.h5:all
"$PYTHON" - "$trial1" <<'END' >python.out 2>&1 || { cat python.out; fail 'values of the scaling'; }
import sys, h5py, numpy
trial, data = h5py.File(sys.argv[1]), h5py.File("data/skewed.h5")["all"]
scores, decoded = h5py.File("scores.h5"), h5py.File("decoded.h5")["all/x"][()]
s = trial["model/scaling"]
x = data["x"][()]
log, low, high = s["log1p"][()], s["low"][()], s["high"][()]
assert list(log) == [0, 1, 0, 0, 1, 0], log
assert list(low) == [-8, -8, -8, -8, -3, -8] and list(high) == [8, 8, 8, 8, 1, 8], (low, high)
seen = numpy.where(log == 1, numpy.sign(x) * numpy.log1p(abs(x)), x)
seen = numpy.clip((seen - s["shift"][()]) * s["factor"][()], low, high)
y = (decoded - 0.0)
y = numpy.where(log == 1, numpy.sign(y) * numpy.log1p(abs(y)), y)
y = (y - s["shift"][()]) * s["factor"][()]
error = ((seen - y) ** 2).mean(1)
found = []
scores.visititems(lambda name, d: found.append(d[()]) if name.endswith("/error") and d.shape == (300,) else None)
assert len(found) == 1
assert numpy.allclose(found[0], error, rtol=1e-3, atol=1e-5), abs(found[0] - error).max()
assert trial["model/scaling/shift"][3] == 0 and trial["model/scaling/factor"][3] == 1
END

# --- spellings of one scaling are one trial, and another scaling is another one
ids() { good check skewed.yaml && sed -nE 's/^([0-9a-f]{8}) .*/\1/p' stdout; }
skewed "$rules"
first=$(ids)
skewed '{clip: [-8, 8.0], method: robust, columns: {e: {clip: [-3, 1], method: robust, log1p: true}, f: robust, d: {method: none}, c: min_max, b: {method: standard, log1p: true}}}'
is 'the identity of another spelling' "$(ids)" "$first"
skewed '{method: robust, clip: 8, columns: {b: log1p, c: min_max, d: none, e: {log1p: true, clip: [-3, 2]}}}'
[ "$(ids)" != "$first" ] || fail 'another limit, the same identity'

# --- mistakes
# refuses CODE PATTERN SCALE
refuses() {
    skewed "$3"
    bad "$1" "skewed.yaml:[0-9]+:[0-9]+: $2" check skewed.yaml
}
refuses 3 "data.scale.columns.bb: no column 'bb' in .*skewed.h5:all; did you mean 'b'" '{columns: {bb: robust}}'
refuses 3 "data.scale.columns.price: no column 'price' in .*; hint: hourglass info" '{columns: {price: robust}}'
refuses 2 "data.scale.columns.b: found 'robst', allowed: .*did you mean 'robust'" '{columns: {b: robst}}'
refuses 2 'data.scale: found method unit with columns, clip or by' '{method: unit, clip: 3}'
"$PYTHON" -c 'import numpy; numpy.save("n.npy", numpy.random.default_rng(0).normal(size=(50, 3)))' && good import n.npy -o data/n.h5:all
printf '%s\n' 'name: n' 'data: {train: "n.h5:all", scale: {columns: {"2": robust, "3": robust}}}' 'model: {code: 1}' >n.yaml
bad 3 "data.scale.columns.3: found '3', allowed: the numbers of columns, 0 to 2, because they have no names|no column '3'" check n.yaml

# --- by group: each has statistics of its own, unknown groups those of all rows
awk 'BEGIN {
    srand(5)
    print "a,b,machine"
    for (i = 0; i < 300; i++) {
        m = i % 3
        printf "%.5f,%.5f,%s\n", 100 * m + (m + 1) * rand(), rand(), m == 0 ? "m0" : m == 1 ? "m1" : i < 200 ? "m1" : "new"
    }
}' >groups.csv
good import groups.csv --group machine -o data/groups.h5:all
printf '%s\n' 'name: groups' 'data:' '  train: {from: groups.h5:all, rows: "0:200"}' '  test: groups.h5:all' \
    '  scale: {method: standard, by: group}' 'model: {code: 1}' 'train: {epochs: 1, shards: 4}' >groups.yaml
good run groups.yaml --quiet -t 1 --results r1
grouped=$(trial r1/groups)
for ranks in 2 4; do
    go_ranks $ranks run groups.yaml --quiet -t 1 --results r$ranks || fail "$ranks ranks by group"
    same "$grouped" "$(trial r$ranks/groups)"
done
good score "$grouped" data/groups.h5:all -o gscores.h5
"$PYTHON" - "$grouped" <<'END' >python.out 2>&1 || { cat python.out; fail 'scaling by group'; }
import sys, csv, h5py, numpy
trial = h5py.File(sys.argv[1])
s = trial["model/scaling"]
rows = list(csv.reader(open("groups.csv")))[1:]
x = numpy.array([[float(v) for v in r[:2]] for r in rows])
group = numpy.array([r[2] for r in rows])
names = [n.decode() if isinstance(n, bytes) else n for n in s["group"][()]]
assert sorted(names) == ["m0", "m1"], names
for k, name in enumerate(names):
    own = x[:200][group[:200] == name]
    assert numpy.allclose(s["group_shift"][k], own.mean(0)) and numpy.allclose(1 / s["group_factor"][k], own.std(0))
assert numpy.allclose(s["shift"], x[:200].mean(0)) and numpy.allclose(1 / s["factor"][()], x[:200].std(0))
new = h5py.File("gscores.h5")
found = []
new.visititems(lambda name, d: found.append(d[()]) if name.endswith("/error") and d.shape == (300,) else None)
assert len(found) == 1 and numpy.array_equal(found[0], trial["scores/test/error"][()])
END
[ "$(good check groups.yaml; sed -nE 's/^([0-9a-f]{8}) .*/\1/p' stdout)" != \
    "$(good check groups.yaml --set data.scale=standard; sed -nE 's/^([0-9a-f]{8}) .*/\1/p' stdout)" ] || fail 'one identity with and without groups'

# Text files: groups are in the column of the training data or of --group; unknown ones are scaled by all and reported.
good score "$grouped" data/groups.h5:all -o split.csv
good score "$grouped" groups.csv -o text.csv
cmp -s split.csv text.csv || fail 'other scores of text than of the data set by group'
says message "warning: groups.csv: row 200: group 'new' is not in the training data; [0-9]+ rows of such groups are scaled by"
sed '1s/machine/unit/' groups.csv >units.csv
bad 3 "units.csv: the model scales by group .*, and this file has no column 'machine' of groups; hint: --group COLUMN" \
    score "$grouped" units.csv -o x.csv
good score "$grouped" units.csv --group unit -o units_scores.csv
cmp -s split.csv units_scores.csv || fail 'other scores with --group'
go_ranks 2 score "$grouped" groups.csv -o two.csv || fail 'score by group on two ranks'
cmp -s split.csv two.csv || fail 'other scores by group on two ranks'
good encode "$grouped" data/groups.h5:all -o gcodes.h5:all
bad 2 'it scales by group .*codes have no groups' decode "$grouped" gcodes.h5:all -o x.h5:all
# explain gives values in the units of the row's own group, of whatever format the data is; unknown groups have none
good explain "$grouped" data/groups.h5:all --count 5 --csv
cp stdout explained.csv
is 'values that are not those of the file' "$(awk -F, -v OFS=, 'NR == FNR {if (FNR == 1) for (i = 1; i <= NF; i++) name[i] = $i; else for (i = 1; i <= NF; i++) seen[FNR - 2, name[i]] = $i; next}
    FNR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
    {d = $at["value"] - seen[$at["row"], $at["feature"]]; s = seen[$at["row"], $at["feature"]]; if (d * d > 1e-6 * (1 + s * s)) print}' groups.csv explained.csv)" ''
good explain "$grouped" groups.csv --count 5 --csv
cmp stdout explained.csv >message 2>&1 || fail 'a file is explained in another way than its import by group'
good explain "$grouped" units.csv --group unit --count 5 --csv
cmp stdout explained.csv >message 2>&1 || fail 'other explanations with --group'
good explain "$grouped" data/groups.h5:all --count 300 --csv
is 'groups that are explained' "$(sed 1d stdout | cut -d, -f1 | sort -u | wc -l)" "$(sed 1d groups.csv | wc -l)"
awk 'BEGIN {srand(5); print "a,b,machine"; for (m = 0; m < 3; m++) for (i = 0; i < 100; i++) printf "%.5f,%.5f,m%d\n", 100 * m + (m + 1) * rand(), rand(), m}' >series.csv
good import series.csv --group machine -o data/series.h5:all
printf '%s\n' 'data: {train: series.h5:all, scale: {method: standard, by: group}, window: {length: 4}}' 'model: {code: 2}' \
    'train: {epochs: 1, shards: 4}' >series.yaml
good run series.yaml --quiet -n 1 -t 1
good explain results/series data/series.h5:all --count 300 --csv
cp stdout explained.csv
is 'values of windows in the units of another group' \
    "$(awk -F, 'NR > 1 && $4 == "a" {g = int($1 / 100); if ($7 < 100 * g - 0.01 || $7 > 101 * g + 1.01) print}' explained.csv)" ''
good explain results/series series.csv --count 300 --csv
cmp stdout explained.csv >message 2>&1 || fail 'windows of a file are explained in another way than those of its import by group'
bad 3 'data.scale: found by: group, but the rows of train have no groups; hint: hourglass import --group' \
    check groups.yaml --set data.train=skewed.h5:all --set data.test=skewed.h5:all
bad 2 "data.scale.by: found 'machine', allowed: one of none, group" check groups.yaml --set data.scale.by=machine
bad 2 'data.scale: found by: group without a method' check groups.yaml --set data.scale.method=none

# --- a column of categories is several features, which one rule scales
awk 'BEGIN {srand(3); print "proto,bytes"; split("tcp udp icmp", p, " "); for (i = 0; i < 90; i++) printf "%s,%d\n", p[1 + i % 3], exp(10 * rand())}' >text.csv
good import text.csv --one-hot auto -o data/text.h5:all
printf '%s\n' 'name: text' 'data: {train: "text.h5:all", scale: {method: robust, columns: {proto: none, "proto=udp": min_max, bytes: log1p}}}' \
    'model: {code: 1}' 'train: {epochs: 1}' >text.yaml
good run text.yaml --quiet -t 1 --results r1
"$PYTHON" - "$(trial r1/text)" <<'END' >python.out 2>&1 || { cat python.out; fail 'rules of categories'; }
import sys, h5py
s = h5py.File(sys.argv[1])["model/scaling"]
assert list(s["shift"][:3]) == [0, 0, 0] and list(s["factor"][:3]) == [1, 1, 1], s["shift"][()]
assert list(s["log1p"]) == [0, 0, 0, 1]
END
good score r1/text text.csv -o text-scores.csv
bad 3 "no column 'protoo' in text.h5:all; did you mean 'proto'" check text.yaml --set 'data.scale={columns: {protoo: none}}'

# --- bytes whose scaling is more than a shift and a factor: score converts them, as training does
{ printf '\0\0\x08\x02\0\0\0\x40\0\0\0\x04'; seq 1 400 | tr -d '\n' | head -c 256; } >bytes.idx
good import bytes.idx -o data/bytes.h5:test
for scale in unit standard log1p '{method: standard, clip: 1}'; do
    printf '%s\n' 'name: bytes' "data: {train: 'bytes.h5:test', test: 'bytes.h5:test', scale: $scale}" \
        'model: {encoder: [{dense: 2}], decoder: [{dense: 4}]}' 'train: {epochs: 1}' >bytes.yaml
    good run bytes.yaml --quiet -n 1 -t 1
    good score results/bytes data/bytes.h5:test -o bytes.h5 --force
    "$h5same" "$(trial results/bytes)" bytes.h5 >comparison 2>&1
    says comparison '^same +scores/test/error'
    rm -r results/bytes
done

verdict
