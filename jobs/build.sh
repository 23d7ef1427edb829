#!/bin/bash
# Installs what Hourglass is built from (Debian, Ubuntu; as root or with sudo) and builds it into build/.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/packages.sh build
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building build/hourglass"
if ! { cmake --preset release && cmake --build --preset release -j "$(nproc)" --target hourglass; } >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
