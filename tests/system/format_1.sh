#!/bin/bash
# Files of format version 1, in which every trial is a group: golden/run-version-1.h5.gz was written by the program that
# had no other. They are read as before.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec | sed 's/  save:.*/  save: []/' >tiny.yaml
printf 'sweep: {over: {code: [2, 3]}}\n' >>tiny.yaml
gunzip -c "$source_tree/tests/golden/run-version-1.h5.gz" >old.h5

good top old.h5 --csv --count 0
is 'trials of an old file' "$(sed 1d stdout | cut -d, -f1 | sort | xargs)" '89f053b09bbc05ee c822d91a1105451b'
good verify old.h5
good info old.h5
says stdout 'format_version = 1'
good score old.h5:89f0 data/tiny.h5:all -o scores.csv
is 'lines of scores' "$(wc -l <scores.csv)" 301

# --- together with a run of now
good run tiny.yaml --quiet --trials journal
good merge old.h5 results/tiny -o merged.h5
says stdout '^merged.h5: 2 trials of 4 that were found|^merged.h5: 4 trials of 4 that were found'
good compare old.h5 results/tiny

# --- a folder of that time continues: its run.h5 is made again
mkdir -p old/tiny
good run tiny.yaml --quiet --trials files --results old
cp old.h5 old/tiny/run.h5
good top old/tiny --csv --count 0
sed -i 's/\[2, 3\]/[2, 3, 4]/' tiny.yaml
good run tiny.yaml --trials journal --results old
says stdout '^2 of 3 trials were finished before'
good info old/tiny/run.h5
says stdout 'format_version = 2'
verdict
