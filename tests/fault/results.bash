# What damage.sh and heaps.sh damage: one file of every kind that the program writes. Sourced after lib.sh.
# shellcheck disable=SC2154 # hourglass is of lib.sh
# every_kind: data/tiny.h5, trial.h5, run.h5, merged.h5, scores.h5, codes.h5, checkpoint.h5 in this folder
every_kind() {
    tiny_data
    tiny_spec >tiny.yaml
    good run tiny.yaml --results . --quiet
    cp "$(trial tiny)" trial.h5
    cp tiny/run.h5 run.h5
    good run tiny.yaml --results more --quiet --set train.epochs=4
    good merge tiny more/tiny -o merged.h5
    good score trial.h5 data/tiny.h5:all -o scores.h5
    good encode trial.h5 data/tiny.h5:all -o codes.h5:all
    "$hourglass" run tiny.yaml --results stopped --quiet --set train.epochs=16000000 --checkpoint-every 0.1s \
        >stdout 2>message &
    until checkpoint=$(ls stopped/tiny/checkpoints/*[0-9a-f].h5 2>/dev/null); do
        kill -0 $! 2>/dev/null || { fail 'the run that makes a checkpoint has ended'; break; }
        sleep 0.1
    done
    kill -USR1 $!
    wait $!
    cp "$checkpoint" checkpoint.h5
}
