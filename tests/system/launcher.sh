#!/bin/bash
# A launcher that is missing, of another MPI, or fails before a rank has started: the message says so in the launcher's own
# words, names no signal, and a run that was not promised any ranks continues with one.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
# play: a launcher of ours, from standard input
play() {
    { echo '#!/bin/bash'; cat; } >launcher
    chmod +x launcher
}
export HOURGLASS_MPIEXEC=$folder/launcher

# --- fails at once, as Open MPI 5 does with an option that it does not know: exit code 213 is no signal 85
play <<'PLAYED'
printf -- '-----\nAn unrecognized option was included:\n\n  Option: -z\n-----\n'
exit 213
PLAYED
bad 71 'launcher failed before a rank had started \(exit code 213\): An unrecognized option was included: Option: -z$' run tiny.yaml -n 2
is 'messages of a death' "$(grep -c 'has died' message)" 0
is 'lines of the message' "$(wc -l <message)" 1

# --- fails when it is to start, having told its version
play <<'PLAYED'
[ "$1" = --version ] && { echo 'mpirun (Open MPI) 4.0.0'; exit; }
case " $* " in *' -q '*) ;; *) echo 'there are not enough slots' ;; esac
exit 1
PLAYED
if [[ $mpi = Open* ]]; then
    bad 71 'launcher \(Open MPI 4.0.0\) failed before .* \(exit code 1\): there are not enough slots$' run tiny.yaml -n 2
    count=$((count + 1))
    env -i HOURGLASS_MPIEXEC="$HOURGLASS_MPIEXEC" "$hourglass" run tiny.yaml -n 2 >stdout 2>message
    is 'exit code without PATH' $? 71
    says message '\(exit code 1; PATH is not set\): there are not enough slots'
    play <<'PLAYED'
echo 'HYDRA build details:'
echo '    Version:                4.0.2'
PLAYED
    bad 71 'no launcher of Open MPI .*launcher: of MPICH 4.0.2\): .* HOURGLASS_MPIEXEC$' run tiny.yaml -n 2
else
    bad 71 'no launcher of MPICH .*launcher: of Open MPI 4.0.0\): .* HOURGLASS_MPIEXEC$' run tiny.yaml -n 2
fi
rm -rf results

# --- not there; without PATH
for nothing in true echo; do
    HOURGLASS_MPIEXEC=/bin/$nothing bad 71 'ended with exit code 0, but started no rank' run tiny.yaml --set name=none -n 2
done
HOURGLASS_MPIEXEC=nowhere bad 71 'no launcher of .*\(nowhere: not found\)' run tiny.yaml -n 2
count=$((count + 1))
env -i HOURGLASS_MPIEXEC=nowhere "$hourglass" run tiny.yaml -n 2 >stdout 2>message
is 'exit code without PATH' $? 71
says message 'nowhere: not found; PATH is not set'

# --- ranks that nobody asked for
if [ "$(nproc)" -gt 1 ]; then
    HOURGLASS_MPIEXEC=nowhere good run tiny.yaml --set 'sweep.over.train.seed=[1, 2]' -t 1
    says message 'continuing with one rank: .*no launcher of '
    is 'trials on one rank' "$(find results/tiny/trials -name '*.h5' | wc -l)" 2
fi

# --- the real one: exit codes of the ranks are those of the run, and the launcher has nothing to explain
unset HOURGLASS_MPIEXEC
bad 2 'more workers than|8 workers|4 virtual shards' run tiny.yaml -n 2 -t 4 --ranks-per-trial 2
is 'lines that are not ours' "$(grep -vc '^hourglass: ' message)" 0
is 'what the launcher prints' "$(grep -c 'TERMINATION\|detected that one' stdout)" 0
verdict
