#!/bin/bash
#SBATCH --job-name=adbench
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --time=04:00:00
#SBATCH --output=results/%x-%j.log
# Runs one untuned experiment, experiments/adbench.yaml, on every table of a folder under two protocols, and prints how well
# the ensemble and nearest neighbours detect the anomalies, next to the published detectors.
#
#   bash jobs/adbench.sh FOLDER... [--protocol half_in_order|half_shuffled] [--seeds N] [--published DIR]
#                        [-- OPTION of hourglass run...]
#
# FOLDER holds tables such as 6_cardio.npz, with arrays X and y, as in ADBench; an anomaly has y = 1. Each is imported to
# experiments/data/adbench-NAME.h5, unless it is there. Of a table with more than 50,000 rows, evenly spaced ones are used.
# half_shuffled is run with the seeds 1 to N, 5 by default. DIR holds tables of published results, whose detectors are
# listed for the tables that they cover; default: tables/ in $HOURGLASS_DATA, or in ../shared/data next to the repository.
# Results are in results/adbench/. The same command resumes a run that was stopped.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
root=$(cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" && pwd)
# shellcheck source=slurm/program.sh
. "$root/slurm/program.sh"
cd "$root"
hourglass=$(find_program .)
experiment=experiments/adbench.yaml results=results/adbench
most_rows=50000 # as in most published results
steps=4000      # of training, for tables of any size
batch=128       # as in experiments/adbench.yaml

die() {
    echo "adbench: $*" >&2
    exit 2
}

folders=() protocols=(half_in_order half_shuffled) seeds=5 options=()
published=${HOURGLASS_DATA:-../shared/data}/tables
while [ $# -gt 0 ]; do
    case $1 in
    --) options=("${@:2}") && break ;;
    --protocol | --seeds | --published) [ $# -ge 2 ] || die "$1: a value is missing" ;;&
    --protocol) protocols=("$2") && shift ;;
    --seeds) seeds=$2 && shift ;;
    --published) published=$2 && shift ;;
    -*) die "$1: no such option; see bash jobs/adbench.sh --help" ;;
    *) folders+=("$1") ;;
    esac
    shift
done
[ ${#folders[@]} -gt 0 ] || die 'which folder? See bash jobs/adbench.sh --help'
[[ $seeds =~ ^[1-9][0-9]?$ ]] || die "--seeds $seeds: allowed: 1 to 99"
case ${protocols[0]} in
half_in_order | half_shuffled) ;;
*) die "--protocol ${protocols[0]}: allowed: half_in_order, half_shuffled" ;;
esac
command -v "$hourglass" >/dev/null || die "no program $hourglass: build it first (cmake --preset release && cmake --build build)"

files=()
for folder in "${folders[@]}"; do
    [ -d "$folder" ] || die "$folder: no such folder"
    for file in "$folder"/*.npz; do
        [ ! -e "$file" ] || files+=("$file")
    done
done
[ ${#files[@]} -gt 0 ] || die "${folders[*]}: no file NAME.npz"
mkdir -p experiments/data "$results"

# import_table FILE NAME: makes experiments/data/NAME.h5
import_table() {
    [ -e "experiments/data/$2.h5" ] || "$hourglass" import "$1" -o "experiments/data/$2.h5:all" >&2
}

# choose_rows NAME: prints the source of a table, or every n-th row of it, so that at most $most_rows rows are left
choose_rows() {
    local rows
    rows=$("$hourglass" info "experiments/data/$1.h5" | sed -nE 's/^ *sample +i8 +\(([0-9]+)\).*/\1/p')
    if [ "$rows" -le "$most_rows" ]; then
        echo "$1.h5:all"
    else
        echo "{from: $1.h5:all, rows: '::$(((rows + most_rows - 1) / most_rows))'}"
    fi
}

# choose_epochs OPTION...: prints the epochs that make $steps steps, but at least 20 and at most 200
choose_epochs() {
    local rows epochs
    rows=$("$hourglass" check "$experiment" "$@" | sed -nE 's/^Labels +train: 0 \(([0-9]+)\).*/\1/p')
    epochs=$((steps * batch / rows))
    epochs=$((epochs > 200 ? 200 : epochs))
    echo $((epochs < 20 ? 20 : epochs))
}

# roc_auc [PATTERN]: the ROC AUC in percent of the first line of CSV that has the pattern
roc_auc() {
    awk -F, -v pattern="${1:-}" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == "roc_auc") column = i; next }
        $0 ~ pattern { printf "%.2f\n", 100 * $column; exit }'
}

# run_table NAME PROTOCOL SEED: trains, and adds a line to the measured figures
run_table() {
    local name=$1-$2-$3 choice=(--set "protocol=$2" --set "split_seed=$3") start=$SECONDS
    choice+=(--set "data.train=$(choose_rows "$1")" --set "name=$name")
    choice+=(--set "epochs=$(choose_epochs "${choice[@]}")")
    "$hourglass" run "$experiment" --results "$results" --quiet "${choice[@]}" ${options[@]+"${options[@]}"} >"$results/$name.log" ||
        { local code=$? && echo "adbench: $name ended with exit code $code; see $results/$name.log" >&2 && exit $code; }
    echo "$2 ${1#adbench-} $3 $("$hourglass" top "$results/$name:ensemble" --csv | roc_auc)" \
        "$("$hourglass" top "$results/$name" --count 0 --csv | roc_auc ',robust,.*near,') $((SECONDS - start))" >>"$measured"
}

# Prints a line per table, and the means. Seeds of a table become their mean and their standard deviation.
print_tables() {
    awk -v protocol="$1" '
        $1 != protocol { next }
        !($2 in n) { order[++tables] = $2 }
        { n[$2]++; x[$2] += $4; xx[$2] += $4 * $4; near[$2] += $5; seconds += $6 }
        END {
            printf "%-20s %9s %7s %11s %6s\n", protocol, "ensemble", "+-", "neighbours", "adds"
            for (i = 1; i <= tables; i++) {
                t = order[i]; m = x[t] / n[t]; v = n[t] > 1 ? (xx[t] - n[t] * m * m) / (n[t] - 1) : 0
                deviation = n[t] > 1 ? sprintf("%.2f", sqrt(v > 0 ? v : 0)) : "-"
                printf "%-20s %9.2f %7s %11.2f %+6.2f\n", t, m, deviation, near[t] / n[t], m - near[t] / n[t]
                all += m; all_near += near[t] / n[t]
            }
            printf "%-20s %9.2f %7s %11.2f %+6.2f   (%d tables, %d s)\n\n", "mean", all / tables, "", all_near / tables,
                (all - all_near) / tables, tables, seconds
        }' "$measured"
}

# print_published PROTOCOL FILE TITLE: the mean of each published detector over the tables that the file has, and of ours
print_published() {
    [ -r "$2" ] || { echo "no published results for $1: $2 does not exist"; echo; return; }
    awk -F, -v protocol="$1" -v title="$3" '
        FNR == NR { split($0, part, " "); if (part[1] == protocol) { k = tolower(part[2]); n[k]++; x[k] += part[4]; near[k] += part[5] } next }
        { sub(/\r$/, "") }
        /^#/ { next }
        !columns { columns = NF; for (i = 2; i <= NF; i++) name[i] = $i; next }
        tolower($1) in n { k = tolower($1); tables++; ours += x[k] / n[k]; our_near += near[k] / n[k]
            for (i = 2; i <= columns; i++) { sum[i] += $i; if ($i == "") missing[i]++ } }
        END {
            if (!tables) { print title " covers none of these tables"; exit }
            print title ", mean over " tables " tables:"
            sorted = "LC_ALL=C sort -k2,2 -nr"
            printf "  %-24s %6.2f\n", "ensemble (ours)", ours / tables | sorted
            printf "  %-24s %6.2f\n", "neighbours (ours)", our_near / tables | sorted
            for (i = 2; i <= columns; i++)
                if (!missing[i] && name[i] !~ /_std$/) printf "  %-24s %6.2f\n", name[i], sum[i] / tables | sorted
            close(sorted)
            print ""
        }' "$measured" "$2"
}

measured=$(mktemp "$results/.measured.XXXXXX")
trap 'rm -f "$measured"' EXIT
for file in "${files[@]}"; do
    name=$(basename "$file" .npz)
    name=adbench-${name#*_} # 25_musk.npz: adbench-musk.h5
    import_table "$file" "$name"
    for protocol in "${protocols[@]}"; do
        last=$seeds
        [ "$protocol" = half_shuffled ] || last=1
        for ((seed = 1; seed <= last; seed++)); do
            run_table "$name" "$protocol" "$seed"
        done
    done
done
for protocol in "${protocols[@]}"; do
    print_tables "$protocol"
    case $protocol in
    half_in_order) print_published "$protocol" "$published/DTE_aucroc_semi_mean.csv" 'published for DTE (Livernoche et al. 2023)' ;;
    half_shuffled) print_published "$protocol" "$published/DDAE_rerun_AdaDDAE_semi_shuffled_aucroc.csv" 'published reruns of DDAE' ;;
    esac
done
