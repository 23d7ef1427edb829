#!/bin/bash
# Trials that differ only in their epochs, in a grid over train.epochs, where they run at the same time, and in runs one after
# the other. None removes or replaces the checkpoint of another, and a trial resumes from that of another if it has none of
# its own.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py' 2>message || skip "no h5py"

tiny_data
tiny_spec >tiny.yaml
echo 'sweep: {over: {train.epochs: [3, 4]}}' >>tiny.yaml

# start EPOCHS: the run in the background, as $running. start_alone EPOCHS: without the sweep
start() { begin -n 2 --set "sweep.over.train.epochs=$1"; }
start_alone() { begin -n 1 --set 'sweep={over: {}}' --set "train.epochs=$1"; }
begin() {
    count=$((count + 1))
    "$hourglass" run tiny.yaml -t 1 --checkpoint-every 0s "$@" >run.out 2>message &
    running=$!
}
# far [N]: both trials, or N of them, have trained for many epochs
far() { [ "$(awk '$1 == "epoch:" && $2 > 3000' results/tiny/state/rank-0-* 2>/dev/null | wc -l)" = "${1:-2}" ]; }
one_is_done() { [ "$(find results/tiny/trials -name '[0-9a-f]*.h5' 2>/dev/null | wc -l)" = 1 ]; }
# until_true COMMAND: waits for it during the run
until_true() {
    until "$@"; do
        kill -0 $running 2>/dev/null || { fail "the run ends before $*" && return; }
        sleep 0.1
    done
}
stop() {
    kill -s USR1 $running
    wait $running
    is 'exit code of a run that is stopped' $? 75
}
checkpoints() { (cd results/tiny/checkpoints && ls) | sed 's/^[0-9a-f]\{16\}/ID/' | grep -v previous | xargs; }
epoch_of() { "$PYTHON" -c 'import h5py, sys; print(int(h5py.File(sys.argv[1]).attrs["epoch"]))' "$1"; }

# --- each has a checkpoint of its own
start '[12000000, 16000000]'
until_true far
stop
is 'checkpoints of two trials' "$(checkpoints)" 'ID-12000000.h5 ID-16000000.h5'

# --- a trial resumes from the checkpoint of one that differs only in its epochs
shorter=$(ls results/tiny/checkpoints/*-12000000.h5)
rm results/tiny/checkpoints/*-16000000*
before=$(epoch_of "$shorter")
start '[3, 16000000]'
until_true one_is_done
stop
after=$(epoch_of "${shorter%-12000000.h5}-16000000.h5")
if [ "$before" -lt 3000 ] || [ "$after" -lt "$before" ]; then fail "epoch $after after epoch $before"; fi

# --- one that is finished removes only its own
is 'checkpoints after the end of one trial' "$(checkpoints)" 'ID-12000000.h5 ID-16000000.h5'

# --- the bits are those of a run that nobody disturbed
rm -rf results
start '[4, 40000]'
until_true one_is_done
stop
good run tiny.yaml -n 2 -t 1 --quiet --set 'sweep.over.train.epochs=[4, 40000]'
good run tiny.yaml -n 1 -t 1 --quiet --set 'sweep.over.train.epochs=[4, 40000]' --results whole
for file in whole/tiny/trials/*.h5; do
    same "$file" "results/tiny/trials/$(basename "$file")"
done
is 'checkpoints at the end' "$(checkpoints)" ''

# --- without a grid: a run of fewer epochs in the same folder leaves the state of the longer trial, which resumes from it
rm -rf results
start_alone 16000000
until_true far 1
stop
longer=$(ls results/tiny/checkpoints/*-16000000.h5)
before=$(epoch_of "$longer")
good run tiny.yaml -n 1 -t 1 --quiet --set 'sweep={over: {}}'
is 'checkpoints after a shorter run' "$(checkpoints)" ID-16000000.h5
is 'epoch of the longer trial after a shorter run' "$(epoch_of "$longer")" "$before"
start_alone 12000000
until_true far 1
stop
is 'checkpoints of two runs' "$(checkpoints)" 'ID-12000000.h5 ID-16000000.h5'
is 'epoch of the longer trial after another run' "$(epoch_of "$longer")" "$before"
start_alone 16000000
until_true far 1
stop
if [ "$(epoch_of "$longer")" -lt "$before" ]; then fail "epoch $(epoch_of "$longer") after epoch $before"; fi
is 'checkpoints of two runs that were stopped' "$(checkpoints)" 'ID-12000000.h5 ID-16000000.h5'

# --- a checkpoint of an earlier version, which has no epochs in its name
mv "$longer" "${longer%-16000000.h5}.h5"
rm results/tiny/checkpoints/*-*
before=$(epoch_of "${longer%-16000000.h5}.h5")
start_alone 16000000
until_true far 1
stop
if [ "$(epoch_of "$longer")" -lt "$before" ]; then fail "epoch $(epoch_of "$longer") after epoch $before"; fi
is 'checkpoints next to one of an earlier version' "$(checkpoints)" 'ID-16000000.h5 ID.h5'
verdict
