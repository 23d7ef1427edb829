#!/bin/bash
#SBATCH --job-name=mnist-vae
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=1
#SBATCH --time=00:30:00
#SBATCH --signal=B:USR1@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=results/%x-%j.log
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 1
exec bash slurm/launch.sh experiments/mnist-vae.yaml "$@" -- generate results/mnist-vae/run.h5 -o results/mnist-vae/manifold.h5:all --grid 20 --png results/mnist-vae/manifold.png --force
