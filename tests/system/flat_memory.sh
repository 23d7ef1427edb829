#!/bin/bash
# The memory of a rank does not grow with the number of trials that it has trained: flat_memory.sh [TRIALS], by default 5000.
source "$(dirname "$0")/../lib.sh"
trials=${1:-5000}

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

count=$((count + 1))
"$hourglass" run tiny.yaml -n 2 -t 1 --quiet >stdout 2>message &
running=$!
early=() late=()
while kill -0 $running 2>/dev/null; do
    done_before=$(finished)
    read -ra now < <(kilobytes | xargs)
    if [ "${#now[@]}" = 2 ] && [ "$done_before" -ge $((trials / 10)) ]; then
        [ "${#early[@]}" = 2 ] || early=("${now[@]}") early_trials=$done_before
        late=("${now[@]}") late_trials=$done_before
    fi
    sleep 0.1
done
wait $running
is 'exit code of the run' $? 0
[ $((${late_trials:-0} - ${early_trials:-0})) -ge $((trials / 4)) ] || skip 'the run was too quick to be measured twice'
echo "after $early_trials and $late_trials trials"
for rank in 0 1; do
    said="rank $rank: ${early[rank]:-0} kB, then ${late[rank]:-0} kB"
    echo "$said"
    [ "${late[rank]:-0}" -le $((${early[rank]:-0} + 2048)) ] || fail "$said"
done
verdict
