#!/bin/bash
# What a sweep costs besides training: TRIALS tiny trials (cardio, one epoch) on two ranks of a thread each, as one process from start to
# leaderboard. Must be: 1000 trials in 4 s on two cores, 10,000 in 40 s, and at most 4 ms of CPU per trial. With PEERS, the same sweep as a
# loop of Optuna and PyTorch, in memory and with SQLite, and the ratios: at least 15 and 40.
#
#   [PEERS=PYTHON] bash tests/bench/sweep.sh [TRIALS] [ROUNDS]      with nothing else running; needs time
#   PEERS: a Python that has torch and optuna, for instance of a virtual environment outside of the repository
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
    "$hourglass" top results/tiny --csv --count 0 | awk -F, -v trials="$trials" -v wall=$((ended - began)) -v user="$user" -v kernel="$system" '
        NR == 1 {for (i = 1; i <= NF; i++) if ($i == "seconds") at = i; next}
        {training += $at}
        END { # some trials can have equal settings
            if (NR - 1 < 0.99 * trials) {print "found " NR - 1 " trials"; exit 1}
            printf "%d trials in %.2f s on 2 ranks (CPU: %.2f + %.2f s, user + system): %.2f ms of CPU a trial, with %.2f ms of training\n",
                trials, wall / 1e9, user, kernel, 1e3 * (user + kernel) / trials, 1e3 * training / trials
        }'
    echo $((ended - began)) >>walls
done
if [ -n "${PEERS:-}" ]; then
    ours=$(sort -n walls | head -1)
    for storage in memory sqlite; do # one process uses one core: two of them are twice as fast at best
        theirs=$("$PEERS" "$root/tests/bench/sweep_peers.py" "$data/ctg/CTG_clean.csv" $storage 200)
        awk -v ours="$ours" -v trials="$trials" -v theirs="$theirs" -v storage=$storage 'BEGIN {
            each = 1e-6 * ours / trials
            printf "Optuna and PyTorch, trials in %s: %.1f ms a trial on one core, %.1f times as long as ours on two (%.2f ms)\n",
                storage, theirs, theirs / each, each
        }'
    done
fi
