#!/bin/bash
# Scoring of a million rows of 784 bytes on one core, next to their matrix products at this core's peak and to reading
# them from the disk, whichever takes longer: at most 1.4 times that is the aim.
#
#   bash tests/bench/score.sh [ROUNDS]      with nothing else running; needs 2 GB below TMPDIR, and time
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-3}
hourglass=$(realpath "${HOURGLASS:-build/hourglass}")
peak_program=${SGEMM_PEAK:-$(dirname "$hourglass")/tests/bench_sgemm_peak}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1

# idx ROWS: an IDX file of images of 28 x 28 random bytes
idx() {
    printf '\0\0\x08\x03'
    printf "\\x$(printf %02x $(($1 >> 24 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 & 255)))"
    printf '\0\0\0\x1c\0\0\0\x1c'
    head -c $(($1 * 784)) /dev/urandom
}
for split in train:10000 all:1000000; do
    idx "${split#*:}" >"$out/x.idx"
    "$hourglass" import "$out/x.idx" -o "$out/${split%:*}.h5:x" >/dev/null
done
rm "$out/x.idx"

# bench NAME "WIDTH..." SETTING: one line of the table
bench() {
    local name=$1 encoder=$2 decoder=$3 flops=$4 seconds products disk round
    cat >"$out/$name.yaml" <<SPEC
name: $name
data: {train: train.h5:x, scale: unit}
model:
  encoder: [$encoder]
  decoder: [$decoder]
train: {loss: mse, epochs: 1, batch_size: 256}
SPEC
    (cd "$out" && "$hourglass" run "$name.yaml" -n 1 -t 1 --quiet)
    rm -f "$out/seconds" "$out/disk"
    for ((round = 0; round < rounds; round++)); do
        /usr/bin/time -a -o "$out/disk" -f %e cat "$out/all.h5" >/dev/null
        /usr/bin/time -a -o "$out/seconds" -f '%e %M' "$hourglass" score "$out/results/$name/run.h5" "$out/all.h5:x" \
            -o "$out/scores.h5" --force -n 1 -t 1 >/dev/null
    done
    seconds=$(sort -g "$out/seconds" | head -1)
    disk=$(sort -g "$out/disk" | head -1)
    products=$(awk -v f="$flops" -v p="$peak" 'BEGIN {print f * 1e6 / (p * 1e9)}')
    awk -v name="$name" -v s="${seconds% *}" -v m="${seconds#* }" -v g="$products" -v d="$disk" \
        'BEGIN {printf "| %s | %.2f | %.2f | %.2f | %.2f | %d |\n", name, s, g, d, s / (g > d ? g : d), m / 1000}'
}

peak=$("$peak_program")
echo "one core: $peak GFLOP/s in a large matrix product; the best of $rounds rounds"
printf '\n| network | score, s | products, s | reading, s | ratio | memory, MB |\n|---|---:|---:|---:|---:|---:|\n'
bench 784-64-784 '{dense: 64, activation: relu}' '{dense: 784, activation: sigmoid}' $((4 * 784 * 64))
bench 784-512-32-512-784 '{dense: 512, activation: relu}, {dense: 32, activation: relu}' \
    '{dense: 512, activation: relu}, {dense: 784, activation: sigmoid}' $((4 * (784 * 512 + 512 * 32)))
