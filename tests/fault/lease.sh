#!/bin/bash
# A run's folder is used by one run at a time: a second one is refused, one that has died stands in nobody's way, and no
# clock decides.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
tiny_spec | sed 's/^name: tiny/name: long/;s/epochs: 3/epochs: 16000000/' >long.yaml
state=results/long/state

# start_long: a run that does not end by itself; returns when it has the folder. Its process is $running.
start_long() {
    "$hourglass" run long.yaml -n 1 -t 1 >long.out 2>&1 &
    running=$!
    for ((i = 0; i < 100; i++)); do
        grep -qs "^pid: $running\$" $state/lease-0-* && return
        sleep 0.1
    done
    fail 'no run took the folder'
    cat long.out
}
# end_long SIGNAL
end_long() {
    kill -s "$1" $running
    wait $running 2>/dev/null
}
short=(run long.yaml -n 1 -t 1 --set train.epochs=3)
leases() { (cd $state && echo lease-*); }

# --- two runs in one folder
start_long
bad 69 "^hourglass: results/long: in use since 20[0-9T:-]+Z by another run \(host $(hostname), process $running\): wait .*hourglass status results/long" "${short[@]}"
bad 69 'in use since' "${short[@]}" --fresh
bad 69 'in use since' "${short[@]:0:2}" -n 2 -t 1 --ranks-per-trial 2
is 'folders after --fresh of one that is in use' "$(echo results/*)" results/long
is 'the lease while it is held' "$(leases)" lease-0-1
good run tiny.yaml # another folder

# --- its process has gone
touch results/long/.run.h5.tmp-"$(hostname)"-$running results/long/trials/.a.h5.tmp-elsewhere-7
end_long KILL
good "${short[@]}"
is 'the lease after a run' "$(leases)" lease-0-2
says $state/lease-0-2 '^ended: done'
is 'temporaries of processes that have gone' "$(find results/long -name '.*')" ''

# --- a number that was given to another process; a machine that was rebooted; an earlier run
start_long
cp $state/lease-0-3 held
end_long KILL
sed "s/^pid: .*/pid: $$/" held >$state/lease-0-3
good "${short[@]}"
sed 's/^boot: .*/boot: another/' held | sed "s/^pid: .*/pid: $$/" >$state/lease-0-4
good "${short[@]}"
is 'the lease after runs that have died' "$(leases)" lease-0-5

# --- a run on another machine, which is seen to live by its file alone: whatever times the file has
elsewhere() { sed 's/^boot: .*/boot: another/;s/^host: .*/host: elsewhere/' held >"$state/$1"; }
elsewhere lease-0-6
while sleep 1; do touch -d "2001-01-01 00:00:$((RANDOM % 60)).$RANDOM" $state/lease-0-6; done &
toucher=$!
bad 69 'in use since .* \(host elsewhere, process' "${short[@]}"
says stdout 'results/long: the last run \(host elsewhere\) has not recorded its end: watching for 30 s'
kill $toucher
wait $toucher 2>/dev/null
touch -d '2099-01-01' $state/lease-0-6
good "${short[@]}" # after half a minute
is 'the lease after one of another machine' "$(leases)" lease-0-7
elsewhere lease-0-7
sed -i 's/^ended: .*/ended: done/' $state/lease-0-7
good "${short[@]}" # at once
grep -q watching stdout && fail 'a run that has ended was watched'

# --- a clock that jumps by years to and fro stops nobody
if command -v faketime >/dev/null; then
    start_long
    DONT_FAKE_MONOTONIC=1 bad 69 'in use since' "${short[@]}"
    for date in '2001-01-01 00:00:00' '2037-01-01 00:00:00'; do
        count=$((count + 1))
        DONT_FAKE_MONOTONIC=1 timeout 600 faketime "$date" "$hourglass" "${short[@]}" >stdout 2>message
        is "exit code of a second run at $date" $? 69
    done
    end_long KILL
    DONT_FAKE_MONOTONIC=1 timeout 600 faketime '2001-01-01 00:00:00' "$hourglass" "${short[@]}" --fresh >stdout 2>message
    is 'exit code of a run in 2001' $? 0
    good "${short[@]}"
    says stdout '1 of 1 trials were finished before'
else
    echo 'clocks that jump are not tried: no faketime'
fi

# --- a run whose folder was taken ends
start_long
elsewhere lease-0-99
for ((i = 0; i < 1500; i++)); do kill -0 $running 2>/dev/null || break; sleep 0.2; done
wait $running
is 'exit code of a run whose folder was taken' $? 69
says long.out '^hourglass: another run has taken the folder'

# --- ten at once: one wins
rm -rf results
pids=()
for ((i = 0; i < 10; i++)); do
    "$hourglass" run long.yaml -n 1 -t 1 >out.$i 2>&1 &
    pids+=($!)
done
codes=()
for ((i = 0; i < 9; i++)); do
    wait -n "${pids[@]}"
    codes+=($?)
done
kill "${pids[@]}" 2>/dev/null # the one that is left
wait -n "${pids[@]}"
codes+=($?)
is 'exit codes of ten runs at once' "$(printf '%s\n' "${codes[@]}" | sort -n | uniq -c | xargs)" '9 69 1 75'
verdict
