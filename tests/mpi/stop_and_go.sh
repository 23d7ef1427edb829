#!/bin/bash
# A run that is stopped by signals, or killed, again and again, and resumes on other ranks and threads, ends in the bits of
# one that nobody disturbed.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
RANDOM=${SEED:=$$}
echo "SEED=$SEED gives the same instants"

# start ARGUMENT...: the run in the background, as $running; returns when its trials have begun
start() {
    count=$((count + 1))
    rm -f run.out # not to be taken for that of this run
    "$hourglass" run "$@" >run.out 2>message &
    running=$!
    for ((i = 0; i < 300; i++)); do
        grep -qs 'rank.* x .*thread' run.out && return
        kill -0 $running 2>/dev/null || return
        sleep 0.1
    done
    fail "run $*: it does not begin"
}
# descendants PID: of a process, each behind its parent
descendants() {
    local pid
    for pid in $(pgrep -P "$1"); do echo "$pid" && descendants "$pid"; done
}
# stop SIGNAL: to the program, KILL to its launcher and ranks as well; its exit code
stop() {
    local ranks='' code
    [ "$1" != KILL ] || ranks=$(descendants $running)
    # shellcheck disable=SC2086
    kill -s "$1" $running $ranks 2>/dev/null
    wait $running 2>/dev/null
    code=$?
    for rank in $ranks; do while kill -0 "$rank" 2>/dev/null; do sleep 0.1; done; done
    return $code
}
instant() { sleep "0.$((RANDOM % 5))$((RANDOM % 10))"; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

layouts=('-n 1 -t 1' '-n 1 -t 2' '-n 1 -t 4' '-n 2 -t 1 --ranks-per-trial 2' '-n 2 -t 2 --ranks-per-trial 2' '-n 4 -t 1 --ranks-per-trial 4')
# disturbed SIGNALS NAME OPTION...: the run NAME.yaml with a signal of SIGNALS at random instants, until it is done. They are
# within a sixth of the time that an undisturbed run takes, on this machine as it is now.
disturbed() {
    local signals name=$2 code=75 stops=0 signal layout before took wait
    read -ra signals <<<"$1"
    shift 2
    before=$(milliseconds)
    good run "$name.yaml" "$@" -n 1 -t 1 --quiet --results whole || return
    took=$(($(milliseconds) - before))
    while [ $code != 0 ] && [ $stops -lt 60 ]; do
        signal=${signals[RANDOM % ${#signals[@]}]}
        # shellcheck disable=SC2086
        layout=${layouts[RANDOM % ${#layouts[@]}]}
        start "$name.yaml" "$@" $layout --results pieces
        wait=$((RANDOM % (took / 6 + 1)))
        sleep "$(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))"
        stop "$signal"
        code=$?
        grep -q ORTE_ERROR_LOG message && continue # Open MPI itself stumbles over folders of others in /tmp
        case $signal:$code in
        *:0 | USR1:75 | TERM:75 | INT:75 | KILL:*) ;;
        *) fail "signal $signal, $layout: exit code $code" && sed 's/^/    /' run.out && break ;;
        esac
        stops=$((stops + 1))
    done
    echo "$name $*: done after $stops starts"
    [ $stops -gt 2 ] || fail "$name $*: it was disturbed $stops times: too short for this machine"
    same "$(trial "whole/$name")" "$(trial "pieces/$name")"
    is "checkpoints that are left of $name" "$(ls "pieces/$name/checkpoints")" ''
    rm -rf whole pieces
}

# --- each kind of signal, all kinds of state
layers='[{gaussian_noise: {relative: [0.5, 1]}}, {dense: 8}, {batch_normalization: true}, {dropout: 0.1}, {dense: "${code}", activation: tanh}]'
disturbed 'USR1' tiny --set train.epochs=12000 --set "model.encoder=$layers" --set train.optimizer=adamw --set train.amsgrad=true
disturbed 'USR1 TERM INT KILL' tiny --set train.epochs=20000 --set train.schedule=reduce_on_plateau --set data.validation=0.2 \
    --set train.early_stopping=9000 --set train.learning_rate=0.01 --checkpoint-every 0.1s

# --- scoring that takes longer than training: nothing but scoring is done again
tiny_csv 60000 >many.csv
good import many.csv --label kind -o data/many.h5:all
tiny_spec | sed 's/tiny/many/;s/test: 0.3/test: 0.995/;s/- {dense: 4,.*/- {dense: 2000}\n    - {dense: 2000}/;s/epochs: 3/epochs: 1/' >many.yaml
before=$(milliseconds)
good run many.yaml -n 1 -t 1 --quiet --results whole
took=$(($(milliseconds) - before)) # ms; two ranks take half of it, or as long on one core
for part in 6 8 10; do
    start many.yaml -n 2 -t 1 --ranks-per-trial 2 --results pieces
    sleep "$(printf '%d.%03d' $((took / part / 1000)) $((took / part % 1000)))"
    stop USR1
    is "exit code when scoring is stopped after 1/$part of $took ms" $? 75
done
good run many.yaml -n 1 -t 2 --quiet --results pieces
same "$(trial whole/many)" "$(trial pieces/many)"
rm -rf whole pieces

# --- SIGUSR2: a checkpoint, and on
start tiny.yaml --set train.epochs=16000000 -n 2 -t 1 --ranks-per-trial 2 --checkpoint-every 0s
instant
is 'checkpoints before SIGUSR2' "$(ls results/tiny/checkpoints)" ''
kill -s USR2 $running
for ((i = 0; i < 100; i++)); do
    [ -z "$(ls results/tiny/checkpoints)" ] || break
    sleep 0.1
done
kill -0 $running || fail 'SIGUSR2 ended the run'
is 'checkpoints after SIGUSR2' "$(cd results/tiny/checkpoints && echo * | sed 's/[0-9a-f]\{16\}/ID/g')" ID-16000000.h5
stop USR1
is 'exit code after SIGUSR1' $? 75
says run.out '^stopped: 1 of 1 trials are left; run the same command again to resume'
is 'checkpoints after SIGUSR1' "$(cd results/tiny/checkpoints && echo * | sed 's/[0-9a-f]\{16\}/ID/g')" 'ID-16000000.h5 ID-16000000.previous.h5'

# --- the newest is damaged: the one before it is used; both: training begins from scratch
newest=$(ls results/tiny/checkpoints/*[0-9a-f].h5)
damage() { printf 'damage' | dd of="$1" bs=1 seek=$((RANDOM % $(stat -c %s "$1"))) conv=notrunc status=none; }
damage "$newest"
start tiny.yaml --set train.epochs=16000000 -n 1 -t 1
stop USR1
is 'exit code with a damaged checkpoint' $? 75
says run.out 'checkpoint not used: .*/checkpoints/.*: damaged: its (bytes are not those that were written|checksum is)'
says run.out 'the checkpoint before it is used'
damage "$newest"
damage "${newest%.h5}.previous.h5"
start tiny.yaml --set train.epochs=16000000 -n 1 -t 1
stop USR1
is 'exit code with two damaged checkpoints' $? 75
says run.out 'training begins from scratch'
rm -rf results

# --- more epochs resume from a stopped run of fewer; fewer epochs never get the state of more
start tiny.yaml --set train.epochs=16000000 -n 1 -t 1
instant
stop USR1
good run tiny.yaml --quiet # 3 epochs: what was stopped is far beyond
good run tiny.yaml --quiet --results whole
same "$(trial whole/tiny)" "$(trial results/tiny)"
rm -rf whole results

# --- the option
bad 2 "^hourglass: --checkpoint-every: found '60', allowed: a time such as 90s, 1.5min, 2h or 1d" run tiny.yaml --checkpoint-every 60
bad 2 "found '-1s'" run tiny.yaml --checkpoint-every -1s
good run tiny.yaml --checkpoint-every 1.5min --quiet
verdict
