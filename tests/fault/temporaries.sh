#!/bin/bash
# Temporaries do not pile up: a signal that ends a command removes what it was writing, and the next command of the same
# name removes what a command has left that was killed.
source "$(dirname "$0")/../lib.sh"
# Under nohup every program that is started ignores SIGHUP: SIGTERM takes its place.
hang_up=HUP
(((0x$(awk '$1 == "SigIgn:" {print $2}' /proc/self/status) & 1) == 0)) || hang_up=TERM

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1 || exit 1
model=$(trial results/tiny)
tiny_csv 100000 >long.csv
good import long.csv --label kind -o long.h5:all
good import tiny.csv -o y.h5:old

temporaries() { compgen -G '.*.tmp-*'; }
# await_temporary: until the background command `job` writes one; false if it has ended before
await_temporary() {
    until temporaries >/dev/null; do kill -0 "$job" 2>/dev/null || return 1; done
}
# strike SIGNAL WHO COMMAND...: the signal to the program or its child (WHO: parent, child, both) while a temporary is
# there; its exit code into `code`. A command that was too fast is started again.
strike() {
    local sign=$1 who=$2 child targets
    shift 2
    count=$((count + 1))
    for _ in 1 2 3 4 5 6; do
        rm -f .*.tmp-*
        "$hourglass" "$@" >stdout 2>message &
        job=$!
        await_temporary
        child=$(pgrep -P $job)
        case $who in
        parent) targets=("$job") ;;
        child) targets=("$child") ;;
        both) targets=("$child" "$job") ;;
        esac
        [ -z "$child" ] || kill -"$sign" "${targets[@]}" 2>/dev/null
        wait $job 2>/dev/null
        code=$?
        [ $code = 0 ] || break
    done
    [ "$who" = parent ] || return
    for ((i = 0; i < 100; i++)); do # a child outlives a parent that was killed by a moment
        temporaries >/dev/null || break
        sleep 0.05
    done
}
commands=("import long.csv -o y.h5:new --force" "score $model long.h5:all --save reconstruction -o z.h5 -t 1 --force"
    "encode $model long.h5:all -o y.h5:new -t 1 --force")

# --- signals that can be handled: nothing is left, and the exit code says which it was
for command in "${commands[@]}"; do
    for sign in TERM $hang_up USR1; do
        # shellcheck disable=SC2086 # words of a command
        strike $sign parent $command
        is "exit code of $command after SIG$sign" "$code" $((128 + $(kill -l $sign)))
        is "temporaries and locks of $command after SIG$sign" "$(temporaries; compgen -G '.*.lock')" ''
    done
done
# of ranks, too, which a launcher would kill before they can do so
tiny_csv 400000 >longer.csv
good import longer.csv --label kind -o longer.h5:all
for sign in TERM $hang_up; do
    strike $sign parent score "$model" longer.h5:all --save reconstruction -o z.h5 -n 2 -t 1 --force
    is "exit code of two ranks after SIG$sign" "$code" $((128 + $(kill -l $sign)))
    is "temporaries and locks of two ranks after SIG$sign" "$(temporaries; compgen -G '.*.lock')" ''
done

# --- SIGINT, as a terminal sends it: to both
if [ -n "${PYTHON:-}" ]; then
    cat >interrupt.py <<'PY'
import glob, os, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
for i in range(6):
    p = subprocess.Popen(sys.argv[1:], start_new_session=True, stdout=subprocess.DEVNULL)
    while not glob.glob(".*.tmp-*") and p.poll() is None:
        pass
    if p.poll() is None:
        os.killpg(p.pid, signal.SIGINT)
    code = p.wait()
    if code != 0: # else it was too fast
        break
print(code)
PY
    for command in "${commands[@]}" "score $model longer.h5:all --save reconstruction -o z.h5 -n 2 -t 1 --force"; do
        count=$((count + 1))
        # shellcheck disable=SC2086 # words of a command
        is "end of $command after SIGINT" "$("$PYTHON" interrupt.py "$hourglass" $command 2>message | sed s/^130/-2/)" -2
        is "temporaries of $command after SIGINT" "$(temporaries)" ''
    done
fi

# --- a signal that is ignored stays ignored: nohup
count=$((count + 1))
nohup "$hourglass" import long.csv -o nohup.h5:all >stdout 2>message &
job=$!
await_temporary
kill -HUP $job 2>/dev/null
wait $job
is 'exit code under nohup' $? 0

# --- SIGKILL of one of the two processes: the other one removes it; of both: the next command of that name does so
for command in "${commands[@]}"; do
    for who in parent child; do
        # shellcheck disable=SC2086 # words of a command
        strike KILL $who $command
        is "exit code of $command after SIGKILL of its $who" "$code" 137
        is "temporaries of $command after SIGKILL of its $who" "$(temporaries)" ''
    done
done
name=y.h5
strike KILL both import long.csv -o $name:new --force
[ -n "$(temporaries)" ] || fail 'there is no temporary: nothing is tried'
touch ".$name.tmp-elsewhere-1" ".$name.tmp-$(hostname)-$$" ".other.h5.tmp-$(hostname)-999999999" ".x.$name.tmp-$(hostname)-999999999"
good import tiny.csv -o $name:new --force
is 'temporaries of other machines, of processes that run, and of other names' "$(temporaries | sort | xargs)" \
    "$(printf '%s\n' ".other.h5.tmp-$(hostname)-999999999" ".x.$name.tmp-$(hostname)-999999999" ".$name.tmp-$(hostname)-$$" ".$name.tmp-elsewhere-1" | sort | xargs)"
rm .*.tmp-*
strike KILL both score "$model" long.h5:all --save reconstruction -o z.h5 -t 1 --force
[ -n "$(temporaries)" ] || fail 'there is no temporary: nothing is tried'
good score "$model" long.h5:all -o z.h5 -t 1 --force
is 'temporaries after the next score' "$(temporaries)" ''
good top results/tiny
gallery=$(find results/tiny -name '*.png' | head -1)
touch "$(dirname "$gallery")/.$(basename "$gallery").tmp-$(hostname)-999999999"
good top results/tiny
is 'temporaries of the gallery after the next top' "$(find results -name '.*.tmp-*')" ''
verdict
