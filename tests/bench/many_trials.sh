#!/bin/bash
# A sweep of many small trials: the whole run, the number of files, run.h5, the leaderboard with and without it, and status.
# First with journals, as a large sweep is kept by default; then with a file per trial.
#
#   bash tests/bench/many_trials.sh [COUNT [FILES]]      with nothing else running; needs python3-h5py, time
#
# Trials are trained for one epoch, on two ranks. COUNT is 10,000 unless given; FILES, the number of trials that become files,
# is COUNT unless given.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
source "$(dirname "$0")/../lib.sh"
many=${1:-10000} many_files=${2:-${1:-10000}}
tiny_data

# timed WHAT COMMAND...
timed() {
    local what=$1
    shift
    /usr/bin/time -o used -f "%e s, %U + %S s of CPU (user + system), %M kB at its peak" "$@" >stdout 2>message ||
        { cat message; exit 1; }
    printf '%-20s %s\n' "$what" "$(cat used)"
}
# measure PLACE COUNT: a sweep with --trials PLACE
measure() {
    local folder=results/$1
    tiny_spec | sed "s/^name: tiny/name: $1/; s/  save:.*/  save: []/; s/epochs: 3/epochs: 1/" >"$1.yaml"
    printf '%s\n' 'sweep:' '  method: random' "  trials: $2" '  over: {train.learning_rate: {log_uniform: [1e-4, 1e-1]}}' >>"$1.yaml"
    echo "== $2 trials, --trials $1"
    timed 'run on two ranks' "$hourglass" run "$1.yaml" -n 2 -t 1 --quiet --trials "$1"
    printf '%-20s %d\n' 'files in the folder' "$(find "$folder" -type f | wc -l)"
    timed 'collect' "$hourglass" collect "$folder"
    printf '%-20s %s\n' 'size of run.h5' "$(du -h --apparent-size "$folder/run.h5" | cut -f1)"
    timed 'top' "$hourglass" top "$folder" --csv
    timed 'top of run.h5' "$hourglass" top "$folder/run.h5" --csv
    timed 'h5py: leaderboard' "$PYTHON" -c 'import h5py, sys
with h5py.File(sys.argv[1]) as f:
    print(f["leaderboard/roc_auc"][...].max(), len(f["leaderboard/trial"].asstr()[...]), f["errors/test/error"].shape)' "$folder/run.h5"
    timed 'score, best trial' "$hourglass" score "$folder/run.h5" data/tiny.h5:all -o scores.csv --force
    timed 'status' "$hourglass" status "$folder"
    rm "$folder/run.h5"
    timed 'top without run.h5' "$hourglass" top "$folder" --csv
}
measure journal "$many"
measure files "$many_files"
