#!/bin/bash
#SBATCH --job-name=mnist-outliers
#SBATCH --ntasks=1
#SBATCH --time=00:30:00
#SBATCH --output=results/%x-%j.log
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
bash slurm/launch.sh experiments/mnist-outliers.yaml "$@" || exit
exec "${HOURGLASS:-build/hourglass}" top results/mnist-outliers --by-class
