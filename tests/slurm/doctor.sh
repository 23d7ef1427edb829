#!/bin/bash
# What doctor says on a login node, inside an allocation, under srun on two nodes, and under an srun without PMIx.
source "$(dirname "$0")/slurm.bash"
cluster_start

# tried COMMAND...: with its output in `stdout` and `message`
tried() {
    count=$((count + 1))
    timeout -k 5 120 "$@" >stdout 2>message
}
# finds NAME PATTERN: what stands behind the level and the name
finds() { says stdout "^(good|note|warning|error) +$1 +$2"; }

good doctor .
finds Slurm 'here, but this is no job'
finds launch 'no launcher, one process'

tried salloc -n 4 -t 30 "$hourglass" doctor .
is 'exit code in an allocation' $? 0
finds Slurm 'job [0-9]+ of '
finds launch 'one process inside job [0-9]+ of 4 tasks'
finds time 'job [0-9]+ has (29:[0-9]+|30:00) left'
finds PMIx 'srun has PMIx'
finds 'parallel writes' '\.: 3 ranks wrote [0-9]+ files, all of them right'

tried srun --mpi=pmix -N 2 -n 2 "$hourglass" doctor .
is 'exit code under srun' $? 0
finds launch '2 ranks by srun'
finds network '2 hosts over TCP'
finds cores "n[12]: 1 rank x"
finds 'parallel writes' '\.: 2 ranks wrote [0-9]+ files, all of them right'
is 'reports under srun' "$(grep -c '^[0-9]* errors*, ' stdout)" 1

tried srun --mpi=none -n 2 "$hourglass" doctor .
is 'exit code of singletons' $? 2
finds launch 'the launcher started 2 processes, but each believes it is the only one'
is 'reports of singletons' "$(grep -c '^1 error, ' stdout)" 1
verdict
