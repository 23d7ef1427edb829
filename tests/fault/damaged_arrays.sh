#!/bin/bash
# Arrays that are read for a result are compared with their checksums by every command, whether the file has a seal or
# lost it when another program opened it for writing. The seal leaves out arrays of 16 KiB or more.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>/dev/null || skip 'no h5py'

mkdir -p data
tiny_csv 16000 >tiny.csv
good import tiny.csv --label kind -o data/tiny.h5:all
cat >tiny.yaml <<'SPEC'
name: a
data:
  train: tiny.h5:all
  split: {test: 0.3, seed: 1}
  normal: [0]
  scale: min_max
model:
  encoder: [{dense: 800, activation: tanh}, {gaussian: 2}]
  decoder: [{dense: 6, activation: sigmoid}]
train: {loss: binary_crossentropy, batch_size: 1000, epochs: 1, seed: 1}
SPEC
good run tiny.yaml || exit 1
good run tiny.yaml --set name=b --set train.seed=2 || exit 1
trial=$(trial results/a) id=$(basename "$(trial results/a)" .h5)
cp "$trial" trial.h5
good merge results/a -o run.h5

# flip FILE ARRAY: a copy of the file, flip.h5, of which one byte in the middle of the array is another one. It looks
# old, because files that were written a moment ago are compared more often.
flip() {
    "$PYTHON" - "$1" "$2" <<-'PYTHON' || fail "no copy of $1"
	import h5py, sys
	with h5py.File(sys.argv[1]) as f:
	    array = f[sys.argv[2]]
	    at = array.id.get_offset() + array.id.get_storage_size() // 2 + 3
	    assert array.id.get_storage_size() >= 16384
	data = bytearray(open(sys.argv[1], "rb").read())
	data[at] ^= 1
	open("flip.h5", "wb").write(data)
	PYTHON
    touch -d '1 hour ago' flip.h5
}

# edit FILE STATEMENT: a copy of the file, edit.h5, that h5py has opened as f for the statement
edit() {
    cp "$1" edit.h5
    "$PYTHON" -c "import h5py
with h5py.File('edit.h5', 'r+') as f:
    $2" || fail "$2"
    touch -d '1 hour ago' edit.h5
}

# --- the model
model_is_refused() {
    bad 3 "$2: damaged: its checksum is" score "$1" data/tiny.h5:all -o none.h5
    bad 3 "$2: damaged: its checksum is" encode "$1" data/tiny.h5:all -o none.h5:codes
    bad 3 "$2: damaged: its checksum is" generate "$1" --count 4 -o none.h5:drawn
}
flip trial.h5 model/encoder_0/kernel
model_is_refused flip.h5 'flip.h5: model/encoder_0/kernel'
flip run.h5 "trials/$id/model/encoder_0/kernel"
model_is_refused flip.h5 "flip.h5: trials/$id/model/encoder_0/kernel"
edit trial.h5 "f['model/encoder_0/kernel'][0, 5] = 9"
model_is_refused edit.h5 'edit.h5: model/encoder_0/kernel'
edit trial.h5 "f['model/scaling/factor'][0] = 9"
model_is_refused edit.h5 'edit.h5: model/scaling/factor'
edit trial.h5 "f['history/train_loss'][0] = 9"
bad 3 'edit.h5: .*history/train_loss: damaged: its checksum is' top edit.h5

# --- attributes of a file that lost its seal: a note is allowed, but that something has changed is reported
changed='warning: edit.h5: another program has changed its attributes, .*damaged: the checksum of its attributes is'
for change in "f['training_errors'].attrs['mean_error'] = 0.1" "f['scores/test'].attrs['threshold'] = 0.1" \
    "del f['model/encoder_0/kernel'].attrs['xxh3']" "f.attrs['note'] = 'mine'"; do
    edit trial.h5 "$change"
    good score edit.h5 data/tiny.h5:all -o changed.h5 --force
    says message "$changed"
    good top edit.h5 --csv
    says message "$changed"
done
edit run.h5 "f['trials/$id/scores/test'].attrs['threshold'] = 0.1"
good score edit.h5 data/tiny.h5:all -o changed.h5 --force
says message "$changed"
is 'lines of warnings' "$(grep -c warning message)" 1
edit trial.h5 'pass' # nothing was changed
good score edit.h5 data/tiny.h5:all -o same.h5
is 'messages of a file of which nothing was changed' "$(cat message)" ''

# --- errors of samples: in run.h5, in a merged file, in a trial's file
for file in run.h5 trial.h5; do
    prefix=
    [ $file = run.h5 ] && prefix=trials/$id/
    flip $file "${prefix}scores/test/error"
    bad 3 "flip.h5: ${prefix}scores/test/error: damaged: its checksum is" top flip.h5
    edit $file "f['${prefix}scores/test/error'][7] = 6e37"
    bad 3 "edit.h5: ${prefix}scores/test/error: damaged: its checksum is" top edit.h5
    bad 3 "edit.h5: ${prefix}scores/test/error: damaged: its checksum is" report edit.h5
    [ -s report.html ] || fail 'no report of what is whole'
done
flip run.h5 "trials/$id/scores/test/error"
bad 3 "flip.h5: trials/$id/scores/test/error: damaged: its checksum is" compare flip.h5 run.h5
flip run.h5 "trials/$id/model/encoder_0/kernel" # of which compare says whether the bits are the same
bad 3 "flip.h5: trials/$id/model/encoder_0/kernel: damaged: its checksum is" compare flip.h5 run.h5
edit run.h5 "f['leaderboard/epochs'][0] = 7"
bad 3 'edit.h5: .*leaderboard/epochs: damaged: its checksum is' top edit.h5
bad 3 'edit.h5: .*leaderboard/epochs: damaged: its checksum is' compare edit.h5 run.h5

# --- new data, on one rank and on several; and the data of a trial whose samples are shown
for array in x label; do
    flip data/tiny.h5 all/$array
    bad 3 "all/$array: damaged: its checksum is" score trial.h5 flip.h5:all -o none.h5
    bad 3 "all/$array: damaged: its checksum is" score trial.h5 flip.h5:all -o none.h5 -n 2 -t 1
    bad 3 "all/$array: damaged: its checksum is" encode trial.h5 flip.h5:all -o none.h5:codes
    mv data/tiny.h5 whole.h5
    cp flip.h5 data/tiny.h5
    bad 3 "all/$array: damaged: its checksum is" top results/a
    bad 3 "all/$array: damaged: its checksum is" check tiny.yaml
    mv whole.h5 data/tiny.h5
done
good encode trial.h5 data/tiny.h5:all -o codes.h5:codes
flip codes.h5 codes/x
bad 3 'codes/x: damaged: its checksum is' decode trial.h5 flip.h5:codes -o none.h5:back

# --- import does not make a whole file of a damaged one
flip data/tiny.h5 all/label
bad 3 'all/label: damaged: its checksum is' import data/tiny.h5:/all/x flip.h5:/all/label -o none.h5:all
flip data/tiny.h5 all/x
bad 3 'all/x: damaged: its checksum is' import flip.h5:/all/x -o none.h5:all
bad 3 'all/x: damaged: its checksum is' import flip.h5:/all/x --type f4 -o none.h5:all
bad 3 'all/x: damaged: its checksum is' import flip.h5:/all/x --transpose -o none.h5:all
edit data/tiny.h5 "f['all/feature'][2] = 'other'"
bad 3 'all/feature: damaged: its checksum is' score trial.h5 edit.h5:all -o none.h5
[ ! -e none.h5 ] || fail 'a command that failed wrote its file'

# --- whole files are read as before
good score trial.h5 data/tiny.h5:all -o scores.h5 -n 2 -t 1
good top run.h5
good compare run.h5 results/b/run.h5

verdict
