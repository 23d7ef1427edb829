#!/bin/bash
# Installs what the tests need, builds, runs everything; ends with CTest's summary and exit code.
#   bash tests/run.sh                  all tests; programs of unit/, fuzz/ and mpi/ also under ASan and UBSan, mpi/ also with MPICH
#   bash tests/run.sh CTEST_OPTION...  only what CTest selects, e.g. -R lint; nothing under the sanitizers or with MPICH
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -eu -o pipefail
cd "$(dirname "$0")/.."
exec </dev/null # mpirun would read what is meant for others

# build_preset PRESET FOLDER CMAKE_OPTION...: quiet unless it fails
build_preset() {
    local preset=$1 folder=$2 log
    shift 2
    log=$(mktemp)
    echo "== Building $folder"
    if ! { cmake --preset "$preset" "$@" && cmake --build "$folder" -j "$(nproc)"; } >"$log" 2>&1; then
        tail -n 100 "$log"
        rm "$log"
        echo "tests/run.sh: $folder cannot be built"
        return 1
    fi
    rm "$log"
}

# run_tests FOLDER CTEST_OPTION...
run_tests() {
    local folder=$1
    shift
    ctest --test-dir "$folder" -j2 --output-on-failure "$@"
}

bash .ci/packages.sh build test
bash .ci/packages.sh data check mpich || echo "tests that miss a package will say so"
if [ -z "${HOURGLASS_DATA:-}" ] && [ ! -d ../shared/data ]; then
    echo "No real data (HOURGLASS_DATA, ../shared/data): tests that need them are skipped; -V shows which"
fi

sanitized=0
mpich=0
if [ $# = 0 ]; then
    build_preset sanitize build-sanitize
    run_tests build-sanitize -R '^(unit|fuzz)/|^mpi/test_' || sanitized=$?
fi
build_preset release build -DHOURGLASS_WERROR=ON
result=0
run_tests build "$@" || result=$?
if [ $# = 0 ] && command -v mpicc.mpich >/dev/null; then
    build_preset mpich build-mpich -DHOURGLASS_WERROR=ON
    run_tests build-mpich -R '^mpi/|unit/test_launcher|system/launcher' || mpich=$?
fi
[ $mpich = 0 ] || echo "With MPICH tests failed too: see above, or ctest --test-dir build-mpich -R '^mpi/'"
[ $sanitized = 0 ] || echo "Under the sanitizers tests failed too: see above, or ctest --test-dir build-sanitize"
exit $((result ? result : sanitized ? sanitized : mpich))
