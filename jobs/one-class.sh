#!/bin/bash
#SBATCH --job-name=one-class
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=5
#SBATCH --cpus-per-task=1
#SBATCH --time=02:00:00
#SBATCH --signal=B:USR1@180
#SBATCH --output=results/%x-%j.log
# Runs an experiment with each of the ten classes as the normal one, and prints the ROC AUC of each ensemble and their mean.
#
#   bash jobs/one-class.sh mnist|fashion [OPTION of hourglass run]...
#
# The results are results/mnist-one-class-0 and so on. Started again, it continues where it stopped.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -uo pipefail
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
case ${1:-} in
mnist | fashion) name=$1-one-class ;;
*) echo "one-class: found '${1:-}', allowed: mnist or fashion" >&2; exit 2 ;;
esac
shift

for class in 0 1 2 3 4 5 6 7 8 9; do
    bash "jobs/$name.sh" --set "class=[$class]" --set "name=$name-$class" "$@" || exit
done

# shellcheck source=slurm/program.sh
. slurm/program.sh
hourglass=$(find_program .)
for class in 0 1 2 3 4 5 6 7 8 9; do
    "$hourglass" top "results/$name-$class:ensemble" --csv >"results/$name-$class/ensemble.csv" || exit
    awk -F, -v class=$class '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == "roc_auc") column = i }
        END { print class, $column }' "results/$name-$class/ensemble.csv"
done | awk '
    BEGIN { print "\nclass  ROC AUC of the ensemble" }
    { printf "%5s  %.4f\n", $1, $2; sum += $2 }
    END { printf " mean  %.4f\n", sum / NR }'
