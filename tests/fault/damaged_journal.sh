#!/bin/bash
# A journal with damaged bytes, wherever they are, a torn end, and things that are no journal: what is hit is named and
# trained again, to the same bits, the records behind it are found, and what was damaged is kept aside.
source "$(dirname "$0")/../lib.sh"

tiny_data
{ tiny_spec | sed 's/  save:.*/  save: []/' | grep -v '^variables'; echo 'sweep: {over: {code: [1, 2, 3, 4, 5, 6]}}'; } >tiny.yaml
run=(run tiny.yaml -n 1 -t 1 --trials journal)
good "${run[@]}" --results calm
mkdir results
cp -r calm/tiny results/tiny
journal=results/tiny/journal/0-0-1.hgj
size=$(stat -c %s $journal)
# flip PLACE: changes the byte at PLACE of the journal
flip() {
    "$PYTHON" - "$journal" "$1" <<'P'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]))
    byte = f.read(1)[0]
    f.seek(int(sys.argv[2]))
    f.write(bytes([byte ^ 0x11]))
P
}
restore() {
    rm -rf results/tiny
    cp -r calm/tiny results/tiny
    rm results/tiny/run.h5
}
# headers: where the records of the journal begin, and of which trial they are, "-" for a value that trials share
headers() {
    "$PYTHON" - "$journal" <<'P'
import struct, sys
data = open(sys.argv[1], "rb").read()
at = 64
while at < len(data):
    magic, version, kind, length = struct.unpack_from("=8sIIQ", data, at)
    assert magic == b"HGrecord", at
    print(at, length, data[at + 32:at + 72].rstrip(b"\0").decode() or "-")
    at += 80 + (length + 7) // 8 * 8
P
}
headers >places
is 'trials in the journal' "$(grep -vc ' -$' places)" 6

# --- a byte in the head, in the middle and in the tail of the journal, and in the header and the bytes of every record
while read -r at length id; do printf '%s\n' "$((at + 20)) $id" "$((at + 80 + length / 2)) $id"; done <places >hits
echo "3 head" >>hits
while read -r place id; do
    restore
    flip "$place"
    go status results/tiny
    says stdout "^$journal: damaged"
    left=$(sed -n 's/^ *\([0-9]*\) left.*/\1/p' stdout)
    bad 3 "^hourglass: $journal: damaged.*; hint: hourglass run" top results/tiny
    go verify results/tiny/journal
    is "exit code of verify, byte $place" $? 3
    says stdout "^$journal: damaged"
    go collect results/tiny -o part.h5 --force
    is "exit code of collect, byte $place" $? 3
    rm -f part.h5
    good "${run[@]}"
    says stdout "^$journal: damaged.* kept as 0-0-1.hgj.damaged"
    says stdout '^[0-9] of 6 trials were finished before'
    says stdout "^$((6 - left)) of 6 trials were finished before"
    [ "$id" = head ] && says stdout '^6 of 6 trials'
    [ "$id" = - ] || [ "$id" = head ] || says stdout '^5 of 6 trials'
    same_run calm/tiny results/tiny 6
    good verify results
    good status results/tiny
    says stdout '^ +6 done'
    good "${run[@]}"
    says stdout '^6 of 6 trials were finished before'
done < <(awk 'NR % 3 == 1 || $2 == "head"' hits)

# --- an end that is torn (the last bytes can be padding) is of no interest, and is never appended to
for cut in 50 1000 $((size - 70)) $((size - 40)); do
    restore
    truncate -s $((size - cut)) $journal
    good status results/tiny
    good verify results
    before=$(cksum $journal)
    good "${run[@]}"
    is "a journal without its last $cut bytes" "$(cksum $journal)" "$before"
    [ -e results/tiny/journal/0-0-2.hgj ] || fail 'the trial went to no new journal'
    same_run calm/tiny results/tiny 6
done

# --- other ranks, parts and places: all journals count
restore
truncate -s $((size / 2)) $journal
good run tiny.yaml -n 2 -t 1 --trials journal
same_run calm/tiny results/tiny 6
restore
truncate -s $((size / 2)) $journal
for part in 1 2 3; do good run tiny.yaml -n 1 -t 1 --trials journal --part $part/3; done
same_run calm/tiny results/tiny 6
restore
flip 3
before=$(cksum $journal)
bad 3 "warning: $journal: damaged: .*; left as it is, because it is not a journal of part 1; a run without --part repairs it" \
    run tiny.yaml -n 1 -t 1 --trials journal --part 1/2
is 'the journal of another part' "$(cksum $journal)" "$before"
restore
truncate -s $((size / 2)) $journal
good run tiny.yaml -n 1 -t 1 --trials files
same_run calm/tiny results/tiny 6

# --- things that are no journal. A kill or a crash while a journal is made leaves the beginning of one, or zeros: nothing
# is lost, and nothing is reported.
for kind in empty start zeros line text folder nowhere pipe; do
    restore
    mv $journal whole
    case $kind in
    empty) : >$journal ;;
    start) head -c 20 whole >$journal ;;
    zeros) head -c 63 /dev/zero >$journal ;;
    line) echo notes >$journal ;;
    text) seq 1000 >$journal ;;
    folder) mkdir $journal ;;
    nowhere) ln -s nothing $journal ;;
    pipe) mkfifo $journal ;;
    esac
    good status results/tiny
    case $kind in
    empty | start | zeros)
        if grep $journal stdout; then fail "status complains of a journal of kind $kind"; fi
        good "${run[@]}"
        if grep damaged stdout; then fail "a run complains of a journal of kind $kind"; fi
        ;;
    *)
        says stdout "^$journal: "
        bad 3 "^hourglass: $journal: " top results/tiny
        bad 3 "^hourglass: $journal: " collect results/tiny -o part.h5 --force
        good "${run[@]}"
        says stdout "$journal.* kept as 0-0-1.hgj.damaged"
        ;;
    esac
    same_run calm/tiny results/tiny 6
done
verdict
