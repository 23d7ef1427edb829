#!/bin/bash
# Runs side by side: what is in which column and row, means over seeds, drift of equal trials, the front.
source "$(dirname "$0")/../lib.sh"

# cell COLUMN ROW: of the CSV in stdout, of the line that begins with ROW
cell() {
    awk -F, -v wanted="$1" -v row="$2," '
        NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
        index($0, row) == 1 {print $at[wanted]}' stdout
}

tiny_data
tiny_spec >tiny.yaml
printf 'sweep: {over: {code: [2, 3], train.seed: [1, 2, 3]}}\n' >>tiny.yaml
HOURGLASS_SITE=near good run tiny.yaml --results near --quiet -n 1 -t 1
HOURGLASS_SITE=far good run tiny.yaml --results far --quiet -n 1 -t 2

# --- two clusters with the same bits
good compare near/tiny far/tiny
says stdout '^  code +near +far$'
says stdout '^  2 +0\.[0-9]{4} \[0\.[0-9]{4}, [01]\.[0-9]{4}\]'
says stdout '^Trials of one spec on two sides: 6; with the same bits: 6'
grep -q 'train.seed' stdout && fail 'seeds are a row of their own'
good compare near/tiny far/tiny/run.h5 --csv
is 'lines of the comparison' "$(wc -l <stdout)" 5
is 'trials of a cell' "$(cell trials 2,near)" 3
is 'cores far' "$(cell cores 3,far)" 2
is 'efficiency near' "$(cell efficiency 3,near)" 1
is 'ROC AUC on both sides' "$(cell roc_auc 2,near)" "$(cell roc_auc 2,far)"
mean=$(cell roc_auc 2,near) least=$(cell roc_auc_low 2,near) most=$(cell roc_auc_high 2,near)
good top near/tiny --where code=2 --csv
awk -F, -v mean="$mean" -v least="$least" -v most="$most" '
    NR == 1 {for (i = 1; i <= NF; i++) if ($i == "roc_auc") c = i; next}
    {s += $c; low = NR == 2 || $c < low ? $c : low; high = NR == 2 || $c > high ? $c : high}
    END {d = s / 3 - mean; exit !(NR == 4 && d * d < 1e-24 && low == least && high == most)}' stdout ||
    fail "mean $mean, least $least, most $most are not those of the leaderboard"
good compare near/tiny far/tiny --csv --drift
is 'lines of drift' "$(wc -l <stdout)" 7
is 'pairs with the same bits' "$(cut -d, -f4 stdout | grep -c 1)" 6
is 'largest differences' "$(cut -d, -f5 stdout | sort -u | xargs)" '0 largest_difference'
is 'rank correlations' "$(cut -d, -f6 stdout | sort -u | xargs)" '1 rank_correlation'
good compare near/tiny far/tiny --json
says stdout '^  "cells": \[$'
says stdout '^      "same_bits": true,$'
is 'marks of the front' "$(($(grep -c '"front": true' stdout) >= 1))" 1

# --- a merged file: a column for each cluster; two runs of one cluster: by their paths
HOURGLASS_SITE=far good run tiny.yaml --results other --quiet --set train.epochs=4 --set name=longer
good merge near/tiny other/longer -o both.h5
good compare both.h5 --csv
is 'lines of a merged file' "$(wc -l <stdout)" 5
is 'columns of a merged file' "$(head -1 stdout | cut -d, -f1-3)" 'experiment,code,on'
is 'epochs of an experiment' "$(cell trials longer,2,far)" 3
good compare far/tiny other/longer
says stdout ' far/tiny +other/longer'

# --- other bits
if HOURGLASS_KERNELS=plain HOURGLASS_SITE=plain go run tiny.yaml --results plain --quiet; then
    good compare near/tiny plain/tiny --csv --drift
    if grep -q ',0,' <(cut -d, -f3-5 stdout); then
        awk -F, 'NR > 1 && $4 == 0 && !($5 > 0 && $5 < 1e-3 && $6 > 0.99) {bad = 1} END {exit bad}' stdout ||
            fail 'bits differ, but not a little'
        good merge near/tiny plain/tiny -o apart.h5
        good compare apart.h5
        says stdout '^Trials of one spec on two sides: 6; with the same bits: [0-5]$'
        says stdout '^  [0-9a-f]{8} +(near|plain) +(near|plain) +[0-9.e-]+ +[01]\.[0-9]{6} +[+-]'
    fi
fi

# --- what is refused
bad 2 'compare: found 0 arguments' compare
bad 2 'nowhere: no run: No such file' compare near/tiny nowhere
bad 2 '--csv: found with --json' compare near/tiny --csv --json
bad 2 '--drift: found without --csv' compare near/tiny --drift
mkdir -p none/trials
bad 2 'none of the runs has a finished trial' compare none
verdict
