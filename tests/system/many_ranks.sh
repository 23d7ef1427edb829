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

# a trial is in the journal of a rank
has_trial() { [ -n "$(find results/tiny/journal -name '*.hgj' -size +1k 2>/dev/null | head -1)" ]; }

count=$((count + 1))
began=$(date +%s%N)
"$PYTHON" - "$hourglass" run tiny.yaml -n "$ranks" -t 1 --quiet >stdout 2>message <<'PYTHON' &
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
with open("peak", "w") as f: # of the largest process
    f.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
PYTHON
running=$!
until has_trial || ! kill -0 $running 2>/dev/null; do sleep 0.05; done
first=$(($(date +%s%N) - began))
wait $running
is 'exit code of the run' $? 0
most=$(cat peak)
good status results/tiny
says stdout '^ +0 left$'
done_trials=$(awk '$1 ~ /^[0-9]+$/ && $2 == "done" {print $1}' stdout)
[ "${done_trials:-0}" -gt $((trials * 98 / 100)) ] || fail "$done_trials of $trials trials are finished" # a few are equal
awk -v ranks="$ranks" -v first="$first" -v all="$(($(date +%s%N) - began))" -v most="$most" 'BEGIN {
    printf "%d ranks: first trial after %.1f s, all after %.1f s, %d kB in the largest process\n", ranks, first / 1e9, all / 1e9, most
}'
[ "${most:-80000}" -lt 80000 ] || fail "the largest process has $most kB"
verdict
