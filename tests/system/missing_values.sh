#!/bin/bash
# Rows and values that reach the model: filling, filters, row numbers, joined sources, splits, normal labels, scaling,
# against values computed by hand. A model of zeros gives zeros back, so a feature's squared error is the square of what
# went in.
source "$(dirname "$0")/../lib.sh"
command -v h5dump >/dev/null || skip 'no h5dump: apt-get install hdf5-tools'

# values PATH: an array of the trial, on one line
values() {
    h5dump -y -w 0 -m %.6g -d "$1" "$file" 2>&1 | awk '/^ *DATA {/ {inside = 1; next} /^ *}/ && inside {exit} inside' |
        tr -d ' \n' | tr , ' '
}
# data LINES...: what stands in the section `data`, one argument a line; runs it, and `file` is the trial
data() {
    rm -rf results
    {
        printf 'name: rows\ndata:\n'
        printf '  %s\n' "$@"
        cat <<-SPEC
		model:
		  encoder: [{dense: 1, kernel_initializer: zeros}]
		  decoder: [{dense: $columns, kernel_initializer: zeros}]
		train: {epochs: 0}
		score: {save: [feature_error, reconstruction]}
		SPEC
    } >rows.yaml
    good run rows.yaml --quiet
    file=$(trial results/rows)
}
# expect PATH VALUES: an array of the trial
expect() { is "$1" "$(values "$1")" "$2"; }
# train_rows N: rows that are trained on, as `check` reports
train_rows() {
    good check rows.yaml
    is 'training rows' "$(awk 'NR == 3 {print $3}' stdout)" "$1"
}

mkdir data
columns=3
cat >gaps.csv <<'CSV'
a,b,c,kind
1,10,0,0
2,,0,0
2,30,5,0
,40,5,0
9,?,5,0
6,100,100,1
CSV
good import gaps.csv --label kind -o data/gaps.h5:all
says stdout ': 6 rows of 3 f8; kind: 0 \(5\), 1 \(1\); header: yes, found; 3 missing values'
printf 'a;b;c\n-1;-2;-3\n-1;-2;-999\n' >more.csv
good import more.csv --missing -999 -o data/gaps.h5:more
says stdout ': 2 rows of 3 f8; header: yes, found; 1 missing value;'

# --- filling: statistics of all rows, then of the normal ones alone
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: mean'
expect model/scaling/fill '4 45 19.1667'
expect scores/test/reconstruction '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0'
expect scores/test/feature_error '1 100 0 4 2025 0 4 900 25 16 1600 25 81 2025 25 36 10000 10000'
expect scores/test/error '33.6667 676.333 309.667 547 710.333 6678.67'
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: median'
expect model/scaling/fill '2 35 5'
expect scores/test/feature_error '1 100 0 4 1225 0 4 900 25 4 1600 25 81 1225 25 36 10000 10000'
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: mode'
expect model/scaling/fill '2 10 5'
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: mean' 'normal: [0]'
expect model/scaling/fill '3.5 26.6667 3'
expect scores/test/is_anomaly '0 0 0 0 0 1'
expect scores/test/label '0 0 0 0 0 1'
train_rows 5
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: median' 'normal: [0]'
expect model/scaling/fill '2 30 5'

# --- filters: a missing value passes != alone
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: mode' 'where: a > 1'
expect scores/test/index '1 2 4 5'
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: mode' 'where: b != 40'
expect scores/test/index '0 1 2 4 5'
data 'train: gaps.h5:all' 'test: {from: gaps.h5:all, where: c >= 5}' 'fill: mode' 'where: [a <= 6, "kind == 0"]'
expect scores/test/index 2
expect model/scaling/fill '2 10 0'
data 'train: gaps.h5:all' 'test: {from: gaps.h5:all, where: "c in [0, 100]"}' 'fill: mode'
expect scores/test/index '0 1 5'

# --- row numbers, in the order asked for
data 'train: gaps.h5:all' 'test: {from: gaps.h5:all, rows: [5, 0, -2]}' 'fill: mode'
expect scores/test/index '5 0 4'
data 'train: gaps.h5:all' 'test: {from: gaps.h5:all, rows: "1:5:2"}' 'fill: mode'
expect scores/test/index '1 3'
data 'train: gaps.h5:all' 'test: {from: gaps.h5:all, rows: "-2:"}' 'fill: mode'
expect scores/test/index '4 5'

# --- several sources, several test sets
data 'train: [gaps.h5:all, gaps.h5:more]' 'test:' '  joined: [{from: gaps.h5:all, rows: [1]}, {from: gaps.h5:more, anomaly: true}]' \
    '  other: gaps.h5:more' 'fill: mean'
expect model/scaling/fill '2.57143 29.3333 16'
expect scores/joined/index '1 0 1'
expect scores/joined/source '0 1 1'
expect scores/joined/is_anomaly '0 1 1'
expect scores/joined/feature_error '4 860.444 0 1 4 9 1 4 256'
expect scores/other/source '0 0'
good info "$file"
grep -q 'scores/joined/label' stdout && fail 'labels of a set of which not all sources have some'

# --- scaling by the training rows, which other rows may leave
data 'train: gaps.h5:all' 'test: gaps.h5:all' 'fill: mode' 'normal: [0]' 'scale: min_max'
expect model/scaling/shift '1 10 0'
expect model/scaling/factor '0.125 0.0333333 0.2'
expect scores/test/feature_error '0 0 0 0.015625 0 0 0.015625 0.444444 1 0.015625 1 1 1 0 1 0.390625 9 400'
printf 'a,b\n1,7\n3,7\n' >two.csv
printf 'a,b\n2,8\n5,7\n' >test.csv
good import two.csv -o data/two.h5:train
good import test.csv -o data/two.h5:test
columns=2
data 'train: two.h5:train' 'test: [two.h5:train, two.h5:test]' 'scale: standard' # mean 2, deviation 1; a constant column
expect model/scaling/shift '2 7'
expect scores/test/feature_error '1 0 1 0 0 1 9 0'
data 'train: two.h5:train' 'test: two.h5:test' 'scale: min_max'
expect scores/test/feature_error '0.25 1 4 0'
printf '\0\0\10\3\0\0\0\2\0\0\0\1\0\0\0\2\0\63\146\377' >bytes.idx # two images of 1 x 2 bytes: 0 51, 102 255
good import bytes.idx -o data/bytes.h5:all
data 'train: bytes.h5:all' 'test: bytes.h5:all' 'scale: unit'
expect scores/test/feature_error '0 0.04 0.16 1'

# --- a split keeps the proportion of labels; nothing is in two parts
{
    echo a,b,kind
    for i in $(seq 0 29); do echo "$i,$((i * i)),$((i % 3 == 0))"; done
} >thirty.csv
good import thirty.csv --label kind -o data/thirty.h5:all
data 'train: thirty.h5:all' 'split: {test: 0.3, seed: 1}'
train_rows 21
is 'labels of the test set' "$(values scores/test/label | tr ' ' '\n' | sort | uniq -c | awk '{print $1 "x" $2}' | paste -sd' ')" '6x0 3x1'
is 'rows of the test set' "$(values scores/test/index | tr ' ' '\n' | sort -u | wc -l)" 9
test_rows=$(values scores/test/index)
data 'train: thirty.h5:all' 'split: {test: 0.3, seed: 1}' 'scale: standard'
expect scores/test/index "$test_rows"
mean=$(for i in $(seq 0 29); do case " $test_rows " in *" $i "*) ;; *) echo "$i" ;; esac; done | awk '{s += $1} END {printf "%.6g", s / NR}')
is 'mean of the rows that are not in the test set' "$(values model/scaling/shift | cut -d' ' -f1)" "$mean"
data 'train: thirty.h5:all' 'split: {test: 0.3, seed: 2}'
[ "$(values scores/test/index)" != "$test_rows" ] || fail 'another seed splits alike'
data 'train: thirty.h5:all' 'split: {test: 0.3, seed: 1}' 'validation: 0.2'
train_rows 17
expect scores/test/index "$test_rows"
data 'train: thirty.h5:all' 'split: {test: 0.3, seed: 1}' 'normal: [1]' # 10 - 3 of label 1
train_rows 7
expect scores/test/index "$test_rows"
verdict
