#!/bin/bash
# new.sh: the experiment that `new` writes suits the data and runs as it is: tables with and without labels, with text, gaps
# and few rows; pictures; splits that exist. What exists already is not overwritten.
source "$(dirname "$0")/../lib.sh"
quick=(-n 1 -t 1 --quiet --set train.epochs=2 --set sweep.over.train.seed=1)

# runs NAME: the experiment is valid, and trains
runs() {
    good check "$1.yaml"
    good run "$1.yaml" "${quick[@]}"
}

# a table with labels
tiny_csv 400 >table.csv
good new table.csv --label kind
says stdout '^table.yaml: an experiment to start from. Next: hourglass run table.yaml$'
says table.yaml '^  train: table.h5:all$'
says table.yaml 'Labels \(kind\): 0 \(360\), 1 \(40\)\.$'
says table.yaml '^  normal: \[0\]$'
says table.yaml '^  split: \{test: 0.3'
says table.yaml '^  validation: 0.1'
runs table
"$hourglass" top results/table >board
says board 'ROC AUC'

# without labels, with text, missing values and a name that a folder should not have
awk 'BEGIN { print "size,color,weight"; for (i = 0; i < 90; i++) print i % 7 "," (i % 3 ? "red" : "light, blue") "," (i % 10 ? i : "") }' |
    sed 's/light, blue/"light, blue"/' >'my table.v2.csv'
good new 'my table.v2.csv'
says stdout '^  color: 0 for light, blue, 1 for red$'
says my_table.yaml '^  test: my_table.h5:all +# without labels'
says my_table.yaml '^  fill: median .*9 missing values'
! grep -q 'validation:' my_table.yaml || fail 'validation rows of 90'
runs my_table
says my_table.yaml '^name: my_table$'

# labels that are names which YAML would misread
awk 'BEGIN { print "a,b,class"; for (i = 0; i < 40; i++) print i % 5 "," i * i % 11 "," (i % 4 ? "yes: \"fine\", [ok]" : "no") }' |
    sed 's/yes: "fine", \[ok\]/"yes: ""fine"", [ok]"/' >quoted.csv
good new quoted.csv --label class
says quoted.yaml '^  normal: \["yes: \\"fine\\", \[ok\]"\]$'
runs quoted

# train and test splits; standard output
good import table.csv --label kind -o both.h5:train
good import table.csv --label kind -o both.h5:test
good new both.h5:train -o -
says stdout '^  test: both.h5:test$'
! grep -q 'split:' stdout || fail 'a split next to a test set'
[ ! -e both.yaml ] || fail 'a file next to standard output'

# a series: a row per minute, with a gap, and an hour that comes twice
awk 'BEGIN { print "time,load,heat"; for (i = 0; i < 1500; i++) { t = 1700000000 + 60 * i + (i > 700 ? 86400 : 0) - (i > 1200 ? 600 : 0)
    print t "," sin(i / 8) "," cos(i / 8) } }' >series.csv
good new series.csv --time time
says series.yaml '^  window: \{length: 35, step: 1, max_gap: 300s\}'
runs series

# short series: the windows fit into the parts for validation; interleaved ones are no series
steps() { awk -v name="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) print 1700000000 + 60 * i "," name "," sin(i / 5) }'; }
{ echo time,machine,load; steps M0 300; steps M1 300; steps M2 9; } >machines.csv
good new machines.csv --time time --group machine
says machines.yaml '^  window: \{length: 15, step: 1, max_gap: 300s\}'
runs machines
{ echo time,machine,load; { steps M0 300; steps M1 300; } | sort -t, -k1,1 -s; } >mixed.csv
good new mixed.csv --time time --group machine
says mixed.yaml '# For windows over the series of each group, sort the rows by group'
says message "warning: the rows of 2 series alternate, one for each group .'machine'.*hint: .* sort the rows by 'machine'"
says mixed.yaml '\(features \+ 1\) // 2'
sed 's/^model:/  window: {length: 8}\nmodel:/' mixed.yaml >cut.yaml
bad 3 'the rows of its groups alternate .*hint: sort the rows by group before the import' check cut.yaml
! grep -q 'window:' mixed.yaml || fail 'windows over interleaved groups'
runs mixed

# a log of events, whose times are irregular, in several files: no series
mkdir logs
for k in 1 2; do
    awk -v k=$k 'BEGIN { print "time,load"; for (i = 0; i < 300; i++) { t += 1 + (i * i * 37 % 101) ^ 2; print 1700000000 + t "," i % 9 } }' >logs/$k.csv
done
good new 'logs/*.csv' --time time
says logs.yaml '^name: logs$'
says logs.yaml '^  train: logs.h5:all$'
! grep -q 'window:' logs.yaml || fail 'windows over a log of events'
runs logs

# several series whose rows alternate, at the same time or one after the other
awk 'BEGIN { print "when,machine,state,v"; for (i = 0; i < 400; i++) for (m = 0; m < 3; m++)
    printf "2024-01-%02dT%02d:%02d:00,M%d,%s,%d\n", 1 + int(i / 240), int(i / 10) % 24, i % 10 * 6, m, (i * i + m) % 7 < 3 ? "on" : "off", (i + m) % 17 }' >together.csv
awk 'BEGIN { print "when,machine,state,v"; for (i = 0; i < 400; i++) for (m = 0; m < 3; m++)
    printf "2024-01-%02dT%02d:%02d:00,M%d,%s,%d\n", 1 + int(i / 240), int(i / 10) % 24, i % 10 * 6 + m, m, (i * i + m) % 7 < 3 ? "on" : "off", (i + m) % 17 }' >staggered.csv
for table in together staggered; do
    good new $table.csv --time when
    says message "warning: the rows of 3 series alternate, one for each value of column 'machine', .*; hint: .* --group machine$"
    says $table.yaml "# The rows of 3 series alternate: one for each value of the column 'machine'"
    ! grep -q 'window:' $table.yaml || fail "windows over rows of several machines: $table"
    runs $table
done
{ head -1 staggered.csv && sed 1d staggered.csv | sort -s -t, -k2,2; } >sorted.csv
good new sorted.csv --time when --group machine
says sorted.yaml '^  window: '
grep -q 'series alternate' message && fail 'a warning of sorted groups'
{ head -1 staggered.csv && grep ',M0,' staggered.csv; } | cut -d, -f1,3- >single.csv # whose column of text changes at random
good new single.csv --time when
grep -q 'series alternate' message && fail 'a warning of a single series'
says single.yaml '^  window: '

# pictures as numbers that are no bytes: their range decides
if [ -n "${PYTHON:-}" ]; then
    for top in 1 200; do
        "$PYTHON" - $top <<'CODE'
import array, sys
top = int(sys.argv[1])
values = array.array('f', (top * (i * 37 % 101) / 100 for i in range(40 * 16)))
head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (40, 4, 4), }"
head += b' ' * (128 - 10 - len(head) - 1) + b'\n'
open(f'range{top}.npy', 'wb').write(b'\x93NUMPY\1\0' + len(head).to_bytes(2, 'little') + head + values.tobytes())
CODE
        good new range$top.npy
    done
    says range1.yaml '^  scale: none .*from -1 to 1'
    says range200.yaml '^  scale: min_max'
fi

# pictures
if has_data images; then
    mkdir pictures
    cp "$HOURGLASS_DATA"/images/*.png pictures
    good new pictures --size 16x16 --grayscale
    says pictures.yaml '^  scale: unit'
    says pictures.yaml '^  loss: binary_crossentropy'
    runs pictures
fi

# what exists stays, and mistakes are those of import
cp table.yaml before.yaml
bad 2 'table.yaml exists; --force replaces it, --output names another file' new table.csv --label kind
cmp -s table.yaml before.yaml || fail 'the experiment was overwritten'
bad 2 'table.h5:all exists|--force' new table.csv --label kind -o other.yaml
[ ! -e other.yaml ] || fail 'an experiment of an import that failed'
good new table.csv --label kind -o other.yaml --data other.h5:all
says other.yaml '^  train: other.h5:all$'
bad 3 'no-such.csv' new no-such.csv
bad 3 'no-such.h5' new no-such.h5:all
bad 2 'column .*nothing.*|nothing' new table.csv --label nothing --force
printf 'a,b\n1,inf\n2,3\n' >infinite.csv
bad 3 'infinite' new infinite.csv
verdict
