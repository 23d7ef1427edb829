#!/bin/bash
# A scaling study without a cluster: the messages of a training step, by the program's own sum over ranks, and of a sweep are
# replayed in SimGrid on 32 nodes of 32 cores (scaling/platform.xml); how long computing takes is measured here. Prints two
# tables and draws FILE.png of speed-up and efficiency.
#
#   bash tests/bench/scaling.sh [FILE.png]     needs libsimgrid-dev, gnuplot-nox, hdf5-tools; nothing else should be running;
#                                              RANKS="2 4 8" for fewer points
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
png=$(realpath -m "${1:-scaling.png}")
cd "$(dirname "$0")/../.."
for tool in smpicc smpirun gnuplot h5dump; do
    command -v $tool >/dev/null || { echo "no $tool: apt-get install libsimgrid-dev gnuplot-nox hdf5-tools" >&2; exit 1; }
done
hourglass=$(realpath "${HOURGLASS:-build/hourglass}")
ranks=${RANKS:-2 4 8 16 32 64 128 256 512 1024}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export OMP_NUM_THREADS=1

smpicc -O2 -DNDEBUG -D_GNU_SOURCE -Isrc -o "$out/replay" tests/bench/scaling/replay.c src/comm/tree_sum.c src/base/err.c -lm
for ((node = 0; node < 32; node++)); do for ((core = 0; core < 32; core++)); do echo "n$node"; done; done >"$out/hosts"

# replay RANKS ARGUMENT...: seconds on the simulated cluster
replay() {
    local n=$1
    shift
    smpirun -np "$n" -platform tests/bench/scaling/platform.xml -hostfile "$out/hosts" --cfg=smpi/simulate-computation:no \
        --cfg=smpi/display-timing:no --cfg=smpi/iprobe:1e-6 --cfg=contexts/stack-size:256 --cfg=smpi/host-speed:100Gf --log=root.thresh:error \
        "$out/replay" "$@" 2>"$out/error" | tail -n 1 || { cat "$out/error" >&2; exit 1; }
}

# random.h5: 8192 rows of 784 random bytes
{
    printf '\0\0\x08\x03\0\0\x20\0\0\0\0\x1c\0\0\0\x1c'
    head -c $((8192 * 784)) /dev/urandom
} >"$out/x.idx"
"$hourglass" import "$out/x.idx" -o "$out/random.h5:x" >/dev/null

# measure ROWS WIDTH...: seconds of a step with so many rows on one core here, the best of three epochs
measure() {
    local rows=$1 layers='' i widths
    shift
    widths=("$@")
    for ((i = 1; i < $# - 1; i++)); do layers+="- {dense: ${widths[i]}, activation: relu}"$'\n    '; done
    cat >"$out/x.yaml" <<-SPEC
	data: {train: random.h5:x, scale: unit}
	model:
	  encoder:
	    ${layers}
	  decoder:
	    - {dense: 784, activation: sigmoid}
	train: {loss: binary_crossentropy, batch_size: $rows, shards: 1, epochs: 3}
	SPEC
    rm -rf "$out/results"
    "$hourglass" run "$out/x.yaml" -n 1 -t 1 --quiet --results "$out/results"
    h5dump -y -w 1 -m %.9f -d /history/seconds "$out"/results/x/trials/*.h5 | grep -E '^ *[0-9.]+,?$' | tr -d ' ,' |
        awk -v steps=$((8192 / rows)) 'NR == 1 || $1 < best {best = $1} END {printf "%.9f\n", best / steps}'
}

# layers SECONDS WIDTH...: "parameters:ready" of each layer's gradient, the last layer first: the forward pass is a third of the
# products, a layer's own gradient comes before the one that it passes on, and nothing flows back into the data
layers() {
    awk -v seconds="$1" -v widths="${*:2}" 'BEGIN {
        n = split(widths, w, " ") - 1
        for (i = 1; i <= n; i++) {p[i] = w[i] * w[i + 1]; forward += p[i]}
        total = 3 * forward - p[1]
        for (i = n; i >= 1; i--) {
            done += p[i]
            printf "%d:%.9f ", p[i] + w[i + 1], seconds * (forward + done) / total
            done += p[i]
        }
    }'
}

models=("784 64 784" "784 512 128 10 128 512 784" "784 2048 512 2048 784")
names=(shoe keras-deep wide)
echo "Data parallelism: a shard of 256 rows on every rank; seconds of a step and efficiency against one rank"
printf '\n| ranks | batch |'
for i in 0 1 2; do printf ' %s (%s) |' "${names[i]}" "${models[i]// /-}"; done
printf '\n|---:|---:|---:|---:|---:|\n'
for i in 0 1 2; do
    read -ra widths <<<"${models[i]}"
    seconds[i]=$(measure 256 "${widths[@]}")
    layer[i]=$(layers "${seconds[i]}" "${widths[@]}")
done
for n in 1 $ranks; do
    printf '| %d | %d |' "$n" $((256 * n))
    for i in 0 1 2; do
        read -ra parts <<<"${layer[i]}"
        [ "$n" = 1 ] && step=${seconds[i]} || step=$(replay "$n" step 2 "${seconds[i]}" "${parts[@]}")
        awk -v n="$n" -v one="${seconds[i]}" -v step="$step" 'BEGIN {printf " %.2f ms, %.0f %% |", 1e3 * step, 100 * one / step}'
        echo "$n $(awk -v n="$n" -v one="${seconds[i]}" -v s="$step" 'BEGIN {print n * one / s, one / s}')" >>"$out/${names[i]}.dat"
    done
    echo
done

echo
echo "Sweep: 1000 trials, one rank each, of 60 s on average (standard deviation of the logarithm 0.5), rank 0 answers four times a second"
printf '\n| ranks | seconds | speed-up | efficiency |\n|---:|---:|---:|---:|\n'
one=$(replay 1 sweep 1000 60 0.5 0.25)
for n in 1 $ranks; do
    [ "$n" = 1 ] && took=$one || took=$(replay "$n" sweep 1000 60 0.5 0.25)
    awk -v n="$n" -v one="$one" -v t="$took" 'BEGIN {printf "| %d | %.0f | %.1f | %.0f %% |\n", n, t, one / t, 100 * one / t / n}'
    echo "$n $(awk -v n="$n" -v one="$one" -v t="$took" 'BEGIN {print one / t, one / t / n}')" >>"$out/sweep.dat"
done

gnuplot <<EOF2
set terminal pngcairo size 1200,480 font "DejaVu Sans,11"
set output "$png"
set multiplot layout 1,2
set logscale xy 2
set key left top
set grid
set xlabel "ranks"
set ylabel "speed-up"
plot x title "ideal" with lines dashtype 2 linecolor "gray", for [f in "sweep shoe keras-deep wide"] "$out/".f.".dat" using 1:2 title f with linespoints
unset logscale y
set key left bottom
set yrange [0:1.05]
set ylabel "efficiency"
plot for [f in "sweep shoe keras-deep wide"] "$out/".f.".dat" using 1:3 title f with linespoints
EOF2
echo
echo "Picture      $png"
