#!/bin/bash
# launch.sh EXPERIMENT.yaml [OPTION of hourglass run]...
# Starts a run: inside a Slurm allocation with srun on all its tasks, elsewhere on all cores of this machine. The program is
# $HOURGLASS or build/hourglass of the current folder; what is not there yet is built and imported first.
set -euo pipefail
hourglass=${HOURGLASS:-build/hourglass}
[ -x "$hourglass" ] || bash jobs/build.sh
[ -e experiments/data ] || bash jobs/get-data.sh
if [ -n "${SLURM_JOB_ID:-}" ]; then
    # Debian's Open MPI speaks PMIx alone, and Slurm's default PMIx fence lets some starts crash.
    export SLURM_PMIX_FENCE=${SLURM_PMIX_FENCE:-ring} SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}
    exec srun --mpi=pmix "$hourglass" run "$@"
fi
exec "$hourglass" run "$@"
