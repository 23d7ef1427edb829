#!/bin/bash
# submit.sh [--chain N] JOB [sbatch option]... [-- OPTION of hourglass run]...
# Checks the experiment here on the login node, so that no allocation is spent on a typo, then submits the job and says how to
# watch it. --chain N submits N jobs, each after the one before, for clusters that forbid requeueing.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
usage="usage: slurm/submit.sh [--chain N] jobs/NAME.sh [sbatch option]... [-- OPTION of hourglass run]..."
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=slurm/program.sh
. "$here/program.sh"

die() { echo "submit: $1" >&2; exit 2; }
trap 'echo "submit: line $LINENO failed with exit code $?: $BASH_COMMAND" >&2' ERR

chain=1
if [ "${1:-}" = --chain ]; then
    chain=${2:-}
    [[ $chain =~ ^[1-9][0-9]*$ ]] || die "--chain: found '$chain', allowed: a number of jobs"
    shift 2
fi
[ $# -gt 0 ] || die "$usage"
job=$1
shift
[ -r "$job" ] || die "$job: no such job; $usage"
command -v sbatch >/dev/null || die "no sbatch here: bash $job runs it on this machine"
if command -v scontrol >/dev/null && ! config=$(scontrol show config 2>&1); then
    echo "submit: no Slurm controller answers: ${config:-scontrol does not say why}" >&2
    echo "submit: nothing was submitted; try again later, or on this machine: bash $job" >&2
    exit 1
fi
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
done
[ $# = 0 ] || shift # what is left are the run's options

checked=$(HOURGLASS_LAUNCH=check bash "$job" "$@") || {
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
mkdir -p results # where the log goes: Slurm ends a job whose log it cannot open

[ "$chain" = 1 ] || export HOURGLASS_REQUEUES=0
after=() ids=()
for ((i = 0; i < chain; i++)); do
    id=$(sbatch --parsable "${sbatch_options[@]}" "${options[@]}" "${after[@]}" "$job" "$@") || {
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
