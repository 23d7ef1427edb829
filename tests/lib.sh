# What the scripts of mpi/, system/ and fault/ share: the program under test, a folder to work in, checks, small data.
# Sourced first, never run; it goes into a fresh folder, which is removed at the end.
set -u
export LC_ALL=C
source_tree=${HOURGLASS_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
hourglass=${HOURGLASS:-$source_tree/build/hourglass}
[ -x "$hourglass" ] || { echo "no program $hourglass: build it first"; exit 1; }
hourglass=$(realpath "$hourglass")
h5same=${H5SAME:-$(dirname "$hourglass")/tests/h5same}
PYTHON=${PYTHON:-$(command -v /usr/bin/python3)}
# As CTest sets them: more ranks than cores, root allowed.
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe PRTE_MCA_hwloc_default_binding_policy=none
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_odls_base_sigkill_timeout=0 # mpirun would sleep for two seconds after an exit code that is not 0
export OMP_WAIT_POLICY=passive # threads of several tests share the cores
unset HOURGLASS_TERMINAL
# The launcher of the program's MPI, as CMake found it. -q: Open MPI 4 has its own words for an exit code that is not 0.
MPIEXEC=${MPIEXEC:-$(sed -n 's/^MPIEXEC_EXECUTABLE:[A-Z]*=//p' "$(dirname "$hourglass")/CMakeCache.txt" 2>/dev/null)}
launcher=("${MPIEXEC:-mpirun}")
mpi=$("${launcher[0]}" --version 2>/dev/null)
case $mpi in
*'(Open MPI) 4'* | *'(OpenRTE) 4'*) mpi='Open MPI 4' launcher+=(-q) ;;
*'(Open MPI)'*) mpi='Open MPI 5' ;;
*HYDRA*) mpi=MPICH ;;
esac
exec </dev/null # mpirun would read what is meant for others

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
count=0 # of things tried
: >stdout
: >message

# fail TEXT: one more failure, with what the program said
fail() {
    echo "FAILED: $*"
    sed 's/^/    /' message | head -30
    failures=$((failures + 1))
}

# go ARGUMENT...: runs the program with standard output into `stdout` and messages into `message`; its exit code
go() {
    count=$((count + 1))
    timeout -k 5 600 "$hourglass" "$@" >stdout 2>message
}

# launch N COMMAND...: runs a command under mpirun, again if the launcher itself failed; its exit code
launch() {
    local ranks=$1 code
    shift
    launch_once "$ranks" "$@"
    code=$?
    is_launcher_fault $code || return $code
    echo "mpirun -n $ranks $* failed in the launcher, tried again:"
    sed 's/^/    /' message | head -30
    launch_once "$ranks" "$@"
}

# Open MPI 4.1.4 itself crashes once in some thousand starts or ends; a crash of ours would come again. If a rank dies while
# another one connects to it, it waits for ever or dies of SIGPIPE, once in some hundred.
is_launcher_fault() {
    [ "$1" = 141 ] || grep -qE 'Signal: Segmentation fault|PMIX ERROR: UNREACHABLE' message
}

launch_once() {
    local code watcher
    (
        while sleep 2; do
            ! grep -q 'PMIX ERROR: UNREACHABLE' message || { sleep 10 && kill -KILL "$(cat launcher.pid)"; }
        done
    ) >/dev/null 2>&1 &
    watcher=$!
    timeout -k 5 600 bash -c 'echo $$ >launcher.pid; exec "$@"' launch "${launcher[@]}" -n "$@" >stdout 2>message
    code=$?
    kill $watcher
    wait $watcher 2>/dev/null
    return $code
}

# go_ranks N ARGUMENT...: the same under mpirun
go_ranks() {
    local ranks=$1
    shift
    count=$((count + 1))
    launch "$ranks" "$hourglass" "$@"
}

# good ARGUMENT...: must end with exit code 0
good() {
    local code
    go "$@"
    code=$?
    [ $code = 0 ] || fail "hourglass $*: exit code $code, expected 0"
    return $code
}

# bad CODE PATTERN ARGUMENT...: must end with this exit code and a message that matches the extended regex
bad() {
    local code=$1 pattern=$2 got
    shift 2
    go "$@"
    got=$?
    [ $got = "$code" ] || fail "hourglass $*: exit code $got, expected $code"
    grep -qE -- "$pattern" message || fail "hourglass $*: no message matches /$pattern/"
}

# says FILE PATTERN: a line of the file matches the extended regex
says() { grep -qE -- "$2" "$1" || { fail "no line of $1 matches /$2/"; sed 's/^/    /' "$1" | head -40; }; }
# is WHAT FOUND EXPECTED
is() { [ "$2" = "$3" ] || fail "$1: found '$2', expected '$3'"; }

# same A B [EXCEPT]...: two trial files hold the same bits, but for where and when they were made
same() {
    "$h5same" "$@" provenance history/seconds >comparison 2>&1 && return
    fail "$1 and $2 differ"
    grep -v '^same' comparison | head -20
}
# same_run A B N: the N trials of two runs have the same bits, wherever these are: in files, journals or run.h5
same_run() {
    good merge "$1" "$2" -o same_run.h5
    says stdout "^same_run.h5: $3 trials of $((2 * $3)) that were found, $3 with the same bits as another"
    rm -f same_run.h5
}
# differ A B PATTERN: the comparison sees a difference, the one that is expected
differ() {
    if "$h5same" "$1" "$2" provenance history/seconds >comparison 2>&1; then fail "$1 and $2 are the same"; fi
    says comparison "$3"
}

# tiny_csv ROWS [SEED]: columns a to f and `kind`, of which every tenth is 1, an anomaly
tiny_csv() {
    awk -v rows="$1" -v x="${2:-1}" '
        function uniform() { x = (x * 16807) % 2147483647; return x / 2147483647 }
        BEGIN {
            for (i = 0; i < 10; i++) uniform()
            print "a,b,c,d,e,f,kind"
            for (i = 0; i < rows; i++) {
                kind = i % 10 == 9
                u = uniform() * (kind ? 2 : 1)
                v = uniform()
                printf "%.5f,%.5f,%.5f,%.5f,%.5f,%.5f,%d\n", u, u * u, v, u * v, kind ? uniform() : 1 - u, uniform() / 9, kind
            }
        }'
}

# tiny_data: data/tiny.h5, 300 rows
tiny_data() {
    mkdir -p data
    tiny_csv 300 >tiny.csv
    good import tiny.csv --label kind -o data/tiny.h5:all || exit 1
}

# tiny_spec: an experiment of it whose training takes no time; batches and rows that no number of shards divides
tiny_spec() {
    cat <<-'SPEC'
	name: tiny
	data:
	  train: tiny.h5:all
	  split: {test: 0.3, seed: 1}
	  normal: [0]
	  scale: min_max
	model:
	  encoder:
	    - {dense: 4, activation: tanh}
	    - {dense: "${code}", activation: relu}
	  decoder:
	    - {dense: 6, activation: sigmoid}
	train:
	  loss: binary_crossentropy
	  batch_size: 18
	  epochs: 3
	  seed: 1
	  shards: 4
	variables: {code: 3}
	score:
	  save: [code, reconstruction, feature_error]
	SPEC
}

# trial FOLDER: the only trial of a run
trial() {
    local files=("$1"/trials/*.h5)
    [ ${#files[@]} = 1 ] && [ -e "${files[0]}" ] || fail "$1/trials holds ${#files[@]} files, expected 1"
    echo "${files[0]}"
}

# has_data PATH: the real data are there
has_data() { [ -n "${HOURGLASS_DATA:-}" ] && [ -e "$HOURGLASS_DATA/$1" ]; }

skip() {
    echo "skipped: $*"
    exit 77
}

# verdict: the last call of a script
verdict() {
    echo "$count tried, $failures failures"
    [ $failures = 0 ]
    exit
}
