#!/bin/bash
# launch.sh EXPERIMENT.yaml [OPTION of hourglass run]... [-- COMMAND of hourglass [ARGUMENT]...]
# The one place that knows how a run starts: inside a Slurm allocation on all its tasks, elsewhere on the cores of this
# machine. Every job hands over to it; slurm/README.md is its reference. program.sh says which program it is;
# what is not there yet is built and imported first. COMMAND follows a run that is done: `top results/x --by-class`.
for argument; do
    [ "$argument" != -- ] || break
    [ "$argument" != --help ] || exec sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
done
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=slurm/program.sh
. "$here/program.sh"
hourglass=$(find_program .)

say() { echo "launch: $*" >&2; }

# What is particular to a cluster: slurm/site/<cluster>.sh, see slurm/site/example.sh.
read_site() {
    local site=${HOURGLASS_SITE:-${SLURM_CLUSTER_NAME:-}}
    [ -n "$site" ] && [ -r "$here/site/$site.sh" ] || return 0
    # shellcheck source=slurm/site/example.sh
    . "$here/site/$site.sh"
}

get_ready() {
    if ! command -v "$hourglass" >/dev/null; then
        [ -e jobs/build.sh ] || { say "no program hourglass: put it on PATH, or name it in HOURGLASS"; exit 2; }
        bash jobs/build.sh || exit
    fi
    [ -e experiments/data ] || [ ! -e jobs/get-data.sh ] || bash jobs/get-data.sh || exit
}

# The cores of the allocation. srun has not inherited --cpus-per-task since Slurm 22.05, and does not bind where the
# cluster has no plugin for it; threads that are bound without that would all lie on the node's first cores.
set_cores() {
    local cores=${SLURM_CPUS_PER_TASK:-1}
    export SRUN_CPUS_PER_TASK=$cores OMP_NUM_THREADS=${OMP_NUM_THREADS:-$cores}
    if scontrol show config 2>/dev/null | grep -qE '^TaskPlugin .*(affinity|cgroup)'; then
        export OMP_PLACES=${OMP_PLACES:-cores} OMP_PROC_BIND=${OMP_PROC_BIND:-close} SLURM_CPU_BIND=${SLURM_CPU_BIND:-cores}
    fi
}

# mpirun of the flavour that is here, into `launcher`. Open MPI 5 and MPICH do not know -q, and MPICH binds nothing by itself.
choose_mpirun() {
    [ "$(id -u)" != 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    launcher=("${HOURGLASS_MPIEXEC:-mpirun}")
    local said
    said=$("${launcher[0]}" --version 2>/dev/null)
    case $said in *'(Open MPI) 4'* | *'(OpenRTE) 4'*) launcher+=(-q) ;; esac
    launcher+=(-n "${SLURM_NTASKS:-1}")
    case $said in *'(Open'*) launcher+=(--map-by "slot:PE=${SLURM_CPUS_PER_TASK:-1}" --bind-to none) ;; esac
}

# The command that starts all ranks of the allocation, into `launcher`. A site file may have set it.
choose_launcher() {
    [ -z "${launcher+set}" ] || return 0
    # Slurm's default PMIx fence lets some starts on several nodes crash.
    export SLURM_PMIX_FENCE=${SLURM_PMIX_FENCE:-ring}
    local type=pmix name='PMIx here, which Open MPI needs'
    if "$hourglass" --version | grep -qiE 'MPICH|Intel.* MPI'; then
        type=pmi2 name='PMI2 here, which MPICH needs'
    fi
    if srun --mpi=list 2>&1 | grep -q $type; then
        launcher=(srun "--mpi=$type" --kill-on-bad-exit=1)
    else
        say "srun has no $name: starting mpirun inside the allocation"
        choose_mpirun
    fi
}

# A job array shares one run folder: each task takes its part of the trials.
array_part() {
    [ -n "${SLURM_ARRAY_TASK_ID:-}" ] || return 0
    local step=${SLURM_ARRAY_TASK_STEP:-1}
    part=(--part "$(((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN) / step + 1))/$SLURM_ARRAY_TASK_COUNT")
}

# run_ranks COMMAND...: its exit code; `ended` is set where Slurm ended the job. The batch shell alone gets Slurm's signals
# (--signal=B:USR1@...): they are passed on to the launcher, and both srun and mpirun give them to all ranks.
run_ranks() {
    local pid signalled got code=127
    ended=
    "$@" &
    pid=$!
    trap 'signalled=1; kill -USR1 $pid 2>/dev/null' USR1
    trap 'signalled=1 ended=1; kill -TERM $pid 2>/dev/null' TERM
    while :; do # a signal ends `wait` early; 127: its end was told before
        signalled=
        wait "$pid"
        got=$?
        [ $got = 127 ] || code=$got
        [ -n "$signalled" ] || break
    done
    trap : USR1
    trap - TERM
    return "$code"
}

# After exit code 75, checkpointed with more to do: the job goes back into the queue, a bounded number of times.
requeue() {
    local restarts=${SLURM_RESTART_COUNT:-0} most=${HOURGLASS_REQUEUES:-100}
    if [ "$restarts" -ge "$most" ]; then
        say "stopped at a checkpoint; not requeued again after $restarts times (HOURGLASS_REQUEUES=$most)"
        return 1
    fi
    say "stopped at a checkpoint; requeued (${restarts} times before)"
    if scontrol requeue "$SLURM_JOB_ID"; then
        sleep 60 # Slurm ends this shell
    fi
    say "this cluster does not requeue jobs: submit it again, or as a chain: slurm/submit.sh --chain N JOB"
    return 1
}

# split_arguments ARGUMENT...: into `run` and, behind --, `afterwards`
split_arguments() {
    run=() afterwards=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        run+=("$1")
        shift
    done
    [ $# = 0 ] || afterwards=("${@:2}")
}

# check EXPERIMENT.yaml [OPTION]...: what of the run's options concerns the experiment itself
check() {
    local options=("$1")
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        --set | --results) options+=("$1" "${2:-}") && shift ;;
        --set=* | --results=*) options+=("$1") ;;
        esac
        shift
    done
    local tasks=${HOURGLASS_TASKS:-}
    [ "$tasks" != site ] || tasks=${cores_per_node:-$(nproc)}
    [ -z "$tasks" ] || options+=(-n "$tasks")
    "$hourglass" check "${options[@]}" --count 5
}

split_arguments "$@"
read_site
get_ready
if [ "${HOURGLASS_LAUNCH:-}" = check ]; then # slurm/submit.sh, before a job is spent
    check "${run[@]}"
    exit
fi
if [ -n "${SLURM_JOB_ID:-}" ]; then
    part=()
    set_cores
    choose_launcher
    array_part
    run_ranks "${launcher[@]}" "$hourglass" run "${run[@]}" "${part[@]}"
    code=$?
    [ $code != 1 ] || [ -z "$ended" ] || code=143 # mpirun's own exit code is 1 when a signal ends it
    [ $code != 75 ] || [ -n "$ended" ] || requeue # scancel is not to be undone
else
    "$hourglass" run "${run[@]}" # in the foreground: Ctrl-C reaches it
    code=$?
fi
[ $code = 0 ] && [ ${#afterwards[@]} -gt 0 ] || exit $code
exec "$hourglass" "${afterwards[@]}"
