#!/bin/bash
#SBATCH --job-name=quickstart
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
#SBATCH --signal=B:USR1@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=results/%x-%j.log
# From a fresh machine to ranked reconstruction errors on real images: installs, builds, imports Fashion-MNIST from Debian's
# package, runs a small sweep on all cores. A second time it only shows the results.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}"
[ ! -e jobs/build.sh ] || [ -x build/hourglass ] || bash jobs/build.sh
if [ ! -e experiments/data/fashion-mnist.h5 ]; then
    [ ! -e .ci/packages.sh ] || .ci/packages.sh data
    bash jobs/get-data.sh --only fashion-mnist /usr/share/datasets
fi
exec bash slurm/launch.sh experiments/quickstart.yaml "$@"
