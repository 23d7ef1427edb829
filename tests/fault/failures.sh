#!/bin/bash
# A trial that cannot be trained is recorded with its reason, does not stop the others and is not tried again unasked; an
# error of the world is no trial's failure and ends the run.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
echo 'sweep: {over: {code: [3, 1000000, 4]}}' >>tiny.yaml
run=(run tiny.yaml -n 1 -t 1)
trials() { find results/tiny/trials -name '*.h5' | wc -l; }
record() { echo results/tiny/failed/*.yaml; }

# --- no memory for one of three
(
    failures=0
    ulimit -v 1500000
    bad 1 '^hourglass: 1 of 3 trials failed, the first: .*no memory for' "${run[@]}"
    exit $failures
) || failures=$((failures + 1))
says stdout '^trial [0-9a-f]{16} failed: .*no memory for'
is 'trials beside one that failed' "$(trials)" 2
id=$(basename "$(record)" .yaml)
says "$(record)" '^reason: .*no memory for [0-9]+ x 4 bytes'
good status results/tiny
says stdout "^$id  .*no memory for"
says stdout '^ +1 failed$'

# --- is not tried again, but is not forgotten; --retry-failed does
before=$(cksum "$(record)")
bad 1 '^hourglass: 1 of 3 trials failed in an earlier run: hourglass status results/tiny says why, --retry-failed' "${run[@]}"
says stdout '^1 of 3 trials failed before and are not tried again'
is 'the record after another start' "$(cksum "$(record)")" "$before"
sed -i 's/100000/6/' tiny.yaml
good "${run[@]}" # another trial; of the sweep nothing has failed
good status results/tiny
says stdout '^ +3 done$'
sed -i 's/60/1000000/' tiny.yaml
sleep 1 # records say when, to the second
(
    failures=0
    ulimit -v 1500000
    bad 1 'of 3 trials failed, the first:' "${run[@]}" --retry-failed
    exit $failures
) || failures=$((failures + 1))
[ "$(cksum "$(record)")" != "$before" ] || fail '--retry-failed: the record is as before'

# --- more than the machine has, before the kernel kills a rank for it
rm -rf results
SLURM_MEM_PER_NODE=1 bad 1 'of 3 trials failed, the first:' "${run[@]}"
says "$(record)" '^reason: "no memory: training takes [0-9.]+ GB on each of 1 rank here, of 1.0 MB that this machine gives'
is 'trials beside the one that is too large' "$(trials)" 2

# --- errors of the world: no record, no more trials begun, exit code 74, and the next start resumes
rm -rf results
trap '' XFSZ # a write beyond the limit fails as on a full disk
(
    failures=0
    ulimit -f 20
    bad 74 '^hourglass: results/tiny/trials/[0-9a-f]{16}\.h5: .*cannot write it: File too large \([0-9.]+ kB needed, [0-9.]+ [kMGT]B free\)' \
        "${run[@]}" --set code=3
    exit $failures
) || failures=$((failures + 1))
trap - XFSZ
is 'records of an error of the world' "$(ls results/tiny/failed)" ''
is 'trials after an error of the world' "$(trials)" 0
is 'temporaries after an error of the world' "$(find results -name '.*')" ''
good status results/tiny
says stdout '^results/tiny: ended by an error'
good "${run[@]}" --set code=3
is 'trials when there is room' "$(trials)" 1
verdict
