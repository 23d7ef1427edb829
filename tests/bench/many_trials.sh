#!/bin/bash
# A run of many trials: how long run.h5 takes to make and to open, and how long the leaderboard takes.
#
#   bash tests/bench/many_trials.sh [COUNT]      with nothing else running; needs python3-h5py, time
#
# The trial files are clones of one small trial (50 objects, 61 kB) with other ids; COUNT is 10,000 unless given.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
source "$(dirname "$0")/../lib.sh"
many=${1:-10000}
tiny_data
tiny_spec | sed 's/  save:.*/  save: []/' >tiny.yaml
printf 'sweep: {over: {code: [3]}}\n' >>tiny.yaml
good run tiny.yaml --quiet
"$(dirname "$hourglass")/tests/bench_clone_trials" "$(trial results/tiny)" many "$many"
# timed WHAT COMMAND...
timed() {
    local what=$1
    shift
    /usr/bin/time -f "$what: %e s, %M kB at its peak" "$@" >stdout
}
timed "collect $many trials" "$hourglass" collect many
du -h --apparent-size many/run.h5
timed 'top of the folder' "$hourglass" top many --csv
timed 'top of run.h5' "$hourglass" top many/run.h5 --csv
mv many/run.h5 away.h5
timed 'top without run.h5' "$hourglass" top many --csv
mv away.h5 many/run.h5
timed 'score with the best trial' "$hourglass" score many/run.h5 data/tiny.h5:all -o scores.h5
timed 'open in h5py, list, read the leaderboard' "${PYTHON:-/usr/bin/python3}" -c '
import h5py
with h5py.File("many/run.h5") as f:
    print(len(f["trials"]), f["leaderboard/roc_auc"][...].max(), len(f["leaderboard/trial"].asstr()[...]))'
