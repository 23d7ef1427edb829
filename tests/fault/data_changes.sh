#!/bin/bash
# A data file that is written or cut off while a run has it mapped: no trial is written, the run ends with exit code 3
# and names the file; one that is touched or replaced harms nobody.
source "$(dirname "$0")/../lib.sh"

# Bytes, which are mapped and not copied: an IDX file of 3000 pictures of 8 x 8.
mkdir data
{
    printf '\0\0\10\3\0\0\13\270\0\0\0\10\0\0\0\10'
    awk 'BEGIN { for (i = 0; i < 192000; i++) printf "%c", 32 + (i * 7 + int(i / 64) * 13) % 90 }'
} >x.idx
good import x.idx -o data/x.h5:all || exit 1
cp data/x.h5 x.h5
spec() {
    cat <<-SPEC
	name: $1
	data: {train: "x.h5:all", split: {test: 0.2}, scale: unit}
	model: {encoder: [{dense: 16, activation: relu}], decoder: [{dense: 64, activation: sigmoid}]}
	train: {epochs: $2, batch_size: 100, shards: 4}
	SPEC
}
spec long 10000000 >long.yaml
spec short 3 >short.yaml

# start RUN-OPTION...: returns when the trial has written its first checkpoint
start() {
    count=$((count + 1))
    rm -rf results
    cp x.h5 data/fresh.h5
    mv data/fresh.h5 data/x.h5
    "$hourglass" run long.yaml -t 1 --checkpoint-every 1s "$@" >out 2>&1 &
    running=$!
    for ((i = 0; i < 600; i++)); do
        compgen -G 'results/long/checkpoints/*.h5' >/dev/null && return
        sleep 0.1
    done
    fail 'no checkpoint was written'
    cat out
}
# ends CODE PATTERN: how the run ends by itself, without a trial
ends() {
    for ((i = 0; i < 600; i++)); do
        kill -0 $running 2>/dev/null || break
        sleep 0.1
    done
    kill -0 $running 2>/dev/null && fail 'the run goes on' && kill -s KILL $running
    wait $running
    is 'exit code of the run' $? "$1"
    cp out message
    grep -qE -- "$2" out || fail "no message matches /$2/"
    compgen -G 'results/long/trials/*' >/dev/null && fail 'there is a trial of data that has changed'
}
overwrite() { head -c 50000 /dev/zero | dd of=data/x.h5 bs=1 seek=100000 conv=notrunc status=none; }

for words in '-n 1' '-n 2 --ranks-per-trial 2'; do
    read -ra ranks <<<"$words"
    start "${ranks[@]}"
    overwrite
    ends 3 'x\.h5: the file was changed while it was used'
    start "${ranks[@]}"
    truncate -s 50000 data/x.h5
    ends 3 'x\.h5: the file was cut off while it was used: found 50000 bytes'
    # The data is put back: the state that was kept before the change is right, and so is what follows.
    cp x.h5 data/x.h5
    good run long.yaml -n 1 -t 1 --set train.epochs=1
done

# --- what harms nobody
start -n 1
touch data/x.h5
sleep 2
cp x.h5 data/again.h5
mv data/again.h5 data/x.h5
sleep 2
kill -0 $running || fail 'a touched or replaced file has ended the run'
kill -s TERM $running
wait $running
is 'exit code of a run whose data was touched and replaced' $? 75

# --- the same trial as with data that nobody touched
rm -rf results
good run short.yaml -n 1 -t 1
mkdir model
cp "$(trial results/short)" model/trial.h5

# --- new data for a model
cp x.h5 data/new.h5
good score model/trial.h5 data/new.h5:all -o scores.h5
truncate -s 50000 data/new.h5
bad 3 'new\.h5' score model/trial.h5 data/new.h5:all -o scores2.h5
[ -e scores2.h5 ] && fail 'there are scores of a file that was cut off'
verdict
