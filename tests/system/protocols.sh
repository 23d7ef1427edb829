#!/bin/bash
# Results of different split protocols must not be compared: run, top, compare, merge and report warn if they meet.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

tiny_csv 300 >tiny.csv
good import tiny.csv --label kind -o d.h5:all
cat >net.yaml <<'SPEC'
data: {train: d.h5:all, normal: [0], split: {protocol: half_shuffled}, scale: standard}
model: {code: 2}
train: {epochs: 1}
sweep: {over: {train.seed: [1, 2], data.split.seed: [1, 2]}}
SPEC
in_order='data.split={protocol: half_in_order}'
warned() { says message "warning: $1: its trials have different protocols of data.split \($2\)"; }
quiet() { ! grep -q 'different protocols' message || fail "$1 warns of one protocol"; }

# --- one protocol: no warning, and a column of the leaderboard
good run net.yaml --results shuffled -n 1 -t 1
quiet run
good top shuffled/net --csv
quiet top
is 'protocol' "$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "protocol") c = i; next} {print $c}' stdout | sort -u)" half_shuffled
good compare shuffled/net
quiet compare
good run net.yaml --results order --set "$in_order" --set 'sweep.over={train.seed: [1, 2]}' -n 1 -t 1
quiet run
good run net.yaml --results share --set 'data.split={test: 0.3}' -n 1 -t 1
quiet run
good top share/net --csv
! head -1 stdout | grep -q protocol || fail 'a column without values'

# --- comparisons, and a merged file
good compare shuffled/net order/net
warned 'the comparison' 'half_shuffled, half_in_order'
good compare shuffled/net share/net/run.h5 --mean-over train.seed
warned 'the comparison' 'half_shuffled, other splits'
good merge shuffled/net order/net -o both.h5
warned 'the merged file' '.*half_in_order.*'
for option in --csv --json ''; do
    good top both.h5 --count 0 $option
    warned both.h5 '.*half_shuffled.*'
done
good compare both.h5
warned both.h5 '.*half_shuffled.*'
good report both.h5 -o page.html
warned both.h5 '.*half_shuffled.*'
good top both.h5 --where 'protocol = half_in_order'
quiet 'top --where'
good merge shuffled/net shuffled/net/run.h5 -o one.h5
quiet merge

# --- one sweep over both
good run net.yaml --results sweep --set 'sweep.over={data.split.protocol: [half_in_order, half_shuffled]}' -n 1 -t 1
warned sweep/net '.*half_shuffled.*'

verdict
