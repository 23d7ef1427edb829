#!/bin/bash
# One job file, three ways: bash, sbatch on one node, sbatch on two nodes give the same bits; a typo never gets a job id; srun
# without PMIx is refused; without PMIx in Slurm the run goes through mpirun.
source "$(dirname "$0")/slurm.bash"
cluster_start
tiny_spec | tiny_job 2 1

# here, with bash
bash jobs/tiny.sh --quiet >stdout 2>message || fail "bash jobs/tiny.sh: exit code $?"
here=$(trial results/tiny)

# one node, two ranks
submit jobs/tiny.sh -- --results one || fail "submit"
says message "^Job +[0-9]+"
says message "hourglass status one/tiny$"
job_wait "$job" COMPLETED
same "$here" "$(trial one/tiny)"
says "results/tiny-$job.log" "1 trial on 2 ranks"

# two nodes, two ranks each
submit jobs/tiny.sh --nodes=2 --ntasks-per-node=2 -- --results two || fail "submit"
job_wait "$job" COMPLETED
same "$here" "$(trial two/tiny)"
says "results/tiny-$job.log" "1 trial on 4 ranks"

# without PMIx in srun: mpirun inside the allocation
mkdir bin
cat >bin/srun <<'SRUN'
#!/bin/bash
# A Slurm without the PMIx plugin.
[ "$1" = --mpi=list ] && { echo "MPI plugin types are... none pmi2"; exit; }
exec /usr/bin/srun "$@"
SRUN
chmod +x bin/srun
PATH=$folder/bin:$PATH submit jobs/tiny.sh --nodes=2 --ntasks-per-node=1 -- --results mpirun || fail "submit"
job_wait "$job" COMPLETED
same "$here" "$(trial mpirun/tiny)"
says "results/tiny-$job.log" "srun has no PMIx here.*mpirun"
says "results/tiny-$job.log" "1 trial on 2 ranks"

# srun without PMIx starts processes that each believe they are the only one
count=$((count + 1))
timeout 600 srun --mpi=none -n 2 "$hourglass" run experiments/tiny.yaml --results singletons >stdout 2>message
is "exit code of srun --mpi=none" $? 2
says message "--mpi=pmix"
[ ! -e singletons/tiny/trials ] || fail "singletons wrote trials"

# a typo
sed -i 's/activation: tanh/activation: tan/' experiments/tiny.yaml
before=$(squeue -h -t all | wc -l)
submit jobs/tiny.sh && fail "submitted a spec with a typo"
says message "experiments/tiny.yaml:[0-9]+:[0-9]+: .*tan"
says message "nothing was submitted"
is "jobs in the queue" "$(squeue -h -t all | wc -l)" "$before"
verdict
