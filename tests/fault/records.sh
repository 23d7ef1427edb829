#!/bin/bash
# Files in state/ and failed/ that this program did not write, with any name and content: a run starts and ends next to
# them, status answers, and a signal ends either at once.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
run=(run tiny.yaml -n 1 -t 1)
state=results/tiny/state
good "${run[@]}"
cp $state/lease-0-1 ended
id=$(basename "$(trial results/tiny)" .h5)

# --- names with numbers that no run has given
for number in 9223372036854775807 9223372036854775808 1000000000000000 99999999999999999999999999 -1 -9223372036854775808 \
    '' x 1x ' 1' +1 0 00 01 1e3 0x10 1.5; do
    sed 's/^ended: .*/ended: ""/' ended >"$state/lease-0-$number"
    cp ended "$state/lease-$number-1"
    cp ended "$state/rank-0-$number"
    cp ended "$state/plan-$number"
done
before=$(ls $state)
good "${run[@]}"
says stdout '1 of 1 trials were finished before'
good status results/tiny
says stdout '^ +1 done'
is 'the lease that counts' "$(grep -l '^ended: done' $state/lease-0-[0-9] | xargs -n 1 basename)" lease-0-2
is 'strange files after a run' "$(ls $state | sed s/lease-0-2/lease-0-1/ | sort)" "$(sort <<<"$before" | grep -vx rank-0-0 | sort)"
rm $state/*

# --- the highest number there is
cp ended $state/lease-0-999999999999999
bad 74 'lease-0-999999999999999: found the highest number that a lease can have, allowed: lower ones; remove this file' "${run[@]}"
rm $state/*

# --- contents: nothing, no YAML, numbers out of range, a gigabyte, a folder
fill() {
    case $1 in
    empty) : >"$2" ;;
    bytes) head -c 3000 /dev/urandom >"$2" ;;
    nul) head -c 100 /dev/zero >"$2" ;;
    negative) printf 'pid: -1\nranks: -5\nrank: -1\nended: done\n' >"$2" ;;
    huge) printf 'pid: 99999999999999999999\nranks: 1e300\nended: done\n' >"$2" ;;
    list) printf -- '- a\n- b\n' >"$2" ;;
    gigabyte) truncate -s 1G "$2" ;;
    folder) mkdir "$2" ;;
    esac
}
for kind in empty bytes nul negative huge list gigabyte folder; do
    for file in $state/rank-0-0 $state/plan-0 results/tiny/failed/$id.yaml; do
        fill $kind $file
    done
    good status results/tiny
    says stdout '^ +[01] done'
    good status results/tiny --json
    "$PYTHON" -c 'import json, sys; json.load(sys.stdin)' <stdout || fail "status --json with $kind"
    rm -rf "${state:?}"/* results/tiny/failed/*
done
for kind in bytes gigabyte; do # each is watched for half a minute, as its run might be alive
    fill $kind $state/lease-0-5
    good status results/tiny
    says stdout 'gives no sign of life'
    "$hourglass" "${run[@]}" >out.$kind 2>&1 &
    pid=$!
    for ((i = 0; i < 300; i++)); do
        grep -qs 'watching for 30 s' out.$kind && break
        sleep 0.1
    done
    # A stop is heard at once, though the run has not begun.
    kill -s TERM $pid
    start=$SECONDS
    wait $pid
    is "exit code of a run that was stopped as it watched a lease ($kind)" $? 75
    [ $((SECONDS - start)) -lt 20 ] || fail "stopped only after $((SECONDS - start)) s"
    rm -rf $state/lease-0-5
done
good "${run[@]}"

# --- a stop in the rest of start-up: nothing has begun, nothing is lost
tiny_spec | sed 's/^name: tiny/name: big/' >big.yaml
printf 'sweep: {repeats: 2000, over: {data.split.seed: [1, 2, 3, 4, 5, 6, 7, 8, 9]}}\n' >>big.yaml
for signal in TERM INT USR1; do
    "$hourglass" run big.yaml -n 1 -t 1 >big.out 2>&1 &
    pid=$!
    for ((i = 0; i < 600; i++)); do # until it has a handler of SIGTERM
        caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$pid/status)
        [ "$(readlink /proc/$pid/exe)" = "$hourglass" ] && ((0x$caught & 0x4000)) && break
        sleep 0.05
    done
    kill -s $signal $pid
    start=$SECONDS
    wait $pid
    is "exit code of a run that was stopped as it made its plan ($signal)" $? 75
    [ $((SECONDS - start)) -lt 20 ] || fail "stopped only after $((SECONDS - start)) s"
    [ ! -e results/big ] || fail 'a run that has not begun has a folder'
done
verdict
