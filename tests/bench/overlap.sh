#!/bin/bash
# A step of keras-deep on two nodes that a link of 1 Gbit/s joins: with the sum of gradients during the backward pass and after
# it, next to only computing and only the sum. Two network namespaces are the nodes, tc shapes the link.
#
#   bash tests/bench/overlap.sh [ROUNDS]       as root, with nothing else running; needs iproute2, hdf5-tools
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5}
hourglass=$(realpath "${HOURGLASS:-build/hourglass}")
bench=$(realpath "$(dirname "$hourglass")/tests/bench_sum_over_ranks")
net=$PWD/tests/mpi/netlab/netlab.sh
out=$(mktemp -d /tmp/hg-overlap-XXXXXX)
trap '"$net" down "$out/net"; rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1 SLOTS=1
"$net" up "$out/net" 2 1gbit

{ # 8192 rows of 784 random bytes
    printf '\0\0\x08\x03\0\0\x20\0\0\0\0\x1c\0\0\0\x1c'
    head -c $((8192 * 784)) /dev/urandom
} >"$out/x.idx"
"$hourglass" import "$out/x.idx" -o "$out/random.h5:x" >/dev/null
cat >"$out/x.yaml" <<'SPEC'
data: {train: random.h5:x, scale: unit}
model:
  encoder: [{dense: 512, activation: elu}, {dense: 128, activation: elu}, {dense: 10}]
  decoder: [{dense: 128, activation: elu}, {dense: 512, activation: elu}, {dense: 784}]
train: {loss: mse, batch_size: 1024, shards: 2, epochs: 4}
SPEC

# step OVERLAP SETTING...: seconds of a step, the best epoch, on one rank a node
step() {
    local overlap=$1 settings=() setting
    shift
    for setting; do settings+=(--set "$setting"); done
    rm -rf "$out/results"
    "$net" mpirun "$out/net" -n 2 -x "HOURGLASS_OVERLAP=$overlap" "$hourglass" run "$out/x.yaml" -t 1 --quiet --results \
        "$out/results" "${settings[@]}" >/dev/null
    for file in "$out"/results/x/trials/*.h5; do
        h5dump -y -w 1 -m %.9f -d /history/seconds "$file"
    done | grep -E '^ *[0-9.]+,?$' | tr -d ' ,' | sort -g | head -n 1 | awk '{print $1 / 8}'
}
median() { sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

for ((round = 0; round < rounds; round++)); do
    step 0 train.batch_size=512 train.shards=1 'sweep.over.train.seed=[1, 2]' | awk '{print $1 / 2}' >>"$out/compute"
    "$net" mpirun "$out/net" -n 2 "$bench" 937000 10 >>"$out/transfer"
    step 1 >>"$out/beside"
    step 0 >>"$out/behind"
done
compute=$(median <"$out/compute") transfer=$(median <"$out/transfer") beside=$(median <"$out/beside") behind=$(median <"$out/behind")
awk -v c="$compute" -v t="$transfer" -v a="$beside" -v b="$behind" 'BEGIN {
    most = c > t ? c : t
    print "| of a step of 1024 rows on 2 nodes | ms | of the larger one alone |"
    print "|---|---:|---:|"
    printf "| computing alone | %.1f | |\n| sum of 937 thousand gradients alone | %.1f | |\n", 1e3 * c, 1e3 * t
    printf "| sum behind the backward pass | %.1f | %.2f |\n| sum beside it | %.1f | %.2f |\n", 1e3 * b, b / most, 1e3 * a, a / most
}'
