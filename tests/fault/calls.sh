#!/bin/bash
# calls.sh [STEP [KIND]...]: the K-th write, sync, rename or allocation (memory) of a run fails, once or from then on, for
# every STEP-th K (1: all of them; by default a few dozen): the run ends well or says what failed, and the next start leads
# to the same bits. Trials are files, and then records of journals.
source "$(dirname "$0")/../lib.sh"
shim=${FAULT_SHIM:-$(dirname "$hourglass")/tests/libfault_shim.so}
[ -e "$shim" ] || skip 'no shim to preload: it is not built with the sanitizers'
step=${1:-}
kinds=("${@:2}")
[ ${#kinds[@]} -gt 0 ] || kinds=(write sync rename memory)

tiny_data
tiny_spec | sed 's/epochs: 3/epochs: 30/; $a\  baseline: pca' >tiny.yaml
good run tiny.yaml -n 1 -t 1 --results calm || exit 1
calm=$(trial calm/tiny)
place=files
choose() {
    place=$1
    one=(run tiny.yaml -t 1 --checkpoint-every 0.001s --trials "$place")
}
choose files

# shimmed CALL K [ALL]: a run under the shim; its exit code. Of two ranks where $ranks is 2.
ranks=1
shimmed() {
    local set=(env "LD_PRELOAD=$shim" SHIM_CALL="$1" SHIM_AT="$2" ${3:+SHIM_ALL=1} SHIM_LOG="$folder/calls")
    count=$((count + 1))
    rm -f calls
    if [ $ranks = 1 ]; then
        timeout -k 5 600 "${set[@]}" "$hourglass" "${one[@]}" -n 1 >stdout 2>message
    else
        launch $ranks "${set[@]}" "$hourglass" "${one[@]}" --ranks-per-trial $ranks
    fi
}

# lacks_metrics TRIAL: it records that metrics or a threshold could not be computed
lacks_metrics() {
    "$hourglass" info "$1" >about 2>/dev/null
    grep -qE '^ +(failure|threshold +nan)' about
}

# judge_journal WHAT: the trial is in a journal, whole, and has the bits that it has undisturbed, or says that metrics are missing
judge_journal() {
    good verify results
    good collect results/tiny -o groups.h5 --groups --force
    id=$(basename "$calm" .h5)
    "$hourglass" info groups.h5 >about 2>/dev/null
    grep -qE '^ +(failure|threshold +nan)' about || same_run calm/tiny results/tiny 1
    is "$1: trials" "$(go top results/tiny --csv --count 0 && sed 1d stdout | cut -d, -f1)" "$id"
    is "$1: temporaries" "$(find results -name '.*.tmp*')" ''
    rm -rf results
}
# judge WHAT CODE: how a disturbed run ended is all right, and the next one mends it
judge() {
    local what=$1 code=$2
    case $code in
    0) [ -e results/tiny/run.h5 ] || fail "$what: exit code 0, but no run.h5" ;;
    1 | 3 | 70 | 71 | 74) grep -q '^hourglass: ' message || fail "$what: exit code $code without a message" ;;
    *) fail "$what: exit code $code" ;;
    esac
    while read -r path; do
        [ "$code" = 0 ] || "$h5same" "$path" "$path" >comparison 2>&1 || fail "$what: $path is torn"
    done < <(find results -name '*.h5' ! -name '.*' ! -path '*/checkpoints/*' 2>/dev/null)
    if [ "$code" != 0 ]; then
        good "${one[@]}" -n 1 --retry-failed || fail "$what: after it"
    fi
    if [ "$place" = journal ]; then
        judge_journal "$what"
        return
    fi
    # If only the metrics run out of memory, the trial records it; its model is whole.
    without=()
    lacks_metrics "$(trial results/tiny)" && without=(scores/test training_errors)
    # So do the quantiles of the features, with a warning.
    grep -q 'warning: trial [0-9a-f]*, set train: .*no memory' message && without+=(reference)
    same "$calm" "$(trial results/tiny)" "${without[@]}" || fail "$what: other bits"
    is "$what: temporaries" "$(find results -name '.*.tmp*')" ''
    rm -rf results
}

# every CALL [ALL]: K from 1 to the number of calls of an undisturbed run
every() {
    local call=$1 all=${2:-} n k by
    shimmed "$call" 0
    is "exit code of a run under the shim that fails nothing" $? 0
    n=$(sort -n calls | tail -1)
    [ "${n:-0}" -ge 2 ] || fail "no call of kind $call was counted"
    rm -rf results
    by=${step:-$((n / 8 + 1))}
    for ((k = 1; k <= n; k += by)); do
        shimmed "$call" "$k" "$all"
        judge "$call $k of $n${all:+ and all behind it} on $ranks rank(s), $place" $?
    done
    echo "$call${all:+ for ever} on $ranks rank(s): $n calls, every ${by}th failed"
}

for ranks in 1 2; do
    for kind in "${kinds[@]}"; do
        every "$kind"
        [ "$kind" != write ] || every write all # a disk that stays full
    done
done
choose journal
ranks=1
for kind in "${kinds[@]}"; do
    every "$kind"
    [ "$kind" != write ] || every write all
done
verdict
