#!/bin/bash
# score_series.sh: windows over CSV files as they are: the same bytes as over the imported data set, whatever the gaps in time,
# the step between windows, the size of pieces and the number of ranks.
source "$(dirname "$0")/../lib.sh"

# sums FILE GROUP: the checksum of every array of the scores, and the attributes of the group and of its steps
sums() {
    "$PYTHON" - "$@" <<'END'
import h5py, sys
with h5py.File(sys.argv[1]) as f:
    group = f["scores"][sys.argv[2]]
    group.visititems(lambda name, o: print(name, o.attrs["xxh3"]) if isinstance(o, h5py.Dataset) else None)
    for g in group, group["steps"]:
        print([(k, v) for k, v in sorted(g.attrs.items()) if k != "sources"])
END
}
if "$PYTHON" -c 'import h5py' 2>message; then has_h5py=yes; else has_h5py= && echo 'no h5py: arrays are not compared'; fi

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
    good score results/step$step gaps.h5:all -o stored.h5 --force --save code --save reconstruction
    for ranks in 1 4; do
        go_ranks $ranks score results/step$step gaps.csv -o file.h5 --force --save code --save reconstruction ||
            fail "score into HDF5 on $ranks ranks"
        [ ! "$has_h5py" ] || is "step $step, $ranks ranks: arrays" "$(sums file.h5 new)" "$(sums stored.h5 all)"
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

# time steps in no window are named, and --alert sees them
good score results/step1 gaps.csv -o alone.csv
steps=$(($(wc -l <alone.csv) - 1))
unscored=$(awk -F, '$3 == "" {n++} END {print n}' alone.csv)
says stdout "^$unscored of $steps time steps have no error, because no window of 50 time steps covers them$"
good score results/step1 gaps.csv short.csv -o beside.csv
says stdout "^$((unscored + 29)) of $((steps + 29)) time steps have no error"
says message 'warning: short.csv: none of its 29 time steps has an error: they hold no window of 50 steps without a gap'
good score results/step1 short.csv gaps.csv -o beside.csv --force
says message 'warning: short.csv: none of its 29 time steps has an error'
go score results/step1 gaps.h5:all -o stored.h5 --force
says stdout "^$unscored of $steps time steps have no error"
limit=$(awk -v n="$unscored" -v all="$steps" 'BEGIN {print n / all - 1e-4}')
bad 10 'alert: share of the time steps without an error: found' score results/step1 gaps.csv -o beside.csv --force \
    --alert "unscored=$limit"
good score results/step1 gaps.csv -o beside.csv --force --alert "unscored=$(awk -v x="$limit" 'BEGIN {print x + 2e-4}')"

# windows are not called rows, and the share is that of time steps
awk -F, 'NR == 102 {$2 = ""} {print}' OFS=, machine.csv >holed.csv
good score results/step1 holed.csv -o holed.out.csv
says message 'holed.csv: 50 of 2951 windows have missing or infinite values, which the model cannot take: their error is NaN; 1 time step has such values, the first in row 100$'
good score results/step1 machine.csv holed.csv -o both.out.csv
says message 'the first in row 100 of holed.csv$'
good import holed.csv --like machine.h5:all -o holed.h5:all
good score results/step1 holed.h5:all -o holed.out.h5
says message '50 of 2951 windows have .* NaN; the first window begins at time step 51$'
awk -F, 'NR > 2500 {$2 *= 9} {print}' OFS=, machine.csv >loud.csv
good score results/step1 loud.csv -o loud.out.csv
share=$(awk -F, 'NR > 1 && $3 != "" {all++; n += $5} END {print n / all}' loud.out.csv)
percent=$(awk -v s="$share" 'BEGIN {printf "%.3g", 100 * s}')
says stdout "^above the threshold: $percent % of the time steps, and [0-9.]+ % of the training time steps$"
bad 10 'alert: share of the time steps above their threshold: found' score results/step1 loud.csv -o loud.out.csv --force \
    --alert "share=$(awk -v s="$share" 'BEGIN {print s - 1e-3}')"
good score results/step1 loud.csv -o loud.out.csv --force --alert "share=$(awk -v s="$share" 'BEGIN {print s + 1e-3}')"

# no window crosses a border of groups
awk -F, 'NR == 1 {print $0 ",pump"} NR > 1 {print $0 "," (NR < 1500 ? "east" : "west")}' machine.csv >pumps.csv
good import pumps.csv --time time --group pump -o pumps.h5:all
sed 's/machine.h5/pumps.h5/' machine.yaml >pumps.yaml
good run pumps.yaml -n 1 --quiet --set data.window.length=50 --set train.epochs=1 --set 'sweep.over.train.seed=[1]' \
    --set name=pumps
good score results/pumps pumps.h5:all -o stored.csv --force
good score results/pumps pumps.csv -o file.csv --force
cmp -s stored.csv file.csv || fail 'groups: other scores than of the data set'
! grep -q 'ignored column' stdout message || fail 'the column of the groups is ignored'
for ranks in 2 3; do
    go_ranks "$ranks" score results/pumps pumps.csv -o ranks.csv --force || fail "groups: score on $ranks ranks"
    cmp -s stored.csv ranks.csv || fail "groups: other scores on $ranks ranks"
done
cp pumps.csv again.csv
good score results/pumps pumps.csv again.csv -o twice.csv # each file has its own groups
{ head -1 pumps.csv; tail -n +2 pumps.csv | sort -t, -k1.15,1.16 -s; } | awk -F, 'NR > 1 {$4 = NR % 2 ? "east" : "west"} {print}' OFS=, >mixed.csv
bad 3 "mixed.csv: row 2: group 'west' \(column 'pump'\) comes back after another group, .* sort the rows by 'pump'" \
    score results/pumps mixed.csv -o x.csv
[ ! -e x.csv ] || fail 'scores of mixed groups'
good score results/step1 pumps.csv -o plain.csv # a model without groups
says stdout "ignored column 'pump'"
verdict
