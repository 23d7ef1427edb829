#!/bin/bash
# Every job that trains has the lines that let it survive a time limit, and hands over to slurm/launch.sh; no experiment is named
# in slurm/.
source "$(dirname "$0")/lint.bash"
n=0
for job in jobs/*.sh; do
    grep -q 'slurm/launch.sh' "$job" || continue
    n=$((n + 1))
    for line in --job-name= --nodes= --ntasks-per-node= --cpus-per-task= --time= --signal=B:USR1@180 --requeue --open-mode=append \
        --output=results/%x-%j.log; do
        grep -qE -- "^#SBATCH $line" "$job" || complain "$job: no line '#SBATCH $line'"
    done
    tail -n 1 "$job" | grep -qE '^exec bash slurm/launch.sh experiments/[a-z0-9-]+\.yaml "\$@"' ||
        complain "$job: the last line does not hand over to slurm/launch.sh with exec"
    grep -qE 'srun|mpirun' "$job" && complain "$job: how a run starts is said in slurm/launch.sh alone"
done
named() {
    for experiment in experiments/*.yaml; do
        grep -lwFe "$(basename "$experiment" .yaml)" slurm/*.sh slurm/site/*.sh | sed "s|\$|: names $experiment|"
    done
}
complain_lines '' < <(named)
[ $n -gt 0 ] || complain "no job"
verdict "$n jobs"
