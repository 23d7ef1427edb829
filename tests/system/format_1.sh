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

# --- a sweep that was interrupted at that time continues: there are files of some trials, run.h5 lists one whose file is gone,
# and there is no folder for journals. Trial files have the same format as then.
sed 's/\[2, 3\]/[2, 3, 4]/' tiny.yaml >more.yaml
good run more.yaml --quiet --results whole
for places in journal files auto; do
    rm -rf old
    mkdir old
    good run tiny.yaml --quiet --trials files --results old
    rm -rf old/tiny/journal old/tiny/trials/c822d91a1105451b.h5
    cp old.h5 old/tiny/run.h5
    good top old/tiny --csv --count 0
    is 'trials of an interrupted sweep' "$(sed 1d stdout | cut -d, -f1)" 89f053b09bbc05ee
    good status old/tiny
    good collect old/tiny -o collected.h5 --force
    good run more.yaml --trials $places --results old
    says stdout '^1 of 3 trials were finished before'
    good info old/tiny/run.h5
    says stdout 'format_version = 2'
    same_run old/tiny whole/tiny 3
    good verify old
    good run more.yaml --trials $places --results old
    says stdout '^3 of 3 trials were finished before'
done

# --- run.h5 of that time by itself holds no trial for a sweep: trials are found in their files. It is made again.
rm -rf old
mkdir -p old/tiny
cp old.h5 old/tiny/run.h5
good top old/tiny --csv --count 0
is 'trials of run.h5 by itself' "$(sed 1d stdout | wc -l)" 2
good run more.yaml --results old
same_run old/tiny whole/tiny 3
verdict
