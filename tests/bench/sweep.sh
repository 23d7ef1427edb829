#!/bin/bash
# What a sweep costs besides training: TRIALS tiny trials (cardio, one epoch) on two ranks of a thread each, as one process from start to
# leaderboard. Must be: 1000 trials in under 30 s on two cores, and until run.h5 is made less than 20 ms per trial and rank besides its
# training.
#
#   bash tests/bench/sweep.sh [TRIALS] [ROUNDS]      with nothing else running; needs time
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
hourglass=$(realpath "${HOURGLASS:-$root/build/hourglass}")
data=$(realpath "${HOURGLASS_DATA:-$root/../shared/data}")
trials=${1:-1000} rounds=${2:-3}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$out"
mkdir data
"$hourglass" import "$data/ctg/CTG_clean.csv" -o data/ctg.h5:all --label NSP --drop A,B,C,D,E,AD,DE,LD,FS,SUSP,CLASS >/dev/null 2>&1
sed 's/^name: .*/name: tiny/; s/epochs: 20/epochs: 1/' "$root/experiments/cardio.yaml" >tiny.yaml
cat >>tiny.yaml <<SWEEP
sweep:
  method: random
  trials: $trials
  over:
    train.learning_rate: {log_uniform: [1e-4, 1e-1]}
    model.encoder[0].dense: {integer: [2, 20]}
SWEEP
for ((round = 0; round < rounds; round++)); do
    rm -rf results
    began=$(date +%s%N)
    /usr/bin/time -o cpu -f '%U %S' "$hourglass" run tiny.yaml -n 2 -t 1 --quiet
    ended=$(date +%s%N)
    read -r user system <cpu
    read -r first last < <(stat -c %.Y results/tiny/trials/*.h5 | sort -g | sed -n '1p;$p' | xargs)
    "$hourglass" top results/tiny --csv --count 0 | awk -F, -v trials="$trials" -v wall=$((ended - began)) -v cpu="$user + $system" \
        -v first="$first" -v last="$last" '
        NR == 1 {for (i = 1; i <= NF; i++) if ($i == "seconds") at = i; next}
        {training += $at}
        END {
            if (NR - 1 != trials) {print "found " NR - 1 " trials"; exit 1}
            printf "%d trials in %.2f s on 2 ranks (CPU: %s s, user + system), from the first file to the last %.1f ms a trial and rank beside %.1f ms of training\n",
                trials, wall / 1e9, cpu, (2e3 * (last - first) - 1e3 * training) / trials, 1e3 * training / trials
        }'
done
