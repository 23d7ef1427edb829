#!/bin/bash
# submit.sh [OPTION]... JOB.sh|EXPERIMENT.yaml [sbatch option]... [-- OPTION of hourglass run]...
# Checks the experiment here on the login node, so that no allocation is spent on a typo, then submits the job and says how to
# watch it. An experiment without a job file gets slurm/job.sh, and the tasks, memory and time that the check proposes;
# sbatch options that you give replace them.
#
#   --dry-run    print the command, submit nothing
#   --chain N    submit N jobs, each after the previous one, for clusters that forbid requeueing
#   --site NAME  read slurm/site/NAME.sh instead of that of this cluster
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
usage="usage: slurm/submit.sh [--dry-run] [--chain N] [--site NAME] JOB.sh|EXPERIMENT.yaml [sbatch option]... [-- OPTION of hourglass run]..."
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=slurm/program.sh
. "$here/program.sh"

die() { echo "submit: $1" >&2; exit 2; }
trap 'echo "submit: line $LINENO failed with exit code $?: $BASH_COMMAND" >&2' ERR

chain=1 dry=
while [[ ${1:-} == --* ]]; do
    case $1 in
    --chain)
        chain=${2:-}
        [[ $chain =~ ^[1-9][0-9]*$ ]] || die "--chain: found '$chain', allowed: a number of jobs"
        shift
        ;;
    --site)
        export HOURGLASS_SITE=${2:-}
        [ -r "$here/site/$HOURGLASS_SITE.sh" ] || die "--site: found '$HOURGLASS_SITE', but there is no slurm/site/$HOURGLASS_SITE.sh"
        shift
        ;;
    --dry-run) dry=1 ;;
    *) die "found '$1', allowed: --dry-run, --chain N, --site NAME; options of sbatch follow the job; $usage" ;;
    esac
    shift
done
[ $# -gt 0 ] || die "$usage"
job=$1
shift
[ -r "$job" ] || die "$job: no such job or experiment; $usage"
experiment=()
if [[ $job == *.yaml || $job == *.yml ]]; then
    experiment=("$job")
    job=slurm/job.sh
    [ -r $job ] || die "no $job here: start this script in the folder that contains slurm/"
fi
local_command="bash $job${experiment[*]:+ ${experiment[*]}}"
[ -n "$dry" ] || command -v sbatch >/dev/null || die "no sbatch here: $local_command runs it on this machine"
if [ -z "$dry" ] && command -v scontrol >/dev/null && ! config=$(scontrol show config 2>&1); then
    echo "submit: no Slurm controller answers: ${config:-scontrol does not say why}" >&2
    echo "submit: nothing was submitted; try again later, or on this machine: $local_command" >&2
    exit 1
fi
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
done
[ $# = 0 ] || shift # what is left are the run's options

# given OPTION...: the value of an sbatch option of yours in any of these spellings; nothing if it is not given
given() {
    local i name
    for name; do
        for ((i = 0; i < ${#options[@]}; i++)); do
            case ${options[i]} in
            "$name="*) echo "${options[i]#*=}" ;;
            "$name") echo "${options[i + 1]:-}" ;;
            "$name"[0-9]*) echo "${options[i]#"$name"}" ;;
            esac
        done
    done | tail -n 1
}

# How many tasks the check plans for: yours, else one per core of a node of the site.
tasks=()
if [ ${#experiment[@]} -gt 0 ]; then
    wanted=$(given --ntasks -n)
    nodes=$(given --nodes -N) each=$(given --ntasks-per-node)
    [ -n "$wanted" ] || [ -z "$each" ] || wanted=$((${nodes:-1} * each))
    tasks=("${wanted:-site}")
fi

checked=$(HOURGLASS_LAUNCH=check HOURGLASS_TASKS=${tasks[*]:-} bash "$job" "${experiment[@]}" "$@") || {
    code=$?
    echo "submit: nothing was submitted" >&2
    exit $code
}
echo "$checked"
run=$(sed -n 's/^Run folder  *//p' <<<"$checked")

cluster=${HOURGLASS_SITE:-$(sed -n 's/^ClusterName *= *//p' <<<"${config:-}")}
sbatch_options=()
if [ -r "$here/site/$cluster.sh" ]; then
    # shellcheck source=slurm/site/example.sh
    . "$here/site/$cluster.sh"
fi
# The proposal of the check, but for what the site's file or you decide.
proposed=()
if [ ${#experiment[@]} -gt 0 ]; then
    name=${experiment[0]##*/}
    proposed=(--job-name="${name%.*}")
    read -ra options_of_check <<<"$(sed -n 's/^Slurm  *//p' <<<"$checked")"
    for option in "${options_of_check[@]}"; do
        case $option in
        --ntasks=*) [ -z "$(given --ntasks -n --ntasks-per-node)" ] || continue ;;
        --mem-per-cpu=*) [ -z "$(given --mem --mem-per-cpu --mem-per-gpu)" ] || continue ;;
        esac
        proposed+=("$option")
    done
fi
submission=(sbatch --parsable "${proposed[@]}" "${sbatch_options[@]}" "${options[@]}")
if [ -n "$dry" ]; then
    printf '%q ' "${submission[@]}" "$job" "${experiment[@]}" "$@"
    echo
    exit 0
fi
mkdir -p results # where the log goes: Slurm ends a job whose log it cannot open

[ "$chain" = 1 ] || export HOURGLASS_REQUEUES=0
after=() ids=()
for ((i = 0; i < chain; i++)); do
    id=$("${submission[@]}" "${after[@]}" "$job" "${experiment[@]}" "$@") || {
        code=$?
        echo "submit: sbatch failed with exit code $code; jobs submitted before: ${ids[*]:-none}" >&2
        exit $code
    }
    id=${id%%;*}
    ids+=("$id")
    after=(--dependency="afterany:$id")
done

log=$(scontrol show job "${ids[0]}" 2>/dev/null | sed -n 's/^ *StdOut=//p' | head -n 1) || true
echo "Job          ${ids[*]}"
echo "Queue        squeue -j $(IFS=,; echo "${ids[*]}")"
echo "Output       tail -f ${log:-results/*-${ids[0]}.log}"
echo "Progress     $(find_program .) status $run"
