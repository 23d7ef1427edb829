#!/bin/bash
# Files with changed sizes of heaps and of the objects in them, with a seal and, as earlier versions wrote them, without:
# no command crashes or hangs, and each ends with 0 or 3 (data). heaps.sh [COUNT [SEED]]: files of each kind.
source "$(dirname "$0")/../lib.sh"
source "$source_tree/tests/fault/results.bash"
count_each=${1:-4} seed=${2:-1}
damage=${DAMAGE:-$(dirname "$hourglass")/tests/damage}

# ends ARGUMENT...: the command ends by itself, and refuses what it cannot read as data. The file: with $kind sizes.
ends() {
    local code
    go "$@"
    code=$?
    case $code in
    0) [ $kind = old-heap ] || fail "hourglass $*: reads $file with a damaged seal" ;;
    3) ;;
    *) fail "hourglass $*: exit code $code for $file number $number of seed $seed, expected 3" ;;
    esac
}

every_kind
for kind in heap old-heap; do
    for file in data/tiny.h5 trial.h5 run.h5 merged.h5; do
        rm -rf copies
        mkdir copies
        "$damage" $kind $file copies "$count_each" "$seed" || fail "no copies of $file"
        go verify --quiet copies
        is "exit code of verify of $kind of $file" $? 3
        for copy in copies/*.h5; do
            number=$(basename "$copy" .h5)
            ends info "$copy"
            ends verify "$copy"
            case $file in
            data/*)
                ends import "$copy:all/x" -o codes.out.h5:all --force
                ends score trial.h5 "$copy:all" -o out.h5 --force
                ;;
            trial.h5)
                rm -rf one
                mkdir -p one/trials
                cp "$copy" "one/trials/$(basename "$(trial tiny)")"
                ends top one
                ends collect one
                ends score "$copy" data/tiny.h5:all -o out.h5 --force
                ends encode "$copy" data/tiny.h5:all -o codes.out.h5:all --force
                ;;
            *)
                ends top "$copy"
                ends compare "$copy" more/tiny
                ends merge "$copy" more/tiny -o merged.out.h5 --force
                ends score "$copy" data/tiny.h5:all -o out.h5 --force
                ;;
            esac
            rm -f out.h5 merged.out.h5 codes.out.h5
        done
    done
done

# --- a crash of the process that reads is an error of the data; tried again if it had ended before
tiny_csv 100000 >long.csv
for try in 1 2 3 4 5 6 7 8 9 10; do
    count=$((count + 1))
    "$hourglass" import long.csv --label kind -o "long-$try.h5:all" >stdout 2>message &
    until child=$(cat "/proc/$!/task/$!/children" 2>/dev/null) && [ -n "$child" ]; do
        kill -0 $! 2>/dev/null || break
    done
    [ -n "$child" ] && kill -SEGV $child
    wait $!
    code=$?
    [ $code = 0 ] || break
done
is 'exit code of a command whose reading process crashes' $code 3
says message '^hourglass: reading a file ended with .Segmentation fault.: one of the files is malformed'
verdict
