#!/bin/bash
# What doctor finds here, under mpirun, and where something is wrong: played by a launcher, a Slurm and an mpirun of ours.
source "$(dirname "$0")/../lib.sh"

# level NAME: of a finding in the JSON in stdout
level() { tr -d '\n' <stdout | tr '{' '\n' | sed -n "s/.*\"level\": \"\([a-z]*\)\", *\"name\": \"$1\".*/\1/p" | xargs; }
# finds LEVEL NAME PATTERN: with its text
finds() {
    [[ " $(level "$2") " == *" $1 "* ]] || fail "$2 is '$(level "$2")', expected $1"
    says stdout "\"found\": \".*$3"
}
# play NAME: a program of that name, from standard input, comes first in PATH
play() {
    mkdir -p bin
    { echo '#!/bin/bash'; cat; } >"bin/$1"
    chmod +x "bin/$1"
}

# --- here
good doctor .
says stdout '^good +parallel writes +\.: 3 ranks wrote [0-9]+ files, all of them right'
says stdout '^good +folder +\. on .*: written, synced, renamed, locked'
says stdout ' 0 errors?, |^0 errors, '
good doctor --json
finds good launch 'no launcher, one process'
finds good libraries 'Open MPI .*, HDF5 [0-9.]+'
is 'what it leaves' "$(find . -name '.hourglass*')" ''

# --- under mpirun
go_ranks 2 doctor . --json
is 'exit code under mpirun' $? 0
finds good launch '2 ranks by mpirun'
finds good 'parallel writes' '2 ranks wrote [0-9]+ files, all of them right'
is 'documents under mpirun' "$(grep -c '^\[$' stdout)" 1
go_ranks 3 doctor . --self-test
is 'exit code of the self-test' $? 0
says stdout '^self-test: 0 of [0-9]+ files wrong on 3 ranks$'
OMP_NUM_THREADS=64 go_ranks 2 doctor . --json
finds warning cores '2 ranks x 64 threads on|64 threads of a rank that is bound'

# --- an experiment's memory
tiny_data
tiny_spec >tiny.yaml
good doctor . --experiment tiny.yaml --json
finds good memory 'a rank needs [0-9.]+ [kM]B, and has'
bad 2 'none.yaml' doctor . --experiment none.yaml

# --- srun without PMIx: each process believes it is the only one
SLURM_JOB_ID=7 SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2 SLURM_NTASKS=2 go doctor . --json
is 'exit code of singletons' $? 2
finds error launch 'started 2 processes, but each believes it is the only one'
SLURM_JOB_ID=7 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 go doctor .
is 'what the second singleton says' "$(cat stdout message)" ''

# --- a Slurm that knows no PMIx, and a job that ends soon
play squeue <<<'echo 2:30'
play srun <<<'echo "srun: MPI types are... none"'
play sinfo <<<'echo slurm 22.05.8'
PATH=$folder/bin:$PATH SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_CLUSTER_NAME=far good doctor . --json
finds good Slurm 'job 7 of far'
finds warning PMIx 'srun has no PMIx here'
finds warning time 'job 7 has 2:30 left'
finds note launch 'one process inside job 7 of 4 tasks'
play srun <<<'echo "srun: MPI types are... pmix"'
play squeue <<<'echo 1-02:00:00'
PATH=$folder/bin:$PATH SLURM_JOB_ID=7 good doctor . --json
finds note PMIx 'SLURM_PMIX_FENCE is not set'
finds good time 'job 7 has 1-02:00:00 left'
play squeue <<<'echo down; exit 1'
PATH=$folder/bin:$PATH SLURM_JOB_ID=7 SLURM_PMIX_FENCE=ring good doctor . --json
finds warning time 'squeue does not report'
finds good PMIx 'SLURM_PMIX_FENCE is ring'

# --- a file system that loses data, an mpirun that does not start
rm bin/*
play mpirun <<<'echo "self-test: 5 of 20 files wrong on 3 ranks"; exit 74'
HOURGLASS_MPIEXEC=bin/mpirun go doctor . --json
is 'exit code where data is lost' $? 74
finds error 'parallel writes' '3 ranks wrote 20 files, of which 5 were wrong'
play mpirun <<<'echo "no daemon"; exit 1'
HOURGLASS_MPIEXEC=bin/mpirun good doctor . --json
finds warning 'parallel writes' 'the self-test did not run under bin/mpirun: no daemon'
HOURGLASS_MPIEXEC=none good doctor . --json
finds warning 'parallel writes' 'no launcher of Open MPI .*none: not found'

# --- what is refused
bad 2 'nowhere: no such folder' doctor nowhere
bad 2 'doctor: found 2 arguments' doctor . .
if [ "$(id -u)" != 0 ]; then
    mkdir shut && chmod 500 shut
    go doctor shut --json
    is 'exit code of a folder that cannot be written' $? 2
    finds error folder 'cannot write into it: Permission denied'
fi
verdict
