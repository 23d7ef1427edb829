#!/bin/bash
#SBATCH --job-name=mnist-one-class
#SBATCH --ntasks=10
#SBATCH --time=00:30:00
#SBATCH --output=results/%x-%j.log
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
exec bash slurm/launch.sh experiments/mnist-one-class.yaml "$@"
