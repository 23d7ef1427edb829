#!/bin/bash
# Disks that fill up, are read-only or vanish, and files that are damaged: exit code, message, nothing torn, and the next
# start resumes.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml -n 1 -t 1 --results calm || exit 1
calm=$(trial calm/tiny)
run=(run tiny.yaml -n 1 -t 1)
# whole FOLDER: no temporaries, and every file that has its name is whole
whole() {
    local path
    is "temporaries in $1" "$(find "$1" -name '.*.tmp*')" ''
    while read -r path; do "$h5same" "$path" "$path" >/dev/null 2>&1 || fail "$path is torn"; done \
        < <(find "$1" -name '*.h5' ! -path '*/checkpoints/*')
}

# --- a file system that fills up: message with the path, the bytes needed and those free; room helps
trap 'umount -q "$folder/disk"; rm -rf "$folder"' EXIT
if mkdir disk && mount -t tmpfs -o size=100k tmpfs disk 2>message; then
    full='^hourglass: disk/tiny/trials/[0-9a-f]{16}\.h5: .*No space left on device \([0-9.]+ kB needed, [0-9.]+ k?B free\)'
    head -c 70000 /dev/zero >disk/ballast
    bad 74 "$full" "${run[@]}" --results disk
    whole disk
    bad 74 '^hourglass: disk/tiny/trials/[0-9a-f]{16}\.h5: .*\([0-9.]+ k?B needed, [0-9.]+ k?B free\)' run tiny.yaml -n 2 -t 1 --ranks-per-trial 2 --results disk
    whole disk
    for size in 0 4000 90000; do # not even room for the lease, or for the trial, or for run.h5
        head -c 100000 /dev/zero >disk/ballast 2>/dev/null
        [ $size = 0 ] || truncate -s -$size disk/ballast
        rm -rf disk/tiny
        bad 74 '^hourglass: disk/tiny/[^ ]+: .*No space left on device' "${run[@]}" --results disk
        whole disk
    done
    for size in 0 4000 12000 30000; do # the same for a journal: nothing is torn, and room helps
        rm -rf disk/tiny
        head -c 100000 /dev/zero >disk/ballast 2>/dev/null
        [ $size = 0 ] || truncate -s -$size disk/ballast
        bad 74 '^hourglass: disk/tiny/[^ ]+: .*No space left on device' "${run[@]}" --results disk --trials journal
        whole disk
        rm disk/ballast
        mount -o remount,size=4m disk
        good "${run[@]}" --results disk --trials journal
        same_run calm/tiny disk/tiny 1
        good verify disk/tiny
        rm -rf disk/tiny
        mount -o remount,size=100k disk
    done
    mount -o remount,size=4m disk
    good "${run[@]}" --results disk
    same "$calm" "$(trial disk/tiny)"
    # read-only
    mount -o remount,ro disk
    bad 74 '^hourglass: disk/tiny/[^ ]+: cannot .*: Read-only file system' "${run[@]}" --results disk
    good status disk/tiny
    says stdout '^disk/tiny: done'
    mount -o remount,rw disk
    good "${run[@]}" --results disk
    umount disk
else
    echo 'full and read-only file systems are not tried: no tmpfs can be mounted here'
fi

# --- the folder vanishes, or something else stands in the file's place, while a run is at work
for harm in 'rm -rf results' 'mkdir results/tiny/trials/'"$(basename "$calm")"; do
    rm -rf results
    "$hourglass" "${run[@]}" --set train.epochs=3 --checkpoint-every 0s >/dev/null 2>&1 # the folder, and the trial's name
    rm -f results/tiny/trials/*
    sed 's/epochs: 3/epochs: 150000/' tiny.yaml >long.yaml
    "$hourglass" run long.yaml -n 1 -t 1 --checkpoint-every 0s >stdout 2>message &
    job=$!
    for ((i = 0; i < 500; i++)); do
        grep -qsE '^epoch: [1-9]' results/tiny/state/rank-0-0 && break
        sleep 0.02
    done
    long=$(awk '/^trial:/ {print $2}' results/tiny/state/rank-0-0)
    ${harm/$(basename "$calm")/$long.h5}
    wait $job
    is "exit code after '$harm'" $? 74
    says message "^hourglass: results/tiny/trials/$long.h5: cannot"
done
rm -rf results/tiny/trials/*
good run long.yaml -n 1 -t 1

# --- a trial's file that is damaged is named, with what to do; without it, it is trained again
rm -rf results
good "${run[@]}"
path=$(trial results/tiny)
size=$(stat -c %s "$path")
for ((at = 8; at < size; at += size / 24)); do
    cp "$calm" "$path"
    printf '\xa5' | dd of="$path" bs=1 seek=$at conv=notrunc 2>/dev/null
    cmp -s "$path" "$calm" && continue
    go "${run[@]}"
    case $? in
    0) # a byte that no array holds
        ("$h5same" "$calm" "$path" provenance history/seconds || true) >comparison 2>&1
        grep -E '^differs .*(elements|type or shape)' comparison && fail "a byte changed at $at of $size is in run.h5"
        ;;
    3 | 74) says message "$(basename "$path" .h5)" ;;
    *) fail "a byte changed at $at of $size: exit code $?" ;;
    esac
done
rm "$path"
good "${run[@]}"
same "$calm" "$path"
verdict
