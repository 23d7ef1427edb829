#!/bin/bash
# 64 ranks on the cores of this machine share a sweep of small trials: none starves, and memory stays small.
# many_ranks.sh [TRIALS [RANKS]]
source "$(dirname "$0")/../lib.sh"
trials=${1:-400} ranks=${2:-64}

tiny_data
tiny_spec | sed 's/epochs: 3/epochs: 1/' >tiny.yaml
cat >>tiny.yaml <<-SWEEP
	sweep:
	  method: random
	  trials: $trials
	  over: {train.learning_rate: {log_uniform: [1e-4, 1e-1]}, code: {integer: [1, 5]}}
SWEEP

kilobytes() { # of the largest process of the run
    pgrep -P "$(pgrep -d, -P $running)" | while read -r pid; do awk '/^VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null; done | sort -n | tail -1
}
finished() { cat results/tiny/state/rank-0-* 2>/dev/null | awk '$1 == "trials:" {n += $2} END {print n + 0}'; }

count=$((count + 1))
began=$(date +%s%N)
"$hourglass" run tiny.yaml -n "$ranks" -t 1 --quiet >stdout 2>message &
running=$!
while [ "$(finished)" = 0 ] && kill -0 $running 2>/dev/null; do sleep 0.1; done
first=$(($(date +%s%N) - began))
while [ "$(finished)" -lt $((trials * 3 / 4)) ] && kill -0 $running 2>/dev/null; do sleep 0.2; done
most=$(kilobytes)
wait $running
is 'exit code of the run' $? 0
good status results/tiny
says stdout "^ +$trials done$"
awk -v ranks="$ranks" -v first="$first" -v all="$(($(date +%s%N) - began))" -v most="$most" 'BEGIN {
    printf "%d ranks: first trial after %.1f s, all after %.1f s, %d kB in the largest process\n", ranks, first / 1e9, all / 1e9, most
}'
[ "${most:-0}" -lt 80000 ] || fail "the largest process has $most kB"
verdict
