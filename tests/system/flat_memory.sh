#!/bin/bash
# The memory of a rank does not grow with the number of trials that it has trained: flat_memory.sh [TRIALS], by default 1500.
source "$(dirname "$0")/../lib.sh"
trials=${1:-1500}

tiny_data
tiny_spec | sed 's/epochs: 3/epochs: 1/; $a\  baseline: pca' >tiny.yaml
cat >>tiny.yaml <<-SWEEP
	sweep:
	  method: random
	  trials: $trials
	  over: {train.learning_rate: {log_uniform: [1e-4, 1e-1]}, code: {integer: [1, 5]}}
SWEEP

finished() { cat results/tiny/state/rank-0-* 2>/dev/null | awk '$1 == "trials:" {n += $2} END {print n + 0}'; }
# kilobytes: what each rank has in memory, one number per rank
kilobytes() { cat results/tiny/state/rank-0-* 2>/dev/null | awk '$1 == "pid:" {print $2}' | while read -r pid; do awk '/^VmRSS/ {print $2}' "/proc/$pid/status"; done; }
# wait_for COUNT: until so many trials are finished, or the run has ended
wait_for() {
    while [ "$(finished)" -lt "$1" ] && kill -0 $running 2>/dev/null; do sleep 0.2; done
}

count=$((count + 1))
"$hourglass" run tiny.yaml -n 2 -t 1 --quiet >stdout 2>message &
running=$!
wait_for $((trials / 5))
read -ra early < <(kilobytes | xargs)
wait_for $((trials * 9 / 10))
read -ra late < <(kilobytes | xargs)
wait $running
is 'exit code of the run' $? 0
is 'ranks that were measured' "${#early[@]} ${#late[@]}" '2 2'
for rank in 0 1; do
    said="rank $rank: ${early[rank]:-0} kB, then ${late[rank]:-0} kB"
    echo "$said"
    [ "${late[rank]:-0}" -le $((${early[rank]:-0} + 2048)) ] || fail "$said"
done
verdict
