#!/bin/bash
# kill.sh [COUNT [SEED]]: runs that are killed COUNT times (20), at random instants, a rank, mpirun, the program above it or
# all of them, and each time started again on another number of ranks, with files or journals for the trials: the trials
# and the leaderboard in the end are those of a run that nobody disturbed.
source "$(dirname "$0")/../lib.sh"
kills=${1:-20}
RANDOM=${2:-$$}
echo "$kills kills; seed ${2:-$$}"

tiny_data
tiny_spec | sed 's/epochs: 3/epochs: 3000/;s/activation: tanh}/&\n    - {dropout: 0.1}/' >tiny.yaml
cat >>tiny.yaml <<-'SPEC'
	sweep:
	  over:
	    train.optimizer: [adam, sgd]
	    code: [2, 3, 5]
	    train.learning_rate: [0.001, 1000]
SPEC
good run tiny.yaml -n 1 -t 1 --results calm || exit 1
job=0
trap '[ "$job" = 0 ] || kill -KILL "$job" 2>/dev/null; rm -rf "$folder"' EXIT

parent() { awk '{sub(/.*\) /, ""); print $2}' "/proc/$1/stat" 2>/dev/null; }
# pids: of the ranks of this run that are at work, as their beacons say: itself, or children of its mpirun; never those
# of the run before, which may still be ending
pids() {
    cat results/tiny/state/rank-0-* 2>/dev/null | awk '/^pid:/ {print $2}' | while read -r pid; do
        [ "$pid" != "$job" ] && [ "$(parent "$(parent "$pid")")" != "$job" ] || echo "$pid"
    done
}
# start: the run again, on some number of ranks; returns when it has the folder
start() {
    local ranks each threads=$((RANDOM % 2 + 1)) places=(files journal journal)
    case $((RANDOM % 4)) in
    0) ranks=1 each=1 ;;
    1) ranks=2 each=1 ;;
    2) ranks=2 each=2 ;;
    3) ranks=3 each=1 ;;
    esac
    for ((i = 0; i < 100; i++)); do
        "$hourglass" run tiny.yaml -n $ranks -t $threads --ranks-per-trial $each --checkpoint-every 0.05s \
            --trials "${places[RANDOM % 3]}" >stdout 2>message &
        job=$!
        for ((k = 0; k < 3000; k++)); do
            [ -n "$(pids)" ] && return
            kill -0 $job 2>/dev/null || break
            sleep 0.02
        done
        wait $job
        case $? in
        0) return ;;            # that was all
        69) sleep 0.1 ;;        # ranks of the run before are still ending
        *) fail "a start after $killed kills: exit code $?" && return ;;
        esac
    done
    fail "no start after $killed kills"
}
# strike: SIGKILL to one process or all; without a process of that kind, to the top one
strike() {
    local ranks
    mapfile -t ranks < <(pids)
    case $((RANDOM % 4)) in
    0) struck='a rank' && kill -KILL "${ranks[RANDOM % (${#ranks[@]} + 1)]:-}" ;;
    1) struck=mpirun && pkill -KILL -P $job ;;
    2) struck='the program' && kill -KILL $job ;;
    3) struck=all && kill -KILL $job "${ranks[@]:-$job}" ;;
    esac 2>/dev/null || kill -KILL $job
}
# results: the leaderboard without where and how long its trials were trained
results() {
    "$PYTHON" -c '
import csv, sys
for row in csv.DictReader(sys.stdin):
    print(*[k + "=" + v for k, v in row.items() if "second" not in k and k not in ("ranks", "threads")])'
}
# compare: all that came out is as it is without a disturbance
compare() {
    local path
    same_run calm/tiny results/tiny 12
    for path in calm/tiny/trials/*.h5; do
        [ ! -e "results/${path#calm/}" ] || same "$path" "results/${path#calm/}"
    done
    good top results/tiny --csv --count 0 && results >board <stdout
    good top calm/tiny --csv --count 0 && results >calm.board <stdout
    diff calm.board board | head -5
    cmp -s calm.board board || fail "the leaderboard after $killed kills"
    is "temporaries after $killed kills" "$(find results/tiny -name '.*')" ''
    is "checkpoints after $killed kills" "$(ls results/tiny/checkpoints)" ''
}

killed=0
rounds=0
struck=nothing
while [ $killed -lt "$kills" ]; do
    start
    sleep "$((RANDOM % 2)).$((RANDOM % 10))$((RANDOM % 10))"
    if kill -0 $job 2>/dev/null; then
        killed=$((killed + 1))
        strike
    else
        struck=nothing
    fi
    began=$SECONDS
    wait $job 2>/dev/null
    code=$?
    [ "$struck" = nothing ] || [ $((SECONDS - began)) -le 120 ] || fail "kill $killed, of $struck: the job ended after $((SECONDS - began)) s"
    [ $code != 0 ] && [ $killed -lt "$kills" ] && continue
    for ((i = 0; i < 50; i++)); do
        go run tiny.yaml -n 2 -t 1
        [ $? = 69 ] || break
        sleep 0.2
    done
    compare
    rounds=$((rounds + 1))
    rm -rf results
done
echo "$killed kills, $rounds sweeps compared"
verdict
