#!/bin/bash
# Installs what Hourglass is built from (Debian, Ubuntu; as root or with sudo) and builds it into build/.
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/packages.sh build
cmake --preset release >build.log 2>&1 && cmake --build --preset release -j >>build.log 2>&1 || {
    cat build.log >&2
    exit 1
}
rm build.log
