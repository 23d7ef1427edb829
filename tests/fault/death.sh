#!/bin/bash
# A rank that dies or hangs ends the job within seconds, with its name, host and trial; the next start says so and resumes.
source "$(dirname "$0")/../lib.sh"

tiny_data
epochs=16000000 # so many that no trial ends before it is killed
tiny_spec | sed "s/epochs: 3/epochs: $epochs/" >tiny.yaml
echo 'sweep: {over: {train.seed: [1, 2, 3, 4]}}' >>tiny.yaml
host=$(hostname)
started=()
trap 'kill -CONT "${started[@]}" 2>/dev/null; kill -KILL "${started[@]}" 2>/dev/null; rm -rf "$folder"' EXIT

# beacon RANK KEY: what a rank says of itself
beacon() { awk -v key="$2:" '$1 == key {print $2}' "results/tiny/state/rank-0-$1" 2>/dev/null; }
# lives PID: the process runs or is stopped. In a container whose first process collects no orphans, one that was killed
# stays as a zombie.
lives() { [ -n "$1" ] && grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; }
# is_ready RANK: the rank is alive, and its group is inside a trial. A beacon may still be that of an earlier run.
is_ready() {
    local leader=$(($1 / each * each)) pid
    pid=$(beacon "$1" pid)
    lives "$pid" && [ -n "$(beacon $leader trial)" ] && [ "$(beacon $leader epoch)" != 0 ]
}
# start RANKS COMMAND...: a run in the background, its process $job; returns when all of its ranks are inside a trial
start() {
    local ranks=$1 rank
    shift
    count=$((count + 1))
    "$@" >stdout 2>message &
    job=$!
    started+=("$job")
    for ((rank = 0; rank < ranks; rank++)); do
        for ((i = 0; i < 600; i++)); do
            is_ready $rank && break
            sleep 0.1
        done
    done
    sleep 1.2 # the beacons are written once a second
}
# ends WITHIN CODE: the job ends with this exit code, within ten times the seconds that it takes on an idle machine
ends() {
    local began=$SECONDS code
    while kill -0 "$job" 2>/dev/null && [ $((SECONDS - began)) -le $(($1 * 10)) ]; do
        sleep 0.1
    done
    kill -KILL "$job" 2>/dev/null && fail "the job did not end within $((SECONDS - began)) s"
    wait "$job" 2>/dev/null
    code=$?
    is 'exit code of the job' $code "$2"
}
run=("$hourglass" run tiny.yaml -t 1)
each=1

# --- a rank is killed under `hourglass run -n`
start 2 "${run[@]}" -n 2
trial=$(beacon 1 trial) pid=$(beacon 1 pid)
kill -KILL "$pid"
ends 8 71
says message "^hourglass: rank 1 on host $host \(process $pid\), trial $trial at epoch [0-9.]+ of $epochs has died \(signal 9\): start the same command again"
good status results/tiny
says stdout '^results/tiny: ended without finishing'
says stdout "^$trial +[0-9.]+ +$epochs .* 1 +$host"
good status results/tiny --json
"$PYTHON" - "$trial" <<'PYTHON' || fail 'status --json'
import json, sys
s = json.load(open("stdout"))
assert s["state"] == "died" and s["trials"] == 4 and s["done"] + s["left"] == 4, s
assert sys.argv[1] in [t["trial"] for t in s["running_trials"]], s
PYTHON

# --- the next start reports it and resumes; a rank is killed under mpirun, of a group of two
each=2
start 2 "${launcher[@]}" -n 2 "${run[@]}" --ranks-per-trial 2
says stdout '^the run before \(host .*\) ended without finishing:'
says stdout "^  rank 1 on host $host \(process $pid\), trial $trial at epoch"
trial=$(beacon 0 trial) pid=$(beacon 1 pid)
kill -KILL "$pid"
ends 8 137
good status results/tiny
says stdout '^results/tiny: ended without finishing'
each=1

# --- mpirun is killed; all are killed
start 2 "${launcher[@]}" -n 2 "${run[@]}"
pids=("$(beacon 0 pid)" "$(beacon 1 pid)")
kill -KILL "$job"
ends 5 137
for ((i = 0; i < 50; i++)); do
    lives "${pids[0]}" || lives "${pids[1]}" || break
    sleep 0.1
done
[ "$i" -lt 50 ] || fail 'ranks outlive mpirun'
start 2 "${run[@]}" -n 2
pids=("$(beacon 0 pid)" "$(beacon 1 pid)")
kill -KILL "${pids[@]}" "$job"
ends 5 137

# --- a rank hangs: in a trial of its own, in a trial of two, and rank 0, of which all others ask their work
start 3 "${run[@]}" -n 3 --hang-timeout 2s
trial=$(beacon 2 trial) pid=$(beacon 2 pid)
started+=("$pid")
kill -STOP "$pid"
ends 14 71
says message "^hourglass: rank 2 on host $host \(process $pid\), trial $trial at epoch .* hangs, with no sign of life for 2.0 s \(--hang-timeout\)"
each=2
start 2 "${launcher[@]}" -n 2 "${run[@]}" --ranks-per-trial 2 --hang-timeout 2s
trial=$(beacon 0 trial) pid=$(beacon 1 pid)
started+=("$pid")
kill -STOP "$pid"
ends 14 71
says message "^hourglass: rank 1 on host $host \(process $pid\), trial $trial at epoch .* hangs"
each=1
start 2 "${run[@]}" -n 2 --hang-timeout 2s
pid=$(beacon 0 pid)
started+=("$pid")
kill -STOP "$pid"
ends 14 71
says message "^hourglass: rank 0 on host $host \(process $pid\), .* hangs"

# --- nobody hangs who waits for others: a rank without work, for several times the timeout
sed "s/^name: tiny/name: calm/;s/$epochs/100000/;s/\[1, 2, 3, 4\]/[1]/" tiny.yaml >calm.yaml
go run calm.yaml -n 2 -t 1 --ranks-per-trial 1 --hang-timeout 1s
is 'exit code where a rank waits for others' $? 0

# --- a request to stop
start 2 "${run[@]}" -n 2
kill -TERM "$job"
ends 10 75
says stdout '^stopped: '
good status results/tiny
says stdout '^results/tiny: stopped at a checkpoint'
is 'beacons after a stop' "$(find results/tiny/state -name 'rank*')" ''

# --- a run that ends by itself; kill.sh has runs that were killed resume to the end
sed "s/^name: tiny/name: whole/;s/$epochs/2000/" tiny.yaml >whole.yaml
good run whole.yaml -t 1 -n 2
is 'trials at the end' "$(find results/whole/trials -name '*.h5' | wc -l)" 4
good status results/whole
says stdout '^results/whole: done'
says stdout '^ +4 done$'
says stdout '^ +0 left$'
bad 2 'nowhere: no run: No such file' status nowhere
mkdir empty
good status empty
says stdout '^empty: no run has begun here'
verdict
