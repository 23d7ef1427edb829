#!/bin/bash
# Why rows are anomalous: features by share, values in original units, categories, percentiles, pictures.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1
model=$(trial results/tiny)
good score "$model" tiny.csv -o scores.csv -t 1
good top scores.csv --list 3 --csv
cp stdout worst.csv

# --- top names features of the most anomalous samples
good top results/tiny
says stdout '^most anomalous .*  [a-f] [0-9]+ %(, [a-f] [0-9]+ %)*$'
says stdout '^least anomalous .* [0-9]$'

# --- the rows that top lists, with the same features
good explain "$model" tiny.csv --count 3 --csv
cp stdout explained.csv
is 'columns' "$(head -1 stdout)" 'row,error,threshold,feature,share,value,expected,percentile'
is 'lines' "$(wc -l <stdout)" 19 # three rows of six features
is 'rows' "$(sed 1d explained.csv | cut -d, -f1 | uniq | xargs)" "$(sed 1d worst.csv | cut -d, -f1 | xargs)"
is 'first features' "$(awk -F, 'NR % 6 == 2 {print $4}' explained.csv | xargs)" "$(sed 1d worst.csv | cut -d, -f5 | xargs)"
is 'shares' "$(sed 1d explained.csv | awk -F, '{sum[$1] += $5} END {for (k in sum) printf "%.4f ", sum[k]}')" '1.0000 1.0000 1.0000 '
row=$(sed -n 2p worst.csv | cut -d, -f1)
is 'values seen' "$(sed -n 2,7p explained.csv | sort -t, -k4,4 | awk -F, '{printf "%.5f,", $6}')" \
    "$(sed -n "$((row + 2))p" tiny.csv | cut -d, -f1-6),"
sed -n 2,7p explained.csv | awk -F, '$8 == "" || $8 < 0 || $8 > 100' >odd
is 'percentiles that are none' "$(cat odd)" ''

# --- tables, JSON, one row, more features than are listed
good explain "$model" tiny.csv
is 'headings' "$(grep -cE '^row [0-9]+: error [0-9.]+, above the threshold 0\.[0-9]+$' stdout)" 5
says stdout '^[a-f] +[0-9]+ % +[0-9.e-]+ +[0-9.e-]+ +[0-9.]+$'
good explain "$model" tiny.csv --features 2 --count 1
is 'listed' "$(grep -c ' %' stdout)" 2
good explain "$model" tiny.csv --row "$row" --csv
cmp <(head -7 explained.csv) stdout >message 2>&1 || fail 'a row by its number'
good explain "$model" tiny.csv --row 3
says stdout '^row 3: error 0\.[0-9]+, not above the threshold'
good explain "$model" data/tiny.h5:all --count 3 --csv
cmp explained.csv stdout >message 2>&1 || fail 'a data set is explained in another way than its CSV'
for how in '2 1' '1 2'; do
    read -r ranks threads <<<"$how"
    good explain "$model" - --count 3 --csv -n "$ranks" -t "$threads" <tiny.csv
    cmp explained.csv stdout >comparison 2>&1 || fail "explained on $ranks x $threads"
done
good explain "$model" tiny.csv --count 2 --json
if [ -n "${PYTHON:-}" ]; then
    "$PYTHON" -c 'import json, csv
rows = json.load(open("stdout"))
print(len(rows), [f["name"] for f in rows[0]["features"]] == [r["feature"] for r in csv.DictReader(open("explained.csv"))][:6],
      sorted(rows[0]["features"][0]))' >list 2>message
    is 'JSON' "$(cat list)" "2 True ['expected', 'name', 'percentile', 'share', 'value']"
fi

# --- ids, and rows with gaps
awk -F, -v OFS=, '{print (NR == 1 ? "serial" : "s" NR), $0}' tiny.csv | sed '4s/,[^,]*/,NA/2' >ids.csv
good explain "$model" ids.csv --id-column serial --id s30
says stdout '^s30, row 28: error'
good explain "$model" ids.csv --id-column serial --id s4
says stdout '^s4, row 2: no error, because a value is missing or infinite'
bad 2 "ids.csv: --id: found no row 's999' among 300" explain "$model" ids.csv --id-column serial --id s999
bad 2 'ids.csv: --id: the rows have no ids; hint: --id-column' explain "$model" ids.csv --id s4
bad 2 'tiny.csv: --row: found 300, allowed: 0 to 299' explain "$model" tiny.csv --row 300
bad 2 'id: found with --row' explain "$model" ids.csv --id s4 --row 2
bad 2 "picture: found 'x.gif', allowed: FILE.png" explain "$model" tiny.csv --picture x.gif
bad 2 'csv: found with --json' explain "$model" tiny.csv --csv --json
good explain "$model" tiny.csv --picture curves.png
says stdout '^Picture +curves.png$'
is 'a picture' "$(head -c 4 curves.png | tail -c 3)" PNG
[ ! -e explain.png ] || fail 'a table is drawn without a wish'

# --- categories: one feature, with names; unknown ones are reported
awk 'BEGIN {srand(3); print "proto,bytes,flag"; for (i = 0; i < 400; i++) {p = i % 3; print (p == 0 ? "tcp" : p == 1 ? "udp" : "icmp") "," 100 * p + 10 * rand() "," (p ? "yes" : "no")}}' >net.csv
good import net.csv --one-hot auto -o data/net.h5:all
cat >net.yaml <<'SPEC'
data: {train: net.h5:all, scale: min_max}
model: {encoder: [{dense: 4, activation: tanh}], decoder: [{dense: 5, activation: sigmoid}]}
train: {loss: mse, epochs: 60, batch_size: 32, learning_rate: 0.01}
SPEC
good run net.yaml --quiet -n 1 -t 1
{ sed -n 1,7p net.csv && echo 'tcp,205,no' && echo 'sctp,105,yes' && echo 'udp,104,NA'; } >new.csv
good score results/net new.csv -o net.scores.csv
says message "warning: new.csv:9: column 'proto': found 'sctp', a category that the model does not know; rows with unknown categories: 1 in 'proto' \(0 in all features\)"
says message '1 of 9 rows have missing or infinite values'
says message 'new.csv: 1 row has unknown categories \(column unknown\), [01] not above the threshold; hint: --unknown anomalous'
is 'columns of a model of categories' "$(head -1 net.scores.csv)" row,error,threshold,anomalous,feature_1,share_1,feature_2,share_2,feature_3,share_3,unknown
says net.scores.csv '^7,[0-9.e-]+,[0-9.e-]+,[01],.*,1$'
says net.scores.csv '^8,,[0-9.e-]+,,flag,,,,,,0$'
is 'rows without unknown categories' "$(grep -c ',0$' net.scores.csv)" 8
# a data set holds features in place of categories: nothing is looked up, so nothing is reported
good score results/net data/net.h5:all -o split.scores.csv
is 'columns of a data set' "$(head -1 split.scores.csv)" row,error,threshold,anomalous,feature_1,share_1,feature_2,share_2,feature_3,share_3
good score results/net data/net.h5:all -o split.scores.jsonl
if grep -q unknown split.scores.jsonl; then fail 'unknown categories of a data set'; fi
bad 10 'alert: share of the rows above the threshold or with unknown categories: found 0' \
    score results/net new.csv -o refused.jsonl --unknown anomalous --alert share=0.05
says refused.jsonl '"row":7,.*"anomalous":true,.*"unknown":1}'
says message 'unknown categories .*; they count as anomalous'
# --- top lists rows that are anomalous for their unknown categories, even if the error is small or missing
{ cat new.csv && echo 'sctp,NA,yes'; } >refused.csv
for name in csv jsonl; do
    good score results/net refused.csv -o "low.$name" --unknown anomalous --threshold 1e9
    is "marked rows of $name" "$(grep -cE '^(7|9),.*,1000000000,1,|"row":(7|9),.*"anomalous":true' "low.$name")" 2
    good top "low.$name"
    says stdout "^low.$name: 10 rows, 0 above the threshold 1e\\+09, 2 more marked anomalous, 2 without an error$"
    good top "low.$name" --csv
    is "listed rows of $name" "$(sed 1d stdout | cut -d, -f1 | tr '\n' ' ')" '7 9 '
    cp stdout low-list.csv
    good top low-list.csv --csv
    cmp stdout low-list.csv >message 2>&1 || fail "a list of the list of $name"
    good top "low.$name" --list 1 --json
    says stdout '"row": 7,'
    says stdout '"anomalous": true,'
    good top "low.$name" --list 1
    says stdout '^and 1 more: '
    good top "low.$name" --above 1e8 --csv
    is "above a number in $name" "$(wc -l <stdout)" 1
done
sed '2s/,0,/,maybe,/' low.csv >maybe.csv
bad 3 "maybe.csv:2: anomalous: found 'maybe', allowed: 1 or 0, true or false, or nothing" top maybe.csv
good score results/net new.csv -o net.scores.h5
"$PYTHON" - <<'CODE' || fail 'the array unknown'
import sys
try:
    import h5py
except ImportError:
    sys.exit(0)
with h5py.File('net.scores.h5') as f:
    assert f['scores/new/unknown'][()].tolist() == [0] * 7 + [1, 0], f['scores/new/unknown'][()]
CODE
bad 3 "new.csv:9: column 'proto': found 'sctp', allowed: a category that the model knows; hint: --unknown report" score results/net new.csv -o none.csv --unknown error
bad 2 '^hourglass: --unknown: found anomalous with FILE.h5' score results/net new.csv -o none.h5 --unknown anomalous
good score results/net data/net.h5:all -o all.csv
good score results/net net.csv -o again.csv
sed -i 's/,[a-z0-9]*$//' again.csv # unknown, which only the file has
cmp all.csv again.csv >message 2>&1 || fail 'categories of a CSV file and of its import have other scores'
good explain results/net new.csv --row 6 --csv
says stdout '^6,[0-9.e-]+,[0-9.e-]+,bytes,[0-9.e-]+,205,[0-9.e-]+,[0-9.e-]+$'
says stdout '^6,[0-9.e-]+,[0-9.e-]+,proto,[0-9.e-]+,tcp,(tcp|udp|icmp),[0-9.e-]+$'
is 'lines of columns' "$(wc -l <stdout)" 4
good explain results/net new.csv --row 7 --csv
says stdout '^7,[0-9.e-]+,[0-9.e-]+,proto,[0-9.e-]+,\(unknown\),(tcp|udp|icmp),[0-9.e-]+$'

# --- a column of text: the percentile and the share are those of its summed squared error
# compare_columns NAME: compares what explain says of every training row with what the saved feature errors say, then
# the same of a file of an earlier version, in which only features have quantiles.
compare_columns() {
    local name=$1 file
    file=$(trial "results/$name")
    good score "$file" data/net.h5:all -o "$name.h5" --save feature_error -t 1
    good explain "$file" data/net.h5:all --count 1000 --csv
    cp stdout columns.csv
    cp "$file" earlier.h5
    "$PYTHON" -c 'import h5py
with h5py.File("earlier.h5", "a") as f:
    del f["reference/column_error"], f["reference/column"]' 2>message || fail 'column_error'
    good explain earlier.h5 data/net.h5:all --count 1000 --csv
    cp stdout features.csv
    "$PYTHON" columns.py "$name.h5" "$file" columns.csv features.csv >list 2>message
    is "columns of $name" "$(cat list)" 'True True True True True'
}
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import h5py' 2>/dev/null; then
    cat >columns.py <<'PY'
import csv, sys
import h5py, numpy as np

scores, trial, *lists = sys.argv[1:]
d = h5py.File(scores)["scores/all/feature_error"][...].astype("f8")
level = h5py.File(trial)["reference/level"][...]
d = d.reshape(len(d), -1, 5)  # row, time step, feature
features = {"proto": [0, 1, 2], "bytes": [3], "flag": [4]}
sums = {k: d[:, :, v].sum(2) for k, v in features.items()}


def percentile(values, x):
    return 100 * np.interp(x, np.quantile(values, level), level)


def read(path, usual, percentile_of):
    """The largest differences of shares and percentiles."""
    least = 1e-3 * sum(usual.values()) / len(usual)
    weighted = {k: sums[k].sum(1) / max(usual[k], least) for k in features}
    share = percent = 0
    lines = list(csv.DictReader(open(path)))
    for line in lines:
        row, k, step = int(line["row"]), line["feature"], int(line.get("time_step", 0))
        share = max(share, abs(float(line["share"]) - weighted[k][row] / sum(w[row] for w in weighted.values())))
        percent = max(percent, abs(float(line["percentile"]) - percentile_of(k, row, step)))
    return len(lines) == 3 * len(d), share, percent


def of_column(k, row, step):
    return percentile(sums[k], sums[k][row, step])


def of_feature(k, row, step):
    f = max(features[k], key=lambda f: d[row, step, f])
    return percentile(d[:, :, f], d[row, step, f])


by_column = {k: np.quantile(sums[k], 0.99) for k in features}
by_feature = {k: sum(np.quantile(d[:, :, f], 0.99) for f in v) for k, v in features.items()}
has_all, share, percent = read(lists[0], by_column, of_column)
_, earlier_share, earlier_percent = read(lists[1], by_feature, of_feature)
_, other_share, other_percent = read(lists[1], by_column, of_column)
print(has_all, share < 1e-3 and percent < 0.1, earlier_share < 1e-3 and earlier_percent < 0.1, other_share > 0.01, other_percent > 5)
print(share, percent, earlier_share, earlier_percent, other_share, other_percent, file=sys.stderr)
PY
    compare_columns net
    sed 's/{dense: 5,/{dense: 15,/; s/scale/window: {length: 3}, scale/' net.yaml >steps.yaml
    good run steps.yaml --quiet -n 1 -t 1
    compare_columns steps
fi

# --- pictures: a heat map
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import PIL' 2>/dev/null; then
    mkdir photos
    "$PYTHON" -c 'from PIL import Image
for i in range(20):
    Image.new("L", (4, 4), 10 * i).save(f"photos/p{i:02}.png")'
    good import photos -o data/pictures.h5:all
    cat >pictures.yaml <<'SPEC'
data: {train: pictures.h5:all, scale: unit}
model: {encoder: [{dense: 3, activation: relu}], decoder: [{dense: 16, activation: sigmoid}]}
train: {loss: mse, epochs: 1}
SPEC
    good run pictures.yaml --quiet -n 1 -t 1
    good explain results/pictures photos --count 4
    says stdout '^Picture +explain.png$'
    is 'a heat map' "$(head -c 4 explain.png | tail -c 3)" PNG
fi

verdict
