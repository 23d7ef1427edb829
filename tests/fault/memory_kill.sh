#!/bin/bash
# The kernel kills a rank for lack of memory: the run starts again and the trial runs when no other does. One that is too
# large even so is recorded as failed, with the reason. Needs a control group of its own, so it is skipped without root.
source "$(dirname "$0")/../lib.sh"

# --- a control group of 500 MB for this script and what it starts
group=/sys/fs/cgroup/memory/hourglass-test-$$ limit=memory.limit_in_bytes
[ -d /sys/fs/cgroup/memory ] || group=/sys/fs/cgroup/hourglass-test-$$ limit=memory.max
mkdir "$group" 2>message || skip "no control group of its own: $(cat message)"
# leave: back to the parent, so that the group can be removed
leave() {
    echo $$ >"$(dirname "$group")/cgroup.procs"
    rmdir "$group"
}
trap 'leave 2>/dev/null; rm -rf "$folder"' EXIT
{ echo 500M >"$group/$limit" && echo $$ >"$group/cgroup.procs"; } 2>message || skip "no limit of memory: $(cat message)"
[ -w "$group/memory.swappiness" ] && echo 0 >"$group/memory.swappiness"
[ -w "$group/memory.swap.max" ] && echo 0 >"$group/memory.swap.max"
grep -q '^oom_kill ' /proc/vmstat || skip "the kernel does not count what it kills"

# --- two trials fit only one at a time, one never
tiny_data
tiny_spec | sed '/save:/d' >tiny.yaml
echo 'sweep: {over: {code: [3, 4, 100000, 100001, 150000]}}' >>tiny.yaml
bad 1 '^hourglass: 1 of 5 trials failed(, the first| in an earlier run): ' run tiny.yaml -n 2 -t 1 --fresh
says message '^hourglass: the kernel killed trial [0-9a-f]{16} for lack of memory: starting again; it runs when no other trial does'
says message '^hourglass: trial [0-9a-f]{16} failed: the kernel killed it for lack of memory \(signal 9\), although no other trial ran; starting'
is 'trials that are finished' "$(find results/tiny/trials -name '*.h5' | wc -l)" 4
says "$(echo results/tiny/failed/*.yaml)" '^reason: .*the kernel killed it for lack of memory \(signal 9\), although no other trial ran'
is 'records of trials that run alone' "$(find results/tiny/state -name 'lone-*')" ''
is 'folders of runs' "$(echo results/*)" results/tiny

# --- it is not tried again unasked
bad 1 'of 5 trials failed in an earlier run' run tiny.yaml -n 2 -t 1
verdict
