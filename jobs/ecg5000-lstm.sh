#!/bin/bash
#SBATCH --job-name=ecg5000-lstm
#SBATCH --ntasks=1
#SBATCH --time=00:30:00
#SBATCH --output=results/%x-%j.log
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
exec bash slurm/launch.sh experiments/ecg5000-lstm.yaml "$@"
