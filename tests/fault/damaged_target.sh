#!/bin/bash
# A file that is damaged, to which a split is to be added or which is to be replaced: exit code 3 and the file's own name,
# before any work is done; the file stays as it is.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py' 2>/dev/null || skip 'no h5py'

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1 || exit 1
model=$(trial results/tiny)
tiny_csv 16000 >long.csv
good import long.csv --label kind -o whole.h5:large
good import tiny.csv -o whole.h5:small
good score "$model" data/tiny.h5:all -o scores.h5
good merge results/tiny -o merged.h5

# flip FILE ARRAY: a copy of the file, flip.h5, of which one byte in the array is another one
flip() {
    "$PYTHON" - "$1" "$2" <<-'PYTHON' || fail "no copy of $1"
	import h5py, sys
	with h5py.File(sys.argv[1]) as f:
	    at = f[sys.argv[2]].id.get_offset() + 3
	data = bytearray(open(sys.argv[1], "rb").read())
	data[at] ^= 1
	open("flip.h5", "wb").write(data)
	PYTHON
    sha256sum flip.h5 >sum
}
# refuses PATTERN COMMAND...: exit code 3 with such a message, and the file is as before
refuses() {
    local pattern=$1
    shift
    bad 3 "$pattern" "$@"
    sha256sum --status -c sum || fail "hourglass $*: the file has changed"
}

# --- a split of the file that stays: its large arrays have checksums of their own, the rest has the seal
flip whole.h5 large/x
refuses '^hourglass: flip.h5: .*x: damaged: ' import tiny.csv -o flip.h5:new
refuses '^hourglass: flip.h5: .*x: damaged: ' import tiny.csv -o flip.h5:small --force
refuses '^hourglass: flip.h5: .*x: damaged: ' encode "$model" data/tiny.h5:all -o flip.h5:codes -t 1
good import long.csv --label kind -o flip.h5:large --force # what is damaged is replaced
good verify flip.h5
flip whole.h5 small/sample
refuses '^hourglass: flip.h5: .*damaged: ' import tiny.csv -o flip.h5:new
refuses '^hourglass: flip.h5: .*damaged: ' import tiny.csv -o flip.h5:small --force
refuses '^hourglass: flip.h5: .*damaged: ' encode "$model" data/tiny.h5:all -o flip.h5:codes -t 1

# --- a file that would be replaced as a whole
flip scores.h5 scores/all/error
refuses '^hourglass: flip.h5: a damaged file is not replaced; hint: remove it first' score "$model" data/tiny.h5:all -o flip.h5 --force
flip merged.h5 trials/"$(basename "$model" .h5)"/scores/test/error
refuses '^hourglass: flip.h5: a damaged file is not replaced; hint: remove it first' merge results/tiny -o flip.h5 --force
verdict
