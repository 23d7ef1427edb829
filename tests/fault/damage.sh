#!/bin/bash
# Every change of one bit or one byte of any file that the program writes is reported by `verify`, and a file that
# another program has opened for writing is reported as changed: damage.sh [ROUNDS [SEED]]: 200 changes of
# each kind per round.
source "$(dirname "$0")/../lib.sh"
source "$source_tree/tests/fault/results.bash"
rounds=${1:-1} first=${2:-1}
damage=${DAMAGE:-$(dirname "$hourglass")/tests/damage}

# damaged PATTERN ARGUMENT...: verify finds damage, and a line of its output matches
damaged() {
    local pattern=$1 code
    shift
    go verify "$@"
    code=$?
    [ $code = 3 ] || fail "hourglass verify $*: exit code $code, expected 3"
    says stdout "$pattern"
}

every_kind
good verify data/tiny.h5 trial.h5 run.h5 merged.h5 scores.h5 codes.h5 checkpoint.h5

for file in data/tiny.h5 trial.h5 run.h5 merged.h5 scores.h5 codes.h5 checkpoint.h5; do
    for ((seed = first; seed < first + rounds; seed++)); do for kind in bit byte; do
        rm -rf copies
        mkdir copies
        "$damage" "$kind" "$file" copies 200 "$seed" || fail "no copies of $file"
        damaged '^copies/' --quiet copies
        grep -o 'copies/[0-9]*\.h5' stdout | sort -u >reported
        ls copies/*.h5 | sort | comm -23 - reported >silent
        is "changes of a $kind of $file that verify does not report" "$(wc -l <silent) $(head -3 silent | xargs)" '0 '
    done; done
done

# --- a changed byte in an array says which one; the others are still compared
"$PYTHON" - <<'PYTHON'
import h5py
with h5py.File("trial.h5") as f:
    at = f["scores/test/error"].id.get_offset()
data = bytearray(open("trial.h5", "rb").read())
data[at] ^= 1
open("array.h5", "wb").write(data)
PYTHON
damaged '^array.h5: scores/test/error: damaged: its checksum is' array.h5
damaged '^array.h5: damaged: its bytes are not those that were written' array.h5

# --- no command reads a damaged file
bad 3 'array.h5: damaged: its bytes' info array.h5
bad 3 'array.h5: damaged: its bytes' score array.h5 data/tiny.h5:all -o none.h5

# --- a file that another program has opened for writing is no longer as it was written, but is read
if "$PYTHON" -c 'import h5py' 2>/dev/null; then
    cp trial.h5 same.h5
    cp trial.h5 note.h5
    "$PYTHON" -c 'import h5py; h5py.File("same.h5", "r+").close(); f = h5py.File("note.h5", "a"); f["history"].attrs["note"] = "x" * 5000'
    for file in same note; do
        damaged "^$file.h5: changed since it was written: its seal is gone" $file.h5
        good info $file.h5
        good score $file.h5 data/tiny.h5:all -o scores-$file.h5
    done
    damaged '^note.h5: /: damaged: the checksum of its attributes' note.h5
fi

# --- a file of an earlier version has neither the seal nor its attribute
"$PYTHON" - <<'PYTHON'
data = open("trial.h5", "rb").read()
seal = data[-128:].split()
assert seal[0] == b"Sealed", seal
open("cut.h5", "wb").write(data[:int(seal[3].rstrip(b","))])
PYTHON
damaged '^cut.h5: changed since it was written: its seal is gone' cut.h5
good info cut.h5
verdict
