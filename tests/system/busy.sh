#!/bin/bash
# busy.sh: on a machine whose cores are in use, threads that wait for each other give their cores away. Measured in CPU
# time, which no other work on the machine changes: threads that stay awake need ten times as much.
source "$(dirname "$0")/../lib.sh"
unset OMP_WAIT_POLICY GOMP_SPINCOUNT
cores=$(nproc)
[ "$cores" -ge 2 ] || skip 'one core: no two threads work at the same time'

tiny_data
tiny_spec | sed 's/epochs: 3/epochs: 400/' >tiny.yaml

# cpu_time ARGUMENT...: hundredths of a second that the program used; 0 if it failed
cpu_time() {
    local used
    TIMEFORMAT='%U %S'
    used=$({ time go "$@"; } 2>&1) || fail "hourglass $*"
    awk '{ printf "%d", 100 * ($1 + $2) }' <<<"$used"
}

pids=()
for ((i = 0; i < 2 * cores; i++)); do
    (while :; do :; done) &
    pids+=($!)
done
alone=$(cpu_time run tiny.yaml -n 1 -t 1 --results alone)
together=$(cpu_time run tiny.yaml -n 1 -t 2 --results together)
kill "${pids[@]}"
wait 2>/dev/null

same "$(trial alone/tiny)" "$(trial together/tiny)"
echo "one thread: $alone, two threads: $together hundredths of a second"
[ "$together" -le $((4 * alone + 50)) ] || fail "two threads used $together hundredths of a second, one thread $alone"

# By itself, a model as small as this one gets one thread.
go run tiny.yaml -n 1 --results default || fail 'a run without -t'
says stdout 'tiny: 1 trial on 1 rank x 1 thread '
verdict
