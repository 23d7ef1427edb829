#!/bin/bash
# own.sh: an experiment without a job file is submitted by its name, with the tasks, memory and time that the check
# proposes; options of sbatch replace them; --dry-run submits nothing.
source "$(dirname "$0")/slurm.bash"
cluster_start
tiny_spec | tiny_job
rm -r jobs
good run experiments/tiny.yaml -n 1 -t 1 --results here
here=$(trial here/tiny)

# what would be submitted
before=$(squeue -h -t all | wc -l)
submit --dry-run experiments/tiny.yaml --time=7 -- --set train.epochs=2 || fail 'a dry run'
says message '^sbatch --parsable --job-name=tiny --ntasks=[124] --cpus-per-task=1 --mem-per-cpu=[0-9]+M --time=0-00:[0-9]+:00 .*--time=7 slurm/job.sh experiments/tiny.yaml --set train.epochs=2 $'
submit --dry-run experiments/tiny.yaml -n3 --mem=1G || fail 'a dry run with tasks'
says message '^Work +for 2 of 3 ranks'
says message '^sbatch --parsable --job-name=tiny --cpus-per-task=1 --time=[^ ]+ .*-n3 --mem=1G slurm/job.sh'
is 'jobs in the queue' "$(squeue -h -t all | wc -l)" "$before"

# submitted, to the same bits
submit experiments/tiny.yaml --ntasks=2 --mem-per-cpu=64M || fail 'submit'
job_wait "$job" COMPLETED
same "$here" "$(trial results/tiny)"
says "results/tiny-$job.log" '1 trial on 2 ranks'

# the name of a site
echo 'cores_per_node=1 sbatch_options=(--comment=mine)' >slurm/site/mine.sh
submit --dry-run --site mine experiments/tiny.yaml || fail 'a dry run with a site'
says message '^sbatch --parsable --job-name=tiny --ntasks=1 .*--comment=mine slurm/job.sh'

# mistakes
submit --site other experiments/tiny.yaml && fail 'a site that does not exist'
says message "found 'other', but there is no slurm/site/other.sh"
submit --ntasks=2 experiments/tiny.yaml && fail 'an option of sbatch before the job'
says message "found '--ntasks=2', allowed: --dry-run, --chain N, --site NAME"
submit experiments/other.yaml && fail 'an experiment that does not exist'
says message 'experiments/other.yaml: no such job or experiment'
sed -i 's/activation: tanh/activation: tan/' experiments/tiny.yaml
submit experiments/tiny.yaml && fail 'an experiment with a typo'
says message 'nothing was submitted'
verdict
