#!/bin/bash
# A job array splits a sweep's trials over four allocations that share one run folder: every trial once, with the bits of one
# run; a method that chooses by results refuses. By hand: parts side by side, and who may not share.
source "$(dirname "$0")/slurm.bash"
cluster_start
sweep_spec() { tiny_spec; echo 'sweep: {over: {code: [2, 3], train.seed: [1, 2, 3, 4, 5]}}'; }
sweep_spec | tiny_job 1 1
good run experiments/tiny.yaml -n 1 --quiet --results whole

# same_runs A B: the same trials, the same bits
same_runs() {
    local file
    is "trials of $2" "$(basename -a "$2"/trials/*.h5 | sort)" "$(basename -a "$1"/trials/*.h5 | sort)"
    for file in "$1"/trials/*.h5; do same "$file" "$2/trials/$(basename "$file")"; done
}

submit jobs/tiny.sh --array=0-3 --output=array-%a.log -- --results array || fail "submit --array"
job_wait "$job" COMPLETED 120
same_runs whole/tiny array/tiny
is "trials begun in all" "$(cat array-*.log | grep -c '^trial ')" 10
good top array/tiny --csv --count 100
is "rows of the leaderboard" "$(($(wc -l <stdout) - 1))" 10
good status array/tiny
says stdout "10 of 10|done"

# three parts by hand, at once
for part in 1 2 3; do "$hourglass" run experiments/tiny.yaml -n 1 --results parts --part $part/3 >"part-$part.log" 2>&1 & done
wait
same_runs whole/tiny parts/tiny
bad 2 "^hourglass: --part: found '4/3', allowed: K/N" run experiments/tiny.yaml --part 4/3
bad 2 "^hourglass: --fresh: not with --part" run experiments/tiny.yaml --part 1/3 --fresh
bad 2 "^hourglass: --part: this sweep's method" run experiments/tiny.yaml -n 1 --part 1/3 --results x \
    --set 'sweep={method: halving, trials: 4, over: {code: [2, 3, 4, 5]}}'

# a run of all trials and a part shut each other out
sed 's/epochs: 3/epochs: 2000000/' experiments/tiny.yaml >experiments/long.yaml
"$hourglass" run experiments/long.yaml -n 1 --results shared --part 1/2 >part.log 2>&1 &
part=$!
text_wait part.log 'trials* on 1 rank' 1
bad 69 "in use since" run experiments/long.yaml -n 1 --results shared
good status shared/tiny
says stdout running
kill -USR1 $part
wait $part
is "exit code of the part that was stopped" $? 75
verdict
