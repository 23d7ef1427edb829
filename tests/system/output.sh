#!/bin/bash
# Standard output that cannot be written is an error of every command, and a reader that has enough is none. Names of
# files with control characters are shown, not obeyed.
source "$(dirname "$0")/../lib.sh"
tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --set train.epochs=1 || exit 1
trial=$(trial results/tiny)
cp "$trial" trial.h5

# --- a full disk
# full ARGUMENT...: writes to /dev/full
full() {
    count=$((count + 1))
    "$hourglass" "$@" >/dev/full 2>message
    is "exit code of hourglass $* >/dev/full" $? 74
    says message '^hourglass: standard output: cannot write all of it'
}
full top results/tiny
full top results/tiny --csv
full top results/tiny --json
full status results/tiny
full status results/tiny --json
full verify results/tiny
full compare results/tiny results/tiny/run.h5
full compare results/tiny --csv
full info trial.h5
full check tiny.yaml
full doctor --json
full report results/tiny
full collect results/tiny
full merge results/tiny -o merged.h5
full import tiny.csv --label kind -o other.h5:all
full score trial.h5 data/tiny.h5:all -o scores.h5
full encode trial.h5 data/tiny.h5:all -o codes.h5:all
full run tiny.yaml -n 1
full --help
full --help=bash
full --version
full top --help
good verify merged.h5 other.h5 scores.h5 codes.h5 # the files are whole

# --- what failed before keeps its exit code
"$hourglass" top nowhere >/dev/full 2>message
is 'exit code of a command that fails otherwise' $? 2

# --- standard output is closed
"$hourglass" top results/tiny >&- 2>message
is 'exit code with a closed standard output' $? 74
"$hourglass" import tiny.csv --label kind -o closed.h5:all >&- 2>message
good verify closed.h5

# --- a reader that has enough
"$hourglass" top results/tiny --csv 2>message | true
is 'messages of a closed pipe' "$(cat message)" ''
(
    trap '' PIPE
    sleep 0.2
    "$hourglass" top results/tiny --csv 2>message
    echo $? >code
) | true
is 'messages of a closed pipe whose signal is ignored' "$(cat message)" ''
is 'exit code of a closed pipe whose signal is ignored' "$(cat code)" 0

# mpirun crashes if the reader of its output has ended, so it does not print there itself.
awk 'BEGIN { print "a,b,c,d,e,f"; for (i = 0; i < 20000; i++) printf "%d.5,1,2,3,4,%d\n", i, i % 7 }' >many.csv
for messages in message /dev/stdout; do
    "$hourglass" score results/tiny many.csv -n 2 -o - 2>$messages | head -n 3 >head.csv
    is 'lines of many ranks, of which the first are read' "$(grep -c ',' head.csv)" 3
    grep -qE 'has died|Segmentation|Signal|SIGPIPE' message && fail 'a reader that has enough is reported'
    : >message
done
"$hourglass" score results/tiny many.csv -n 2 -o - 2>message | (sleep 1 && cat) | tail -n +2 | wc -l >lines
is 'lines of many ranks whose reader is slow' "$(cat lines)" 20000

# --- an option that is given twice
bad 2 '^hourglass: --output: given twice, found .b.csv. after .a.csv., allowed: once$' score results/tiny many.csv -o a.csv -o b.csv
bad 2 '^hourglass: --list: given twice, found .4. after .3., allowed: once$' top results/tiny --list 3 --list=4
bad 2 '^hourglass: --output: given twice' import many.csv -o a.h5:all --output b.h5:all
good top results/tiny --csv --csv                           # says the same
good check tiny.yaml --set train.epochs=1 --set train.seed=2 # a list

# --- names
esc=$'e\033[31mX\ny'
shown='e\\x1b\[31mX'
cp trial.h5 "$esc.h5"
good info "$esc.h5"
says stdout "^$shown\\\\x0ay\.h5\$"
cp tiny.csv "$esc.csv"
good import "$esc.csv" --label kind -o "$esc-data.h5:all"
says stdout "^$shown\\\\x0ay-data\.h5:all: 300 rows"
good score trial.h5 "$esc-data.h5:all" -o "$esc-scores.h5"
says stdout "^$shown\\\\x0ay-scores\.h5: "
mkdir "$esc"
cp -r results/tiny "$esc/run"
good top "$esc/run"
good status "$esc/run"
says stdout "^$shown\\\\x0ay/run: done"
grep -q $'\033' stdout && fail 'an escape sequence of a name is obeyed'
head -c 3000 trial.h5 | tail -c 2900 >"$esc.bad.h5"
bad 3 "^hourglass: $shown y\.bad\.h5: not a readable HDF5 file: cannot open it: file signature" info "$esc.bad.h5"
bad 3 "^hourglass: $shown y\.bad\.h5: not a readable HDF5 file: cannot open it: file signature" score "$esc.bad.h5" data/tiny.h5:all -o none.h5

verdict
