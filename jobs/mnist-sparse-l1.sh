#!/bin/bash
#SBATCH --job-name=mnist-sparse-l1
#SBATCH --ntasks=4
#SBATCH --time=00:30:00
#SBATCH --output=results/%x-%j.log
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
exec bash slurm/launch.sh experiments/mnist-sparse-l1.yaml "$@"
