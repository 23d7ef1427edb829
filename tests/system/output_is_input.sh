#!/bin/bash
# No command writes to a file that it reads: not by its name, another path, a symbolic link or a hard link, and --force
# changes nothing about it. --force replaces only files of the kind that the command writes.
. "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --results results -n 1 -t 1 --quiet
run=results/tiny
model=$(trial $run)
cp data/tiny.h5 data.h5
good encode "$model" data.h5:all -o codes.h5:all
good score "$model" data.h5:all -o scores.h5
good merge $run -o merged.h5
printf '\x89PNG\r\n\x1a\n' >picture.png
echo 'a,b' >notes.csv
mkfifo fifo

# names FILE: its other names
names() {
    ln -sf "$PWD/$1" symbolic
    ln -f "$1" hard
    echo "$1" "./$(dirname "$1")/../$(basename "$(realpath "$(dirname "$1")")")/$(basename "$1")" "$PWD/$1" symbolic hard
}
sums() { sha256sum data.h5 codes.h5 scores.h5 merged.h5 "$model" $run/run.h5 picture.png notes.csv tiny.csv data/tiny.h5; }
sums >before

# --- by every name, with and without --force
input='the output is one of the inputs'
for force in '' --force; do
    for name in $(names data.h5); do
        bad 2 "$input" score "$model" data.h5:all -o "$name" ${force:+"$force"}
        bad 2 "$input" encode "$model" data.h5:all -o "$name":codes ${force:+"$force"}
        bad 2 "$input" encode "$model" data.h5:all -o "$name":all ${force:+"$force"}
        bad 2 "$input" score "$model" "$name":all -o data.h5 ${force:+"$force"}
        bad 2 "$input" import data.h5:/all/x -o "$name":again ${force:+"$force"}
    done
    for name in $(names codes.h5); do
        bad 2 "$input" decode "$model" codes.h5:all -o "$name":back ${force:+"$force"}
    done
    for name in $(names "$model"); do
        bad 2 "$input" score "$model" data.h5:all -o "$name" ${force:+"$force"}
        bad 2 "$input" encode "$model" data.h5:all -o "$name":x ${force:+"$force"}
        bad 2 'found format hourglass-trial' collect $run -o "$name" --force
        bad 2 "$input|found format hourglass-trial" merge $run -o "$name" --force
    done
    for name in $(names $run/run.h5); do
        bad 2 "$input" score $run data.h5:all -o "$name" ${force:+"$force"}
        bad 2 "$input" merge $run/run.h5 -o "$name" ${force:+"$force"}
    done
    for name in $(names tiny.csv); do
        bad 2 "$input" import tiny.csv -o "$name":all ${force:+"$force"}
        bad 2 "$input" import data.h5:/all/x tiny.csv -o "$name":all ${force:+"$force"}
    done
    bad 2 "$input" merge merged.h5 $run -o merged.h5 ${force:+"$force"}
done
rm -f symbolic hard
bad 2 "$input" score "$model" data.h5:all -o data.h5 --force -n 2
bad 2 "^hourglass: --output: $input" score "$model" data.h5:all -o data.h5 --force
cp picture.png rows.png
bad 2 "^hourglass: --picture: $input: rows.png is the file rows.png" explain "$model" rows.png --picture rows.png
rm rows.png

# --- --force and what is of another kind
for file in data.h5 codes.h5 merged.h5 "$model" picture.png notes.csv; do
    bad 2 "$file: exists|$input" score "$model" data/tiny.h5:all -o "$file" --force
done
for file in scores.h5 merged.h5 "$model" picture.png notes.csv; do
    bad 2 "$file: exists" import tiny.csv --label kind -o "$file":all --force
    bad 2 "$file: exists|$input" encode "$model" data/tiny.h5:all -o "$file":all --force
done
for file in scores.h5 data.h5 "$model" picture.png notes.csv; do
    bad 2 "$file: exists" merge $run -o "$file" --force
    bad 2 "$file: exists" collect $run -o "$file" --force
done
for file in scores.h5 data.h5 merged.h5 "$model" picture.png notes.csv $run/run.h5; do
    bad 2 "$file exists: found no report" report $run -o "$file"
done
for file in /dev/null fifo; do
    bad 2 "$file: exists: found a" score "$model" data.h5:all -o "$file" --force
    bad 2 "$file: exists: found a" import tiny.csv --label kind -o "$file":all --force
    bad 2 "$file: exists: found a" merge $run -o "$file" --force
    bad 2 "$file: exists: found a" collect $run -o "$file" --force
done
[ -c /dev/null ] && [ -p fifo ] || fail '/dev/null or the FIFO was replaced'

# --- without --force nothing is replaced; with it, what the command writes
bad 2 'scores.h5: is there already; --force' score "$model" data.h5:all -o scores.h5
bad 2 'merged.h5 exists; --force replaces it' merge $run -o merged.h5
bad 2 'merged.h5 exists; --force replaces it' collect $run -o merged.h5
sums >after
cmp -s before after || { fail 'an input or a file of another kind was changed'; diff before after; }
good score "$model" data.h5:all -o scores.h5 --force
good merge $run -o merged.h5 --force
good collect $run -o merged.h5 --force
good collect $run
good collect $run -o $run/run.h5

# --- standard output
cp $run/run.h5 kept.h5
for arguments in "top $run/run.h5 --csv" "top $run --json" "compare $run --csv" "info $run/run.h5" "verify $run/run.h5"; do
    # shellcheck disable=SC2086  # words
    "$hourglass" $arguments >>$run/run.h5 2>message
    is "$arguments >>run.h5: exit code" $? 2
    says message 'standard output is this file'
done
cmp -s kept.h5 $run/run.h5 || fail 'run.h5 was changed through standard output'

# --- a run's folder: another's file has the name of run.h5 or of the gallery
cp data.h5 $run/run.h5
bad 2 'run.h5: found format hourglass-dataset' collect $run
cmp -s data.h5 $run/run.h5 || fail 'a data set called run.h5 was replaced'
mv kept.h5 $run/run.h5
good top $run
gallery=$(echo $run/gallery-*.png)
[ -e "$gallery" ] || fail 'no gallery'
cp notes.csv "$gallery"
bad 2 'gallery.*: exists: found no picture' top $run
cmp -s notes.csv "$gallery" || fail 'a text was replaced by the gallery'

# --- a generated picture
sed -e 's/^name: tiny/name: drawn/' -e 's/dense: "${code}", activation: relu/gaussian: 2/; /^variables/d' tiny.yaml >drawn.yaml
good run drawn.yaml --results results -n 1 -t 1 --quiet
for png in notes.csv made.h5 data.h5 fifo; do
    bad 2 '--png: found|: exists: found|: is there already' generate results/drawn -o made.h5:a --grid 2 --png $png
    bad 2 '--png: found|: exists: found' generate results/drawn -o made.h5:a --grid 2 --png $png --force
done
bad 2 'picture.png: is there already; --force' generate results/drawn -o made.h5:a --grid 2 --png picture.png
bad 2 "$input" generate results/drawn -o results/drawn/run.h5:a --force
[ ! -e made.h5 ] || fail 'made.h5 was written before its picture was refused'
verdict
