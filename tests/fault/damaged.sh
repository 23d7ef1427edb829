#!/bin/bash
# A trial's file that is of no use, whatever lies there: the next start keeps it under another name, says so and trains
# the trial again, to the same bits; status and top name it and show the rest.
source "$(dirname "$0")/../lib.sh"

tiny_data
{ tiny_spec | grep -v '^variables'; echo 'sweep: {over: {code: [1, 2, 3]}}'; } >tiny.yaml
run=(run tiny.yaml -n 1 -t 1)
good "${run[@]}"
mapfile -t files < <(ls results/tiny/trials/*.h5)
victim=${files[0]} other=${files[1]}
cp "$victim" whole.h5
cp results/tiny/run.h5 run.h5

spoil() {
    rm -rf "$victim"
    case $1 in
    empty) : >"$victim" ;;
    text) seq 1000 >"$victim" ;;
    truncated) head -c 3000 whole.h5 >"$victim" ;;
    flipped) "$PYTHON" - "$victim" <<'P'
import sys
data = bytearray(open("whole.h5", "rb").read())
import struct
at = max(range(0, len(data) - 64, 64), key=lambda i: len(set(data[i:i + 64])))  # amid an array of numbers
data[at] ^= 4
open(sys.argv[1], "wb").write(data)
P
        ;;
    folder) mkdir "$victim" && : >"$victim/x" ;;
    nowhere) ln -s nothing "$victim" ;;
    other) cp "$other" "$victim" ;;
    pipe) mkfifo "$victim" ;;
    loop) ln -s "$(basename "$victim")" "$victim" ;;
    esac
}
name=$(basename "$victim")
for kind in empty text truncated flipped folder nowhere other pipe loop; do
    spoil $kind
    rm -f results/tiny/trials/*.damaged
    good status results/tiny
    case $kind in
    flipped | other) ;;
    *)
        says stdout '^ +2 done'
        says stdout '^ +1 left'
        says stdout "^results/tiny/trials/$name: "
        ;;
    esac
    if [ $kind = flipped ]; then # a change of a value in an array shows only in its checksum
        go verify results/tiny
        is "exit code of verify" $? 3
    else
        bad 3 "$name: " top results/tiny
        says stdout "^ *1  [0-9a-f]{8} "
    fi
    good "${run[@]}"
    says stdout "$name.* kept as $name.damaged, its trial is trained again"
    says stdout '2 of 3 trials were finished before'
    same "$victim" whole.h5
    [ -e "$victim.damaged" ] || [ -L "$victim.damaged" ] || fail "$kind: nothing was kept"
    good status results/tiny
    says stdout '^ +3 done'
    rm -rf "$victim.damaged"
done

# --- several at once, and a name that is taken
: >"$victim"
: >"$other"
: >"$victim.damaged"
good run tiny.yaml -n 2 -t 1
says stdout "$name.* kept as $name.damaged.2"
says stdout '1 of 3 trials were finished before'
rm results/tiny/trials/*.damaged*

# --- a search that needs the results of before
sed 's/^name: tiny/name: search/;s/^sweep.*/sweep: {method: tpe, trials: 6, over: {code: {from: 1, to: 6, step: 1}}, objective: test.roc_auc}/' tiny.yaml >search.yaml
if "$hourglass" check search.yaml >/dev/null 2>&1; then
    good run search.yaml -n 1 -t 1
    mapfile -t found < <(ls results/search/trials/*.h5)
    : >"${found[0]}"
    good run search.yaml -n 1 -t 1
    says stdout 'its trial is trained again'
fi

# --- runs of parts leave the files of others alone
: >"$victim"
good run tiny.yaml -n 1 -t 1 --part 1/3
good run tiny.yaml -n 1 -t 1 --part 2/3
good run tiny.yaml -n 1 -t 1 --part 3/3
same "$victim" whole.h5
verdict
