#!/bin/bash
# job.sh EXPERIMENT.yaml [OPTION of hourglass run]...: the job that submit.sh submits for an experiment without a job file of its own.
#SBATCH --signal=B:USR1@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=results/%x-%j.log
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
exec bash slurm/launch.sh "$@"
