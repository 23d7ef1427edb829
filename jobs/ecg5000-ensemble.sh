#!/bin/bash
#SBATCH --job-name=ecg5000-ensemble
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=1
#SBATCH --time=00:30:00
#SBATCH --signal=B:USR1@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=results/%x-%j.log
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
exec bash slurm/launch.sh experiments/ecg5000-ensemble.yaml "$@"
