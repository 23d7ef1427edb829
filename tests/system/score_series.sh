#!/bin/bash
# score_series.sh: windows over CSV files as they are: the same bytes as over the imported data set, whatever the gaps in time,
# the step between windows, the size of pieces and the number of ranks.
source "$(dirname "$0")/../lib.sh"

# series FIRST LAST: a row per minute
series() {
    echo time,load,heat
    awk -v first="$1" -v last="$2" 'BEGIN { for (i = first; i <= last; i++) printf "2024-03-%02d %02d:%02d:00,%.6f,%.6f\n",
        1 + i / 1440, i / 60 % 24, i % 60, sin(i / 9) + i % 7 / 50, cos(i / 5) }'
}
series 0 2999 >machine.csv
good new machine.csv --time time
says machine.yaml 'max_gap: 300s'
# a long gap, a short one that is none, a part that is shorter than a window, time that goes back
{ series 0 299; series 320 900 | tail -n +2; series 904 920 | tail -n +2; series 1000 1030 | tail -n +2; series 1100 6000 | tail -n +2
    series 5000 5600 | tail -n +2; } >gaps.csv
good import gaps.csv --time time -o gaps.h5:all

for step in 1 7 200; do
    good run machine.yaml -n 1 --quiet --set data.window.step=$step --set data.window.length=50 --set train.epochs=1 \
        --set 'sweep.over.train.seed=[1]' --set name=step$step
    good score results/step$step gaps.h5:all -o stored.csv --force
    good score results/step$step gaps.csv -o file.csv --force
    cmp -s stored.csv file.csv || fail "step $step: other scores than of the data set"
    for ranks in 2 4; do
        go_ranks $ranks score results/step$step gaps.csv -o ranks.csv --force || fail "score on $ranks ranks"
        cmp -s stored.csv ranks.csv || fail "step $step: other scores on $ranks ranks"
    done
    "$hourglass" score results/step$step - -o piped.csv --force <gaps.csv >stdout 2>message || fail 'score of standard input'
    cmp -s stored.csv piped.csv || fail "step $step: other scores of standard input"
done
is 'time steps' "$(grep -c ^2024 stored.csv)" "$(grep -c ^2024 gaps.csv)"

# times that say nothing
sed 's/^2024-03-\(..\)/\1\/03\/2024/; 2,$s/^\(1[3-9]\|[2-9].\)/07/' gaps.csv | head -200 >slashed.csv
bad 3 'slashed.csv: row 0: time: found .01/03/2024 00:00:00., allowed: a time with one meaning' score results/step1 slashed.csv -o x.csv
cut -d, -f2,3 gaps.csv >timeless.csv
bad 3 'timeless.csv: .*no column of times: --time COLUMN names it' score results/step1 timeless.csv -o x.csv
head -30 gaps.csv >short.csv
go score results/step1 short.csv -o x.csv
is 'exit code of a file that is shorter than a window' $? 3
[ ! -e x.csv ] || fail 'scores of a file without windows'
verdict
