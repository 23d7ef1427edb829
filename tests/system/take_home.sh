#!/bin/bash
# What is taken home of a run: run.h5 made at any time, its leaderboard filtered and sorted, files checked again.
source "$(dirname "$0")/../lib.sh"

# damage FILE: a byte of the array `sample`, found by two of its numbers
damage() {
    local at
    at=$(LC_ALL=C grep -obUaP '\x28\0{7}\x29\0{7}' "$1" | head -1 | cut -d: -f1)
    [ -n "$at" ] || fail "$1: no array to damage"
    printf '\x2a' | dd of="$1" bs=1 seek="$at" conv=notrunc 2>dd.log
}
# column NAME: of the CSV in stdout
column() { awk -F, -v name="$1" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == name) c = i; next} {print $c}' stdout | xargs; }

tiny_data
tiny_spec >tiny.yaml
cat >>tiny.yaml <<'SWEEP'
sweep:
  over:
    code: [2, 3]
    train.learning_rate: [1e-3, 0.01]
SWEEP
good run tiny.yaml --quiet
run=results/tiny

# --- collect
cp $run/run.h5 first.h5
good collect $run
says stdout '^results/tiny/run.h5: 4 trials, [0-9.]+ kB, in '
same first.h5 $run/run.h5
good collect $run -o other.h5
same other.h5 $run/run.h5
mkdir -p part/trials
cp "$(find $run/trials -name '*.h5' | sort | head -1)" part/trials/
cp $run/run.h5 part/trials/.x.h5.tmp-other-1 # being written
good collect part
says stdout '^part/run.h5: 1 trial,'
bad 2 'nowhere/trials: no run: No such file' collect nowhere
mkdir -p empty/trials
bad 2 'empty: no trial is finished yet' collect empty
bad 2 'collect: found 0 arguments' collect
bad 74 'none/x.h5: cannot open its temporary' collect $run -o none/x.h5
is 'temporaries' "$(find . -name '.*tmp*' ! -name '*other-1')" ''

# --- top: of the folder, of its file, and of the file elsewhere the same
for path in $run $run/run.h5 other.h5; do
    good top $path --csv --count 0
    cp stdout "$(basename $path).csv2"
    is "rows of $path" "$(wc -l <stdout)" 5
done
cmp tiny.csv2 run.h5.csv2 || fail 'a folder tells another leaderboard than its run.h5'
mkdir fresh && cp -r $run/trials fresh/
good top fresh --csv --count 0 # without a run.h5
cmp stdout run.h5.csv2 || fail 'a leaderboard read from trial files differs from that in run.h5'
cmp other.h5.csv2 run.h5.csv2 || fail 'run.h5 tells another leaderboard elsewhere'
good top $run
says stdout ' 1e-3  '
says stdout ' 0.01  '
good top other.h5 --samples 2
says stdout '^most anomalous'
says stdout '^  macro average'
says stdout '^Gallery      ./gallery-'
says stdout '^Trial        other.h5:[0-9a-f]{16}$'
good top other.h5 --where 'code = 3' --where 'train.learning_rate<0.01' --csv
is 'rows that meet two conditions' "$(wc -l <stdout)" 2
is 'their code' "$(column code)" 3
is 'their rate' "$(column train.learning_rate)" 0.001
good top $run --sort -code --csv
is 'sorted downwards' "$(column code)" '3 3 2 2'
good top $run --sort code --count 3 --csv
is 'sorted upwards, three' "$(column code)" '2 2 3'
good top $run --sort trial --csv
is 'sorted by texts' "$(column trial)" "$(column trial | tr ' ' '\n' | sort | xargs)"
good top $run --where 'status != done' --csv
is 'rows of none' "$(wc -l <stdout)" 1
good top $run --where 'status=diverged'
says stdout '^results/tiny: none of 4 trials meets --where'
good top $run --json --count 1
says stdout '^    "roc_auc": 0\.[0-9]+,$'
says stdout '^    "validation_loss": null,$'
is 'ends of lines of JSON' "$(grep -c '[^,{\[]$' stdout)" 3
bad 2 "--where: found column 'roc_auk', allowed: trial, .*; did you mean 'roc_auc'" top $run --where 'roc_auk > 1'
bad 2 "--sort: found column 'xyz', allowed: trial, " top $run --sort xyz
bad 2 "--where: code: found 'two', allowed: a number" top $run --where 'code = two'
bad 2 '--where: status holds strings, allowed: = and !=' top $run --where 'status > done'
bad 2 "--where: found 'code', allowed: COLUMN OP VALUE" top $run --where code
bad 2 '--csv: found with --json' top $run --csv --json
bad 2 'nowhere: no run: No such file' top nowhere
bad 3 'format: found "hourglass-dataset", expected "hourglass-trial"' top data/tiny.h5
bad 3 'tiny.yaml: not a readable HDF5 file' top tiny.yaml

# --- a trial's file that is newer than run.h5 counts
good run tiny.yaml --quiet --results newer
cp newer/tiny/run.h5 kept.h5
good run tiny.yaml --quiet --results newer --set code=2 --set train.epochs=4
cp kept.h5 newer/tiny/run.h5 && touch -d '-1 hour' newer/tiny/run.h5
good top newer/tiny --csv --count 0
is 'rows with a newer trial' "$(wc -l <stdout)" "$(($(find newer/tiny/trials -name '*.h5' | wc -l) + 1))"

# --- a run whose data has gone still has its leaderboard
mv data/tiny.h5 away.h5
good top other.h5
says stdout '^No samples .* no file tiny.h5'
says stdout '^  macro average'
mv away.h5 data/tiny.h5

# --- verify
good verify $run data/tiny.h5 other.h5
says stdout '^7 files, [0-9]+ arrays, .*: 0 damaged'
good verify $run --quiet
is 'output of verify --quiet' "$(cat stdout)" ''
victim=$(find $run/trials -name '*.h5' | sort | head -1)
cp "$victim" whole.h5
damage "$victim"
go verify $run
is 'exit code of verify with a damaged array' $? 3
says stdout "^$victim: scores/test/sample: damaged: its checksum is "
says stdout '^5 files, .*: 1 damaged'
bad 3 "^hourglass: $victim: scores/test/sample: damaged" collect $run
says stdout '^results/tiny/run.h5: 3 trials'
good top $run/run.h5 --csv
is 'rows without the damaged trial' "$(wc -l <stdout)" 4
head -c 3000 whole.h5 >"$victim"
go verify "$victim"
is 'exit code of verify of half a file' $? 3
says stdout "^$victim: not a readable HDF5 file"
sed 's/binary_crossentropy/binary_crossentrop_/' whole.h5 >"$victim" # in an attribute
go verify "$victim"
is 'exit code of verify with a damaged attribute' $? 3
says stdout "^$victim: /: damaged: the checksum of its attributes is "
bad 3 "^hourglass: $victim: /: damaged: the checksum of its attributes" collect $run -o another.h5
sed 's/binary_crossentropy/binary_crossentrop_/' another.h5 >damaged.h5
go verify damaged.h5
says stdout '^damaged.h5: trials/[0-9a-f]{16}: damaged: the checksum of its attributes is '
cp whole.h5 "$victim"
good verify "$victim"
go verify tiny.yaml
is 'exit code of verify of text' $? 3
bad 2 'nowhere: No such file' verify nowhere
bad 2 'data/empty: no file in it ends in .h5' verify "$(mkdir -p data/empty && echo data/empty)"
bad 2 'verify: found 0 arguments' verify
verdict
