#!/bin/bash
# Choosing a trial without labels: consensus and stability order the leaderboard, from files and journals; searches that learn
# refuse them; a warning says what the lowest loss is worth.
source "$(dirname "$0")/../lib.sh"

tiny_data
sweep='{repeats: 3, objective: consensus, over: {code: [1, 2, 3]}}'
experiment() { # NAME SWEEP
    tiny_spec | sed "s/^name: tiny/name: $1/"
    printf 'sweep: %s\n' "$2"
}
experiment plain '{repeats: 3, over: {code: [1, 2, 3]}}' >plain.yaml
experiment agreed "$sweep" >agreed.yaml
experiment stable "${sweep/consensus/stability}" >stable.yaml
# column NAME: that column of the CSV in stdout, without its header
column() {
    awk -F, -v name="$1" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == name) c = i; next} {print c ? $c : "none"}' stdout
}
descends() { is "order of $1" "$(column "$1" | xargs)" "$(column "$1" | sort -gr | xargs)"; }

# --- the leaderboard of a sweep
good run agreed.yaml -n 1 -t 1
says stdout '  consensus  stability  '
good top results/agreed --csv --count 0
descends consensus
cp stdout agreed.csv
agreed=$(column consensus | xargs)
is 'a number for each trial' "$(column consensus | grep -c '^-*[01]\.*[0-9]*$')" 9
good top results/agreed --json
says stdout '"consensus": -*[01]\.[0-9]+,$'

# --- a sweep that did not ask gets the same numbers from top
good run plain.yaml --quiet -n 1 -t 1
good top results/plain --csv --count 0
is 'not asked for' "$(column consensus | sort -u)" none
good top results/plain --sort -consensus --csv --count 0
is 'consensus of a run' "$(column consensus | xargs)" "$agreed"
best=$(column trial | head -1)
good top results/plain --sort -consensus
says stdout "^Samples of trial ${best:0:8}:"
good top results/plain --where 'consensus > 2' --csv
is 'rows' "$(wc -l <stdout)" 1

# --- members of an ensemble that were chosen by agreement were not chosen by labels
mv data hidden # without data, no model is too bad to be a member
good ensemble results/agreed --top 2 -o two.h5
is 'warnings of labels' "$(grep -c 'chosen by the labels' message)" 0
good ensemble results/plain --top 2 -o two.h5 --force
is 'warnings of labels' "$(grep -c 'chosen by the labels' message)" 1
mv hidden data

# --- the seeds of a configuration: the mean over its trials is its stability, and orders configurations
good run stable.yaml -n 1 -t 1
says stdout '^Configurations, '
good top results/stable --csv --count 0
descends stability

# --- files, journals, a portable file and more ranks: the same numbers
values() { awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) {if ($i == "consensus") c = i; if ($i == "stability") s = i; if ($i == "code") k = i}; next} {print $k, $c, $s}' "$1"; }
values agreed.csv >agreed.values
for how in '--trials journal -n 1' '--trials journal -n 2' '--trials files -n 2'; do
    # shellcheck disable=SC2086
    good run agreed.yaml --quiet --results other $how -t 1
    good top other/agreed --csv --count 0
    values stdout >other.values
    is "with $how" "$(cat other.values)" "$(cat agreed.values)"
    cp other/agreed/run.h5 portable.h5
    good top portable.h5 --csv --count 0
    values stdout >other.values
    is "portable, $how" "$(cat other.values)" "$(cat agreed.values)"
    rm -r other
done
good run plain.yaml --quiet --results other --trials journal -n 1 -t 1
rm other/plain/run.h5
good top other/plain --sort -consensus --csv --count 0
values stdout >other.values
is 'journals without run.h5' "$(cat other.values)" "$(cat agreed.values)"
cp results/plain/run.h5 portable.h5
good top portable.h5 --sort -consensus --csv --count 0
values stdout >other.values
is 'portable, asked later' "$(cat other.values)" "$(cat agreed.values)"

# --- run.h5 that is older than a trial: all numbers are computed again
cp -r results/agreed/trials kept
mapfile -t ids < <(cut -d, -f1 agreed.csv | tail -n +2)
rm -f results/agreed/trials/"${ids[0]}".h5
good collect results/agreed
cp kept/"${ids[0]}".h5 results/agreed/trials/
touch results/agreed/trials/"${ids[0]}".h5
good top results/agreed --csv --count 0
values stdout >other.values
is 'with a trial that run.h5 lacks' "$(cat other.values)" "$(cat agreed.values)"

# --- a warning if only the loss decides, at the end of run and in top, but not for a trial or an order that is named
lossy() { grep -c 'warning: without labels, the best trial is the one with the lowest training loss: .*hint: hourglass ensemble' message; }
experiment lossy '{over: {code: [1, 2]}}' | grep -v '  normal:' >lossy.yaml
good run lossy.yaml -n 1 -t 1
is 'warnings of run' "$(lossy)" 1
good top results/lossy
is 'warnings of top' "$(lossy)" 1
good top results/lossy --sort -consensus
is 'warnings of another order' "$(lossy)" 0
good score results/lossy data/tiny.h5:all -o lossy.csv
is 'warnings of score' "$(lossy)" 1
good score "results/lossy:$(basename "$(ls results/lossy/trials/*.h5 | head -1)" .h5)" data/tiny.h5:all -o named.csv
is 'warnings of score with a named trial' "$(lossy)" 0
good top results/plain
is 'warnings with labels' "$(grep -c 'without labels' message)" 0

# --- refused where it cannot be known, or where there is nothing to compare
for method in 'method: tpe, trials: 4' 'method: halving, trials: 4' 'method: hyperband'; do
    experiment learns "{$method, objective: consensus, over: {code: {integer: [1, 4]}}}" >learns.yaml
    bad 2 "learns.yaml:[0-9]+:[0-9]+: sweep.objective: found 'consensus' with method .*, allowed: with grid, random, sobol" \
        check learns.yaml
done
experiment single '{objective: stability, over: {code: [1, 2]}}' >single.yaml
bad 2 "sweep.objective: found 'stability' without repeats.*hint: repeats: 3" check single.yaml
experiment named '{objective: consensus, test_set: test, over: {code: [1, 2]}}' >named.yaml
bad 2 'sweep.test_set: the objective is no metric of a test set' check named.yaml
experiment untested "$sweep" | grep -v '  split:' >untested.yaml
bad 2 'sweep.objective: no test set has samples' check untested.yaml

verdict
