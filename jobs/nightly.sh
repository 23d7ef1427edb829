#!/bin/bash
# Scores the new data of a day with a trained model, for cron, which mails what a command prints. Prints nothing if all
# is as in training. Otherwise prints the limits that are passed and the worst rows.
#
#   bash jobs/nightly.sh MODEL FOLDER [score options]
#   30 3 * * *  cd ~/hourglass && bash jobs/nightly.sh results/machine /data/log --id serial
#
# Each FOLDER/*.csv that has no FOLDER/scores/NAME.scores.csv is scored into that file; the columns are those of
# `hourglass score`. NIGHTLY_ALERT holds the limits; default: default. Exit code: 0; 10 a limit is passed; that of
# `hourglass score` if a file cannot be scored, which the next night tries again. $HOURGLASS is the program; default:
# the one that slurm/program.sh finds.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -uo pipefail
[ $# -ge 2 ] || { echo "nightly: found $# arguments, allowed: MODEL FOLDER [score options]" >&2; exit 2; }
model=$1 folder=$2
shift 2
[ -d "$folder" ] || { echo "nightly: $folder: no folder" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
hourglass=${HOURGLASS:-}
if [ -z "$hourglass" ]; then
    # shellcheck source=slurm/program.sh
    . "$root/slurm/program.sh"
    hourglass=$(find_program "$root") || exit
fi
mkdir -p "$folder/scores" || exit 74
exec 9>"$folder/scores/.nightly.lock"
flock -n 9 || exit 0 # last night's is still at work

worst=0
messages=$(mktemp) || exit 74
trap 'rm -f "$messages"' EXIT
for file in "$folder"/*.csv; do
    [ -e "$file" ] || continue
    scores=$folder/scores/$(basename "$file" .csv).scores.csv
    [ ! -e "$scores" ] || continue
    "$hourglass" score "$model" "$file" -o "$scores" --alert "${NIGHTLY_ALERT:-default}" "$@" >"$messages" 2>&1
    code=$?
    [ $code != 0 ] || continue
    echo "$file: exit code $code"
    cat "$messages"
    if [ $code = 10 ]; then
        echo "The worst rows, of $scores:"
        awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "error") at = i; next} $at != "" {print $at "\t" $0}' "$scores" |
            sort -t "$(printf '\t')" -k 1,1gr | head -5 | cut -f 2-
    fi
    [ $worst != 0 ] && [ $code = 10 ] || worst=$code
done
exit $worst
