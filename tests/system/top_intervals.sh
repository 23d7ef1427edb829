#!/bin/bash
# top --intervals: 95 % intervals of the metrics of a trial, by DeLong's method and by resampling; also below the report.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

tiny_csv 300 >tiny.csv
good import tiny.csv --label kind -o d.h5:all
cut -d, -f1-6 tiny.csv >plain.csv
good import plain.csv -o plain.h5:all
cat >net.yaml <<'SPEC'
data: {train: d.h5:all, normal: [0], split: {protocol: half_shuffled}, scale: standard}
model: {code: 2}
train: {epochs: 3}
sweep: {over: {train.seed: [1, 2]}}
SPEC
good run net.yaml --results . -n 1 -t 1
says stdout '^ +average precision +[01]\.[0-9]{4} +[01]\.[0-9]{4} to [01]\.[0-9]{4}$'
says stdout '^ +F1 at the threshold +[01]\.[0-9]{4} +[01]\.[0-9]{4} to [01]\.[0-9]{4}$'

# --- CSV: a row per metric; the values are those of the leaderboard, and in the interval
good top net --intervals --csv
cp stdout intervals.csv
is 'header' "$(head -1 stdout)" 'test_set,metric,value,low,high,method,resamples'
is 'metrics' "$(tail -n +2 stdout | cut -d, -f2 | xargs)" 'roc_auc average_precision f1 best_f1'
is 'methods' "$(tail -n +2 stdout | cut -d, -f6,7 | xargs)" 'delong,0 bootstrap,1000 bootstrap,1000 bootstrap,1000'
awk -F, 'NR > 1 && !($4 <= $3 && $3 <= $5 && $4 < $5) {exit 1}' stdout || fail 'a value is not in its interval'
value() { awk -F, -v metric="$1" '$2 == metric {print $3}' intervals.csv; }
good top net --csv
for metric in roc_auc average_precision f1 best_f1; do
    is "$metric" "$(awk -F, -v m="$metric" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == m) c = i; next} NR == 2 {print $c}' stdout)" "$(value "$metric")"
done

# --- the same numbers again, as JSON, from run.h5, and of a trial that is named
good top net/run.h5 --intervals --json
is 'values in JSON' "$(grep -c '"low": 0' stdout)" 4
says stdout "\"high\": $(awk -F, 'NR == 3 {print $5}' intervals.csv)"
good top net --csv
best=$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "trial") c = i; next} NR == 2 {print $c}' stdout)
good top "net:$best" --intervals --csv
cmp stdout intervals.csv || fail 'RUN:ID prints other intervals'
good top net --trial ensemble --intervals
says stdout '^ +average precision '

# --- another threshold changes the interval of F1 only
good top net --threshold quantile=0.5 --intervals --csv
is 'other rows' "$(grep -v ',f1,' stdout)" "$(grep -v ',f1,' intervals.csv)"
[ "$(grep ',f1,' stdout)" != "$(grep ',f1,' intervals.csv)" ] || fail 'F1 is the same at another threshold'

# --- no labels, no such set, a file of scores
printf 'data: {train: plain.h5:all, test: plain.h5:all}\nmodel: {code: 2}\ntrain: {epochs: 1}\n' >plain.yaml
good run plain.yaml --results . -n 1 -t 1
! grep -q '95 % interval' stdout || fail 'intervals without labels'
bad 2 '^hourglass: --intervals: trial [0-9a-f]{8} has no test set with labels$' top plain --intervals
bad 2 "^hourglass: --test-set: the trial has no test set 'other'$" top net --intervals --test-set other
bad 2 '^hourglass: --intervals: test set test has no labels$' top plain --intervals --test-set test
good score net d.h5:all -o scores.csv
bad 2 '^hourglass: scores.csv: --where, .* and --intervals: found with a file of scores, allowed: with a run$' \
    top scores.csv --intervals

verdict
