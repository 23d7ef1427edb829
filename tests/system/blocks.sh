#!/bin/bash
# data.shuffle: blocks: data that is read in pieces gives the same bits on any ranks and threads, as floats and as what
# must be converted, from two files, as windows, with missing values, and when training resumes within an epoch.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_csv 170 7 >more.csv
good import more.csv --label kind -o data/more.h5:all
tiny_spec | sed 's/^name: tiny/name: blocks/; s/^  scale.*/  scale: standard\n  shuffle: blocks\n  shuffle_block: 5\n  shuffle_window: 8/; s/binary_crossentropy/mse/' >blocks.yaml

# every OPTION...: every layout of two and four workers has the bits of 1 x 1
every() {
    local layout
    rm -rf one
    good run blocks.yaml "$@" -n 1 -t 1 --quiet --results one || return
    for layout in '1 2' '2 1' '2 2' '4 1' '1 4'; do
        good run blocks.yaml "$@" -n "${layout% *}" -t "${layout#* }" --ranks-per-trial "${layout% *}" --quiet --results other
        same "$(trial one/blocks)" "$(trial other/blocks)"
        rm -rf other
    done
}
every
every --set 'data.train=[tiny.h5:all, more.h5:all]' --set data.validation=0.2
every --set data.scale=robust --set data.shuffle_block=1 --set data.shuffle_window=1
every --set 'data.window={length: 4}' --set 'model.decoder=[{dense: 24}]'
every --set data.where='a > 0.2' --set data.scale='{method: standard, clip: 2}'

# --- one block that holds all rows is mixed as rows are: the bits are those of rows that are converted in advance
# arrays A B: two trials of different names and settings hold the same arrays
arrays() {
    "$h5same" "$1" "$2" provenance history/seconds >comparison 2>&1
    says comparison ' arrays the same'
    ! grep '^differs' comparison | grep -vE ' attribute (configuration|experiment|spec|trial):' || fail "$1 and $2 differ"
}
# whole OPTION...
whole() {
    rm -rf one other
    good run blocks.yaml "$@" --set data.shuffle_block=1000 --quiet --results one
    good run rows.yaml "$@" --quiet --results other
    arrays "$(trial one/blocks)" "$(trial other/rows)"
}
sed '/shuffle/d; s/^name: blocks/name: rows/' blocks.yaml >rows.yaml
whole
whole --set 'data.train=[tiny.h5:all, more.h5:all]' --set data.scale='{method: robust, log1p: true, clip: 3}'
whole --set 'data.window={length: 4}' --set 'model.decoder=[{dense: 24}]' --set data.scale=min_max

# --- missing values, filled and ignored; groups with scalings of their own, also of windows
awk -F, -v OFS=, 'NR > 1 {for (i = 1; i <= 6; i++) if ((NR * 7 + i * 5) % 11 < 3) $i = ""} 1' tiny.csv >gaps.csv
good import gaps.csv --label kind -o data/gaps.h5:all
for fill in mean median mode; do whole --set data.train=gaps.h5:all --set data.fill=$fill; done
whole --set data.train=gaps.h5:all --set data.missing=ignore
every --set data.train=gaps.h5:all --set data.missing=ignore --set data.scale=robust
awk -F, -v OFS=, '{print $0, NR == 1 ? "machine" : "m" int(NR / 50)}' tiny.csv >groups.csv
good import groups.csv --label kind --group machine -o data/groups.h5:all
whole --set data.train=groups.h5:all --set 'data.scale={method: standard, by: group}'
every --set data.train=groups.h5:all --set 'data.scale={method: standard, by: group}' --set 'data.window={length: 3}' \
    --set 'model.decoder=[{dense: 18}]'

# --- bytes and floats, whose rows stay where they are
if [ -n "$PYTHON" ] && "$PYTHON" -c 'import numpy' 2>/dev/null; then
    "$PYTHON" -c '
import numpy as np
x = np.random.default_rng(1).integers(0, 200, (500, 6))
np.save("bytes.npy", x.astype("u1")); np.save("floats.npy", (x / 7).astype("f4"))
y = np.tile(x / 7, (200, 1)); np.save("many.npy", y.astype("f4")); np.save("doubles.npy", y)'
    for kind in bytes floats; do
        good import $kind.npy -o data/$kind.h5:all
        sed "s/tiny.h5/$kind.h5/; /normal/d" blocks.yaml >$kind.yaml
        good run $kind.yaml --set data.shuffle_block=1000 --quiet --results "$kind"
        good run $kind.yaml --set data.shuffle_block=7 --quiet --results "$kind-7"
        good run $kind.yaml --set data.shuffle_block=7 --quiet --results "$kind-2" -n 2 -t 2 --ranks-per-trial 2
        good run rows.yaml --set data.train=$kind.h5:all --set data.normal=null --quiet --results "$kind-rows"
        arrays "$(trial $kind/blocks)" "$(trial $kind-rows/rows)"
        same "$(trial $kind-7/blocks)" "$(trial $kind-2/blocks)"
    done

    # --- data that does not fit into memory: 2.4 MB as floats, and a job with less
    for kind in many doubles; do good import $kind.npy -o data/$kind.h5:all; done
    sed '/normal/d' rows.yaml >large.yaml
    export SLURM_MEM_PER_NODE=2
    good check large.yaml --set data.train=many.h5:all
    says message 'the rows of train take 1.7 MB, of 2.1 MB of memory here: .* hint: data.shuffle: blocks'
    bad 3 'converted to floats, allowed: 2.1 MB, .* hint: data.shuffle: blocks' check large.yaml --set data.train=doubles.h5:all
    for kind in many doubles; do
        good check large.yaml --set data.train=$kind.h5:all --set data.shuffle=blocks --set data.shuffle_block=100
        if grep -q 'memory here' message; then fail "$kind: blocks do not fit"; fi
    done
    good check large.yaml --set data.train=many.h5:all --set data.shuffle=blocks --set data.shuffle_block=100000
    says message 'two windows of blocks of train take 1.7 MB, of 2.1 MB .* hint: a smaller data.shuffle_block'
    unset SLURM_MEM_PER_NODE
else
    echo 'no numpy: bytes and floats are not tried'
fi

# --- a run that is stopped within an epoch resumes with the bits of one that was not
long=(blocks.yaml --set train.epochs=3000 --quiet)
good run "${long[@]}" -n 2 --ranks-per-trial 2 --results whole
"$hourglass" run "${long[@]}" -n 1 -t 2 --results stopped >stdout 2>message &
job=$!
for ((i = 0; i < 600; i++)); do
    grep -q '^epoch: *0*[1-9.]' stopped/blocks/state/rank-0-0 2>/dev/null && break
    sleep 0.1
done
kill -TERM $job
wait $job
is 'exit code after SIGTERM' $? 75
good run "${long[@]}" -n 2 -t 2 --ranks-per-trial 2 --results stopped
same "$(trial whole/blocks)" "$(trial stopped/blocks)"

# --- another order is another trial; the usual order is that of trials without the setting
id_of() { good check "$@" && awk 'NR == 3 {print $1}' stdout; }
usual=$(id_of rows.yaml)
is 'rows, given' "$(id_of rows.yaml --set data.shuffle=rows)" "$usual"
is 'trials that differ' "$(for set in '' shuffle_block=6 shuffle_window=9; do
    id_of blocks.yaml ${set:+--set data.$set}
done | sort -u | grep -vc "$usual")" 3

# --- settings
bad 2 "data.shuffle: found 'block', allowed: .*rows.*blocks" check blocks.yaml --set data.shuffle=block
for value in 0 -1 1.5 many 1e30; do
    bad 2 "data.shuffle_block: found '$value'" check blocks.yaml --set data.shuffle_block=$value
    bad 2 "data.shuffle_window: found '$value'" check blocks.yaml --set data.shuffle_window=$value
done
bad 2 'data.shuffle_window: given without shuffle: blocks' check rows.yaml --set data.shuffle_window=4
bad 2 'data.shuffle_block: given without shuffle: blocks' check rows.yaml --set data.shuffle_block=4
bad 2 "data.*shufle" check rows.yaml --set data.shufle=blocks
verdict
