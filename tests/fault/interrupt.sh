#!/bin/bash
# Exit codes after SIGINT and SIGTERM, of real signals to the program, to its launcher and to the ranks: 75 after the first,
# 130 or 143 after the second, and never 1, which says that a trial failed. The same command continues afterwards.
source "$(dirname "$0")/../lib.sh"

tiny_data
epochs=16000000 # so many that no trial ends before its signal
tiny_spec | sed "s/epochs: 3/epochs: $epochs/" >tiny.yaml
pids=()
trap 'kill -CONT "${pids[@]}" 2>/dev/null; kill -KILL "${pids[@]}" 2>/dev/null; rm -rf "$folder"' EXIT

# pid RANK: the process of a rank, as its beacon says
pid() { awk '$1 == "pid:" {print $2}' "results/tiny/state/rank-0-$1" 2>/dev/null; }
# start RANKS COMMAND...: in the background, `job`; returns when its ranks are inside a trial
start() {
    local ranks=$1 rank
    shift
    count=$((count + 1))
    rm -rf results
    "$@" >stdout 2>message &
    job=$!
    pids+=("$job")
    for ((rank = 0; rank < ranks; rank++)); do
        for ((i = 0; i < 3000; i++)); do
            [ -n "$(pid $rank)" ] && grep -q '^epoch: *0*[1-9.]' "results/tiny/state/rank-0-0" && break
            sleep 0.1
        done
        pids+=("$(pid $rank)")
    done
}
# pause RANKS: the ranks do not answer, however busy the machine is
pause() { for ((rank = 0; rank < $1; rank++)); do kill -STOP "$(pid $rank)"; done; }
# ends CODE WHAT
ends() {
    local code
    wait "$job" 2>/dev/null
    code=$?
    is "exit code after $2" $code "$1"
}
launcher_pid() { ps -o ppid= -p "$(pid 0)" | tr -d ' '; }
run=("$hourglass" run tiny.yaml -t 1)

for signal in INT:130 TERM:143; do
    code=${signal#*:} signal=${signal%:*}

    # --- under our own launcher
    start 2 "${run[@]}" -n 2 --ranks-per-trial 2
    kill -s "$signal" "$job"
    ends 75 "one SIG$signal"
    start 2 "${run[@]}" -n 2 --ranks-per-trial 2
    pause 2
    kill -s "$signal" "$job"
    sleep 1 # signals that are pending are merged
    kill -s "$signal" "$job"
    ends "$code" "two SIG$signal"
    start 2 "${run[@]}" -n 2 --ranks-per-trial 2
    pause 2
    kill -s "$signal" "$(launcher_pid)"
    ends 143 "SIG$signal to its launcher"
    says message 'was ended before its ranks: start the same command again'
    start 2 "${run[@]}" -n 2 --ranks-per-trial 2
    kill -s "$signal" "$(pid 1)"
    ends 75 "SIG$signal to a rank"

    # --- without one
    start 1 "${run[@]}" -n 1
    kill -s "$signal" "$job"
    ends 75 "one SIG$signal, one rank"
done

# --- under nohup, whose terminal closes
under_nohup() {
    trap '' HUP
    exec "${run[@]}" -n 2 --ranks-per-trial 2
}
seconds() { awk '$1 == "seconds:" {print int($2)}' results/tiny/state/rank-0-0 2>/dev/null; }
start 2 under_nohup
kill -HUP "$job"
begin=$(seconds)
for ((i = 0; i < 600; i++)); do
    now=$(seconds)
    [ "${now:-0}" -gt $((begin + 2)) ] && break
    kill -0 "$job" 2>/dev/null || break
    sleep 0.1
done
kill -0 "$job" 2>/dev/null || fail 'a SIGHUP that is ignored ended the run'
kill -TERM "$job" 2>/dev/null
ends 75 'SIGTERM under nohup'

# --- a second Ctrl-C while one rank does not come to its next step
sed 's/^name: tiny/name: large/;s/{dense: 4,.*/{dense: 3000}/;s/code: 3/code: 3000/' tiny.yaml >large.yaml
"$hourglass" run large.yaml -n 1 -t 1 --checkpoint-every 0s >stdout 2>message &
job=$!
pids+=("$job")
for ((i = 0; i < 3000; i++)); do
    grep -qs '^epoch: *0*[1-9.]' results/large/state/rank-0-0 && break
    sleep 0.1
done
kill -s INT "$job"
kill -s INT "$job" # both pending is as one: the first is not handled yet
for ((i = 0; i < 100; i++)); do
    kill -s INT "$job" 2>/dev/null || break
    sleep 0.002
done
wait "$job"
code=$?
[ $code = 130 ] || [ $code = 75 ] || fail "exit code after many SIGINT, one rank: $code, expected 130 or 75"

# --- and on
sed "s/epochs: $epochs/epochs: 3/" tiny.yaml >short.yaml
good run short.yaml -t 1 -n 2 --ranks-per-trial 2
verdict
