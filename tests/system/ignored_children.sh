#!/bin/bash
# ignored_children.sh: a parent that ignores SIGCHLD, as some daemons do, does not keep commands from seeing how their children
# end.
source "$(dirname "$0")/../lib.sh"
[ -n "${PYTHON:-}" ] || skip 'no python3'
tiny_data
tiny_spec >tiny.yaml
cat >ignore.py <<'PY'
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
PY

# ignoring CODE ARGUMENT...: the exit code of the program below such a parent
ignoring() {
    local code=$1
    shift
    count=$((count + 1))
    timeout -k 5 300 "$PYTHON" ignore.py "$hourglass" "$@" >stdout 2>message
    is "exit code of $*" $? "$code"
}

ignoring 0 import tiny.csv -o again.h5:all
ignoring 3 import no-such.csv -o other.h5:all
ignoring 0 run tiny.yaml -n 2 -t 1 --quiet
ignoring 2 run tiny.yaml -n 2 --set train.epochs=none
verdict
