#!/bin/bash
# Training speed on one core next to that of PyTorch and JAX: samples/s of the best epoch of each, in turn, medians over ROUNDS.
#
#   PEERS=VENV/bin/python bash tests/bench/train.sh [ROUNDS [CASE...]]      with nothing else running; needs hdf5-tools, time
#
# Ours is build/hourglass with one rank and one thread. The peers run tests/bench/peers_today.py with one thread under PEERS, a
# Python with torch and jax of PyPI; the ratio is to the fastest of them. Without PEERS the peer is Debian's python3-torch. GFLOP/s
# counts the matrix products of the forward and backward pass; compare it with what this core does in one large product. The
# last lines say what a second thread gives, how long a start takes and how much memory is needed.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5}
cases=" ${*:2} "
hourglass=${HOURGLASS:-build/hourglass}
peers=${PEERS:-}
variants=(debian)
[ -z "$peers" ] || variants=(eager compile jax)
data=${HOURGLASS_DATA:-../shared/data}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1

median() { sort -g | awk '{v[NR] = $1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# ours SPEC ROWS THREADS SETTING...: samples/s of the best epoch
ours() {
    local spec=$1 rows=$2 threads=$3 settings=() setting file
    shift 3
    for setting; do settings+=(--set "$setting"); done
    rm -rf "$out/results"
    taskset -c "0-$((threads - 1))" "$hourglass" run "$spec" -n 1 -t "$threads" --quiet --results "$out/results" "${settings[@]}"
    file=$(ls "$out"/results/*/trials/*.h5)
    h5dump -y -w 1 -m %.9f -d /history/seconds "$file" | grep -E '^ *[0-9.]+,?$' | tr -d ' ,' |
        awk -v rows="$rows" 'NR == 1 || $1 < best {best = $1} END {printf "%.1f\n", rows / best}'
}

# theirs VARIANT CASE EPOCHS: samples/s, nothing if the peer has no such case
theirs() {
    local command=("$peers" tests/bench/peers_today.py "$2" "$1")
    [ "$1" != debian ] || command=(/usr/bin/python3 tests/bench/torch_train.py "$2")
    taskset -c 0 "${command[@]}" --data "$data" --threads 1 --epochs "$3" 2>/dev/null |
        sed -n 's/.*"samples_per_s": \([0-9.]*\).*/\1/p' || true
}

# cell FILE: its median, or a dash
cell() { if [ -s "$1" ]; then median <"$1" | awk '{printf "%.0f", $1}'; else printf '-'; fi; }

# flops WIDTH...: of one sample, forward and backward; nothing flows back into the data. One number is they themselves.
flops() {
    [ $# -gt 1 ] || { echo "${1:-0}"; return; }
    local i total=0 widths=("$@")
    for ((i = 0; i + 1 < $#; i++)); do
        total=$((total + (i ? 6 : 4) * widths[i] * widths[i + 1]))
    done
    echo "$total"
}

peak=$(build/tests/bench_sgemm_peak)
echo "$(grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'), one core: $peak GFLOP/s in a large matrix product; medians of $rounds rounds"
case ${variants[0]} in
debian)
    /usr/bin/python3 -c 'import torch; print("PyTorch " + torch.__version__)'
    titles='PyTorch samples/s'
    ;;
*)
    "$peers" -c 'import torch, jax; print("PyTorch " + torch.__version__ + ", JAX " + jax.__version__)'
    titles='PyTorch eager | torch.compile | JAX'
    ;;
esac
printf '\n| case | network, batch | Hourglass samples/s | %s | ratio | Hourglass GFLOP/s |\n|---|---|---:|' "$titles"
printf -- '---:|%.0s' "${variants[@]}"
printf -- '---:|---:|\n'

# bench CASE BATCH EPOCHS PEER-EPOCHS SPEC ROWS "WIDTH..." SETTING...     or "NETWORK=FLOPS" for other than dense layers
bench() {
    local name=$1 batch=$2 epochs=$3 peer_epochs=$4 spec=$5 rows=$6 net=$7 round widths variant best a b
    shift 7
    [[ "$cases" == "  " || "$cases" == *" $name "* ]] || return 0
    read -ra widths <<<"${net#*=}"
    net=${net%%=*}
    rm -f "$out/ours" "$out"/peer-* "$out/ratio"
    for ((round = 0; round < rounds; round++)); do
        a=$(ours "$spec" "$rows" 1 "train.epochs=$epochs" "$@")
        echo "$a" >>"$out/ours"
        best=0
        for variant in "${variants[@]}"; do
            b=$(theirs "$variant" "$name" "$peer_epochs")
            [ -n "$b" ] || continue
            echo "$b" >>"$out/peer-$variant"
            best=$(awk -v a="$best" -v b="$b" 'BEGIN {print (a > b ? a : b)}')
        done
        awk -v a="$a" -v b="$best" 'BEGIN {print (b > 0 ? a / b : 0)}' >>"$out/ratio"
    done
    [ -n "$net" ] || net=$(basename "$spec") # no matrix products to count
    printf '| %s | %s | %s |' "$name" "${net// /-}, $batch" "$(cell "$out/ours")"
    for variant in "${variants[@]}"; do printf ' %s |' "$(cell "$out/peer-$variant")"; done
    awk -v a="$(median <"$out/ours")" -v r="$(median <"$out/ratio")" -v f="$(flops "${widths[@]}")" \
        'BEGIN {printf " %.2f | %s |\n", r, f ? sprintf("%.1f", a * f * 1e-9) : "-"}'
}

bench shoe 256 6 4 experiments/mnist-shoe.yaml 60000 "784 64 784" sweep=null data.validation=null
bench keras-deep 1024 2 2 experiments/mnist-deep.yaml 60000 "784 512 128 10 128 512 784" data.validation=null
bench dl4j 80 3 2 experiments/mnist-outliers.yaml 40000 "784 250 10 250 784"
bench denoise 256 3 2 experiments/mnist-denoise.yaml 60000 "784 256 64 256 784" data.validation=null
bench vae 128 3 2 experiments/mnist-vae.yaml 60000 "784 512 2 512 784" sweep=null data.validation=null
# its products: two layers' recurrent ones, 2 x 140 x 64 x 256 x 6, and the inputs'
bench lstm 32 5 3 tests/bench/lstm.yaml 1000 "140x1 64 140x64 140x1=27820544"
bench conv 128 4 2 experiments/mnist-conv.yaml 10000 "" data.validation=null 'data.train={from: mnist.h5:train, rows: "0:10000"}'
bench cardio 32 1000 30 tests/bench/cardio.yaml 1655 "21 12 21"

[ "$cases" = "  " ] || exit 0
rm -f "$out/ratio"
for ((round = 0; round < rounds; round++)); do
    one=$(ours experiments/mnist-shoe.yaml 60000 1 train.epochs=6 sweep=null data.validation=null)
    two=$(ours experiments/mnist-shoe.yaml 60000 2 train.epochs=6 sweep=null data.validation=null)
    awk -v a="$two" -v b="$one" 'BEGIN {print a / b}' >>"$out/ratio"
done
printf '\nTwo threads train shoe %.2f times as fast as one.\n' "$(median <"$out/ratio")"

# No epochs: start, data, scoring, files; the first step would come before the scoring.
rm -f "$out/seconds"
for ((round = 0; round < rounds; round++)); do
    rm -rf "$out/results"
    /usr/bin/time -a -o "$out/seconds" -f %e "$hourglass" run experiments/mnist-shoe.yaml -n 1 -t 1 --quiet \
        --results "$out/results" --set sweep=null --set train.epochs=0
done
rm -rf "$out/results"
/usr/bin/time -o "$out/memory" -f %M "$hourglass" run experiments/mnist-shoe.yaml -n 1 -t 1 --quiet --results "$out/results" \
    --set sweep=null --set train.epochs=1
printf 'A run of shoe with no epochs, from start to files, takes %.2f s; with one epoch it needs %d MB at its peak.\n' \
    "$(median <"$out/seconds")" "$(($(cat "$out/memory") / 1000))"
