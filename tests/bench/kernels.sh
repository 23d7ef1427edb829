#!/bin/bash
# Every kernel and the matrix products of the networks of train.sh, next to the limits of this core: prints tables.
#
#   bash tests/bench/kernels.sh [PART-OF-A-NAME]      with nothing else running; HOURGLASS_KERNELS=avx2 for another set
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --build "${BUILD:-build}" --target bench_kernel_rates >/dev/null
export OMP_NUM_THREADS=1
exec "${BUILD:-build}/tests/bench_kernel_rates" "$@"
