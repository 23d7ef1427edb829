#!/bin/bash
# top --threshold: another threshold of a finished trial, without training; and what run and top print of test sets
# without labels.
source "$(dirname "$0")/../lib.sh"

"$PYTHON" -c 'import h5py' 2>message || skip "no h5py"
tiny_data
cut -d, -f1-6 tiny.csv >plain.csv
good import plain.csv -o data/plain.h5:all
cat >labels.yaml <<'SPEC'
data: {train: "tiny.h5:all", test: "tiny.h5:all", normal: [0], scale: min_max}
model: {encoder: [{dense: 2}], decoder: [{dense: 6}]}
train: {epochs: 3, learning_rate: 0.01, batch_size: 30, shards: 2}
score: {quantile: 0.9}
SPEC
sed 's/tiny.h5/plain.h5/g; s/ normal: .0.,//' labels.yaml >plain.yaml

# --- with labels: the same as an experiment with that rule, whose trial is trained again
good run labels.yaml -n 1 -t 1
for rule in mad=1 quantile=0.99 mean_std=2 share=0.25 pot=0.01 conformal=0.3 best_f1 0.05; do
    good top results/labels --threshold $rule
    grep -A12 'called anomalous:' stdout >found
    good run labels.yaml -n 1 -t 1 --results other --set score.quantile=0.99 --set score.threshold=${rule%=0.99}
    good top other/labels
    grep -A12 'called anomalous:' stdout >expected
    cmp found expected >message 2>&1 || fail "$rule of top, and of an experiment"
    rm -rf other
done
is 'trials after top' "$(find results/labels/trials -name '*.h5' | wc -l)" 1
good top results/labels/run.h5 --threshold mad=1
good top "$(trial results/labels)" --threshold mad=1

# --- without labels: how many are above, and which, the worst first
good run plain.yaml -n 1 -t 1
says stdout '^set test: 30 of 300 samples \(10 %\) have an error above the threshold [0-9.]+$'
says stdout '^above the threshold +[0-9.]+ '
says stdout '^and 10 more above the threshold: --list 0 shows all$'
good top results/plain --list 0
is 'samples that are listed' "$(awk '/^Samples of/ {on = 1} /^set test/ {on = 0} on' stdout | grep -cE '(^above the threshold|^ ) +[0-9.]+ +[0-9]+ ')" 30
awk '/^Samples of/ {on = 1} /^set test/ {on = 0} on' stdout | grep -oE '(^above the threshold|^ ) +[0-9][0-9.e-]*' | grep -oE '[0-9][0-9.e-]*$' >errors
sort -gr -s errors | diff - errors || fail 'the samples are not sorted by error'
good top results/plain --threshold share=0.02
says stdout '^set test: 6 of 300 samples \(2 %\) have an error above the threshold '
good top results/plain --threshold 1000
says stdout '^set test: 0 of 300 samples \(0 %\)'
says stdout '^most anomalous '
good top results/plain --threshold best_f1
says stdout '^set test: no threshold is known'

# --- calibration rows
good import plain.csv -o data/calibration.h5:some
good top results/plain --threshold quantile=0.9 --calibrate data/calibration.h5:some
says stdout '^set test: 30 of 300 samples'

# --- identity of rows
awk -F, -v OFS=, 'NR == 1 {print "serial", $0; next} {print "machine-" NR, $0}' plain.csv >named.csv
good import named.csv --id serial -o data/named.h5:all
sed 's/test: "plain.h5:all"/test: "named.h5:all"/' plain.yaml >named.yaml
good run named.yaml -n 1 -t 1
says stdout '^above the threshold +[0-9.]+ +[0-9]+ +machine-[0-9]+ '

# --- bad options
bad 2 "--threshold: found 'iqr', allowed: quantile=0.99, share=0.01, mad=3.5" top results/plain --threshold iqr
bad 2 '--calibrate: found without --threshold' top results/plain --calibrate data/calibration.h5:some
bad 3 "no split 'none'" top results/plain --threshold mad --calibrate data/calibration.h5:none
good score results/plain plain.csv -o scores.csv
bad 2 'found with a file of scores' top scores.csv --threshold mad
sed 's/, test: "plain.h5:all"//' plain.yaml >untested.yaml
good run untested.yaml -n 1 -t 1 --quiet
bad 2 '--threshold: trial [0-9a-f]+ has no test set' top results/untested --threshold mad

verdict
