#!/bin/bash
# Training on data that is larger than memory (data.shuffle: blocks), next to the same data in memory (shuffle: rows),
# with a control group that limits memory, page cache included, and another one that limits the disk as a slow network
# file system would. Also prints the speed of import and of the disk.
#
#   bash tests/bench/out_of_core.sh [GIGABYTES [LIMIT [SLOW [EPOCHS]]]]
#
# GIGABYTES: rows of 784 bytes, 1 if not given; LIMIT: of memory, a quarter of them; SLOW: MB/s, 200. As root, on a
# machine with control groups; needs twice the gigabytes below TMPDIR.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
cd "$(dirname "$0")/../.."
gigabytes=${1:-1}
limit=${2:-$(awk -v g="$gigabytes" 'BEGIN {print g / 4}')}
slow=${3:-200}
epochs=${4:-2}
hourglass=$(realpath "${HOURGLASS:-build/hourglass}")
rows=$(awk -v g="$gigabytes" 'BEGIN {printf "%d", g * 1e9 / 784}')
out=$(mktemp -d)
groups=()
trap 'exit 143' TERM INT
trap 'rmdir "${groups[@]}" 2>/dev/null; rm -rf "$out"' EXIT
export OMP_WAIT_POLICY=passive
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# own CONTROLLER: the folder of this shell's control group
own() {
    local path
    if [ -d "/sys/fs/cgroup/$1" ]; then
        path=/sys/fs/cgroup/$1$(awk -F: -v c="$1" '$2 == c {print $3}' /proc/self/cgroup)
    else
        path=/sys/fs/cgroup$(awk -F: '$1 == 0 {print $3}' /proc/self/cgroup)
    fi
    echo "${path%/}"
}
# group CONTROLLER NAME: a new control group in our own one, in `made`
group() {
    made=$(own "$1")/hourglass-$2.$$
    mkdir "$made" || { echo "skipped: no control group can be made in $(own "$1")"; exit 77; }
    groups+=("$made")
}
# set_limit FOLDER VALUE FILE...: writes the value to the first of the files that is there
set_limit() {
    local folder=$1 value=$2 name
    shift 2
    for name; do
        [ ! -e "$folder/$name" ] || { echo "$value" >"$folder/$name" && return; }
    done
    echo "skipped: no $* in $folder"
    exit 77
}
# drop: the data leave the page cache
drop() { dd if="$out/data.h5" iflag=nocache count=0 status=none; }

idx() {
    printf '\0\0\x08\x03'
    printf "\\x$(printf %02x $(($1 >> 24 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 & 255)))"
    printf '\0\0\0\x1c\0\0\0\x1c'
    head -c $(($1 * 784)) /dev/urandom
}
idx "$rows" >"$out/x.idx"
sync
/usr/bin/time -o "$out/time" -f '%e %U %S' "$hourglass" import "$out/x.idx" -o "$out/data.h5:x" >/dev/null
read -r wall user system <"$out/time"
sync
rm "$out/x.idx"
drop
/usr/bin/time -o "$out/time" -f %e dd if="$out/data.h5" of=/dev/null bs=4M status=none
awk -v g="$gigabytes" -v i="$wall" -v c="$user" -v s="$system" -v d="$(cat "$out/time")" 'BEGIN {
    printf "import: %.0f MB/s, %.0f MB per second of CPU; reading from the disk: %.0f MB/s\n",
        1000 * g / i, 1000 * g / (c + s), 1000 * g / d}'
cat >"$out/x.yaml" <<SPEC
data: {train: data.h5:x, scale: unit}
model: {encoder: [{dense: 64, activation: relu}], decoder: [{dense: 784, activation: sigmoid}]}
train: {loss: binary_crossentropy, epochs: $epochs, batch_size: 256}
SPEC

group memory memory
memory=$made
set_limit "$memory" "$(awk -v l="$limit" 'BEGIN {printf "%d", l * 1e9}')" memory.max memory.limit_in_bytes
group blkio disk
disk=$made
device=$(stat -c %Hd:%Ld "$out/data.h5")
if [ -e "$disk/io.max" ]; then
    set_limit "$disk" "$device rbps=${slow}000000" io.max
else
    set_limit "$disk" "$device ${slow}000000" blkio.throttle.read_bps_device
fi

# bench NAME SHUFFLE RANKS THREADS GROUP...: one line of the table
bench() {
    local name=$1 shuffle=$2 ranks=$3 threads=$4 group seconds
    shift 4
    (
        for group; do echo "$BASHPID" >"$group/cgroup.procs"; done
        cd "$out"
        exec /usr/bin/time -o time -f '%e %U %S' "$hourglass" run x.yaml --set data.shuffle="$shuffle" -n "$ranks" \
            -t "$threads" --ranks-per-trial "$ranks" --quiet --results "$out/results" >/dev/null
    )
    seconds=$(h5dump -y -A 0 -w 80 -d /history/seconds "$out"/results/x/trials/*.h5 | awk '
        / DATA \{/ {is_data = 1; next} /\}/ {is_data = 0} is_data {gsub(",", " "); print}')
    read -r wall user system <"$out/time"
    rm -r "$out/results"
    first=${first:-$(echo $seconds | awk '{print $NF}')} # of the first line of a layout
    awk -v name="$name" -v s="$(echo $seconds)" -v g="$gigabytes" -v f="$first" -v w="$wall" -v c="$user" -v k="$system" '
        BEGIN {n = split(s, of, " "); printf "| %s | %.1f | %.1f | %.0f | %.0f %% | %.0f | %.0f |\n", name, of[1], of[n],
            1000 * g / of[n], 100 * f / of[n], w, c + k}'
}
printf '\n%s GB of rows of 784 bytes, 784-64-784, %s epochs; memory %s GB, slow disk %s MB/s\n\n' "$gigabytes" "$epochs" "$limit" "$slow"
printf '| order, memory | first epoch, s | last epoch, s | MB/s | speed | all, s | CPU, s |\n|---|---:|---:|---:|---:|---:|---:|\n'
first=
for layout in '1 1' '2 1' '1 2'; do
    ranks=${layout% *} threads=${layout#* } first=
    cat "$out/data.h5" >/dev/null
    bench "rows, in memory, $ranks x $threads" rows "$ranks" "$threads"
    bench "blocks, in memory, $ranks x $threads" blocks "$ranks" "$threads"
    drop
    bench "blocks, limited, $ranks x $threads" blocks "$ranks" "$threads" "$memory"
done
drop
bench 'blocks, limited, slow disk, 1 x 2' blocks 1 2 "$memory" "$disk"
