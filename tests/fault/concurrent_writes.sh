#!/bin/bash
# Commands that write one file at the same time take turns: no split is lost, nothing is replaced without --force, and a
# process that was killed keeps nobody waiting.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1 || exit 1
model=$(trial results/tiny)
trap 'kill -KILL "${holder:-}" 2>/dev/null; rm -rf "$folder"' EXIT

# together COMMAND...: the commands (strings) at the same time; their exit codes into `codes`, sorted, messages into `message`
together() {
    local jobs=() ended=() job command
    : >message
    for command in "$@"; do
        count=$((count + 1))
        # shellcheck disable=SC2086 # words of a command
        timeout -k 5 600 "$hourglass" $command >/dev/null 2>>message &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do
        wait "$job"
        ended+=($?)
    done
    codes=$(printf '%s\n' "${ended[@]}" | sort -n | xargs)
}
# splits FILE: the names of its splits
splits() {
    good info "$1"
    grep -oE '\bs[0-9]\b' stdout | sort -u | xargs
}
# nothing_left: neither locks nor temporaries
nothing_left() { is 'locks and temporaries' "$(find . -name '.*.lock' -o -name '.*.tmp-*')" ''; }

# --- imports into a new file and into one that exists, and codes of a model: every split is there
for round in 1 2 3; do
    rm -f x.h5
    together "import tiny.csv -o x.h5:s1" "import tiny.csv -o x.h5:s2" "import tiny.csv -o x.h5:s3" "import tiny.csv -o x.h5:s4"
    is "exit codes of imports, round $round" "$codes" '0 0 0 0'
    together "import tiny.csv -o x.h5:s5" "encode $model data/tiny.h5:all -o x.h5:s6 -t 1" "import tiny.csv -o x.h5:s1 --force" \
        "encode $model data/tiny.h5:all -o x.h5:s7 -t 1"
    is "exit codes of imports and codes, round $round" "$codes" '0 0 0 0'
    is "splits, round $round" "$(splits x.h5)" 's1 s2 s3 s4 s5 s6 s7'
    good verify x.h5
done

# --- one name without --force: it is made once, by the first
for round in 1 2 3; do
    rm -f x.h5 scores.h5 merged.h5 collected.h5
    together "import tiny.csv -o x.h5:s1" "import tiny.csv -o x.h5:s1" "import tiny.csv -o x.h5:s1"
    is "exit codes of imports of one split, round $round" "$codes" '0 2 2'
    says message "x.h5: has a split 's1' already; --force replaces it"
    together "score $model data/tiny.h5:all -o scores.h5 -t 1" "score $model data/tiny.h5:all -o scores.h5 -t 1"
    is "exit codes of scores of one file, round $round" "$codes" '0 2'
    together "merge results/tiny -o merged.h5" "merge results/tiny -o merged.h5"
    is "exit codes of merges to one file, round $round" "$codes" '0 2'
    together "collect results/tiny -o collected.h5" "collect results/tiny -o collected.h5"
    is "exit codes of collects to one file, round $round" "$codes" '0 2'
    together "collect results/tiny" "collect results/tiny" "collect results/tiny"
    is "exit codes of collects of run.h5, round $round" "$codes" '0 0 0'
done
# of files of two kinds that have one name only one is made, and the other command changes nothing
rm -f x.h5
together "import tiny.csv -o x.h5:s1 --force" "score $model data/tiny.h5:all -o x.h5 --force -t 1"
is 'exit codes of two kinds' "$codes" '0 2'
nothing_left

# --- who is waited for is named after some seconds; a process that was killed is not waited for
mkfifo pipe
good import tiny.csv -o y.h5:s1
(
    exec 9>.y.h5.lock
    flock 9
    echo 'process 17 on elsewhere' >&9
    read -r <pipe
) &
holder=$!
until [ -s .y.h5.lock ]; do sleep 0.05; done
"$hourglass" import tiny.csv -o y.h5:s2 >stdout 2>message &
job=$!
for ((i = 0; i < 200; i++)); do
    grep -q waiting message && break
    sleep 0.1
done
says message '^hourglass: warning: y.h5: process 17 on elsewhere.* is writing it: waiting until it has ended'
kill -0 $job || fail 'the import did not wait'
kill -KILL $holder
wait $job
is 'exit code after the wait' $? 0
is 'splits after the wait' "$(splits y.h5)" 's1 s2'
nothing_left
echo 'process 17 on elsewhere' >.y.h5.lock # what a killed one leaves
good import tiny.csv -o y.h5:s3
nothing_left

# --- a link and the file that it leads to are one file
mkdir real
ln -s real/z.h5 link.h5
together "import tiny.csv -o link.h5:s1" "import tiny.csv -o real/z.h5:s2" "import tiny.csv -o link.h5:s3"
is 'exit codes through a link' "$codes" '0 0 0'
is 'splits through a link' "$(splits real/z.h5)" 's1 s2 s3'

# --- a program of another kind wrote the file meanwhile, or there are no locks: noticed before the file gets its name
shim=${FAULT_SHIM:-$(dirname "$hourglass")/tests/libfault_shim.so}
if [ -e "$shim" ]; then
    export LD_PRELOAD=$shim SHIM_CALL=lock SHIM_AT=1 SHIM_ALL=1
    good import tiny.csv -o y.h5:s4
    says message '^hourglass: warning: y.h5: cannot be locked \(No locks available\)'
    is 'splits without locks' "$(splits y.h5)" 's1 s2 s3 s4'
    rm -f x.h5
    awk 'BEGIN {print "a,b"; for (i = 0; i < 1000000; i++) print i "," i * i}' >long.csv
    "$hourglass" import long.csv -o y.h5:s5 >stdout 2>message &
    job=$!
    until compgen -G '.y.h5.tmp-*' >/dev/null || ! kill -0 $job 2>/dev/null; do :; done
    child=$(pgrep -P $job)
    kill -STOP "$child"
    "$hourglass" import tiny.csv -o y.h5:s6 >/dev/null 2>&1
    is 'exit code of the short import without locks' $? 0
    kill -CONT "$child"
    wait $job
    is 'exit code of the long import without locks' $? 74
    says message 'y.h5: another program wrote it meanwhile; nothing was changed: run the same command again'
    unset LD_PRELOAD SHIM_CALL SHIM_AT SHIM_ALL
    is 'splits afterwards' "$(splits y.h5)" 's1 s2 s3 s4 s6'
    nothing_left
fi
verdict
