#!/bin/bash
# SIGUSR1 to a run of 25 million parameters: a durable checkpoint and exit code 75 within 5 s, or what this disk needs;
# other work on the machine may lengthen this as much as it lengthens any program.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec | sed 's/^name: tiny/name: large/;s/{dense: 4,.*/{dense: 5000}/;s/code: 3/code: 5000/
    s/epochs: 3/epochs: 100000\n  early_stopping: 90000/' >large.yaml
unset OMPI_MCA_odls_base_sigkill_timeout # as its user has it

seconds() { awk "BEGIN {printf \"%.2f\", $(date +%s.%N) - $1}"; }
# disk: how long 500 MB take to be durable at this moment
disk() {
    local start
    start=$(date +%s.%N)
    dd if=/dev/zero of=plain bs=1M count=500 conv=fsync status=none
    rm plain
    seconds "$start"
}

# slowdown: how many times longer than its CPU time a program takes at this moment, next to one more
slowdown() {
    local TIMEFORMAT='%R %U'
    awk 'BEGIN {for (i = 0; i < 2e7; i++) x += i}' &
    { time awk 'BEGIN {for (i = 0; i < 2e7; i++) x += i}'; } 2>&1 | awk '{print ($1 > $2 ? $1 / $2 : 1)}'
    wait $!
}

for options in '-n 1 -t 2' '-n 2 -t 1 --ranks-per-trial 2'; do
    # shellcheck disable=SC2086
    "$hourglass" run large.yaml $options --checkpoint-every 0s >run.out 2>message &
    running=$!
    for ((i = 0; i < 200; i++)); do
        grep -qs 'rank.* x .*thread' run.out && break
        sleep 0.1
    done
    sleep 4
    start=$(date +%s.%N)
    kill -s USR1 $running
    wait $running
    code=$?
    took=$(seconds "$start")
    plain=$(disk)
    slower=$(slowdown)
    count=$((count + 1))
    is "exit code of $options" $code 75
    echo "$options: stopped in $took s; 500 MB of zeros were durable in $plain s; programs take $slower times their CPU time"
    awk "BEGIN {exit !($took < 5 * $slower || $took < (3 + 4 * $plain) * $slower)}" || fail "$options: SIGUSR1 took $took s"
    for file in results/large/checkpoints/*; do
        [ "$(stat -c %s "$file")" -gt 400000000 ] || fail "$file is small"
    done
done
verdict
