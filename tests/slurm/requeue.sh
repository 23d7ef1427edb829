#!/bin/bash
# Jobs that are warned before their time limit, hit it, are requeued, cancelled or lose a node resume, and end with the bits
# of an undisturbed run. They run side by side.
source "$(dirname "$0")/slurm.bash"
cluster_start
# as many epochs as take some seconds on two nodes of this machine now, so that there is time to disturb them
long_job() { tiny_spec | sed "s/epochs: 3/epochs: $1/" | tiny_job 1 2; }
# took EPOCHS: ms
took() {
    local before
    long_job "$1"
    before=$(date +%s%N)
    OMPI_MCA_btl=self,tcp good run experiments/tiny.yaml -n 2 -t 1 --quiet --results calibration
    echo $((($(date +%s%N) - before) / 1000000))
}
start_up=$(took 1) train=$(($(took 6001) - start_up))
long_job $((6000 * 5000 / (train > 500 ? train : 500)))
# shellcheck disable=SC2016 # for launch.sh
echo 'launcher=(mpirun -q -n "${SLURM_NTASKS:-1}" --bind-to none)' >slurm/site/with-mpirun.sh
good run experiments/tiny.yaml -n 2 -t 1 --quiet --results undisturbed
reference=$(trial undisturbed/tiny)

# start NAME [OPTION of sbatch]... [-- OPTION of run...]: submits a job of that name, whose results go to the folder NAME; its
# number into `job`
start() {
    local name=$1
    shift
    local options=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1") && shift; done
    submit jobs/tiny.sh "--job-name=$name" "--output=$name.log" "${options[@]}" -- --results "$name" --checkpoint-every 1s "${@:2}" && return
    fail "submit $name"
    head "$message"
    return 1
}
# begun NAME COUNT: the run has begun for the COUNTth time and trains
begun() { text_wait "$1.log" '1 trial on 2 ranks' "$2" 120 && sleep 0.3; }
# finished NAME JOB
finished() {
    job_wait "$2" COMPLETED 180 || { tail -n 20 "$1.log"; return; }
    same "$reference" "$(trial "$1/tiny")"
}

# Slurm says three times that the limit is near
told() {
    local i
    start told || return
    for i in 1 2 3; do begun told $i && scancel --batch --signal=USR1 "$job"; done
    finished told "$job"
    is "told: stops" "$(grep -c 'launch: stopped at a checkpoint; requeued' told.log)" 3
}
mpirun_told() {
    HOURGLASS_SITE=with-mpirun start mpirun || return
    begun mpirun 1 && scancel --batch --signal=USR1 "$job"
    finished mpirun "$job"
    is "mpirun: stops" "$(grep -c 'launch: stopped at a checkpoint; requeued' mpirun.log)" 1
}
requeued() {
    start requeued || return
    begun requeued 1 && scontrol requeue "$job"
    finished requeued "$job"
    is "requeued: starts" "$(grep -c '1 trial on 2 ranks' requeued.log)" 2
}
cancelled() {
    start cancelled || return
    begun cancelled 1 && scancel "$job"
    job_wait "$job" CANCELLED && start cancelled && finished cancelled "$job"
}
# a node loses power under a job
crashed() {
    grep -q MODE=ns "$slurm/run/params" || { echo "no namespaces here: no node is lost"; return; }
    start crashed || return
    begun crashed 1 && "$slurm_tools/node.sh" "$slurm" crash n2
    scontrol update nodename=n2 state=down reason=crash
    job_wait "$job" PENDING && "$slurm_tools/node.sh" "$slurm" boot n2
    finished crashed "$job"
}
# Slurm itself finds the limit near (it looks every 30 s), before the limit ends the job
limited() {
    start limited --nodes=1 --ntasks-per-node=2 --nodelist=n1 -- --set train.epochs=16000000 || return
    begun limited 1 && scontrol update "jobid=$job" EndTime=now+90
    text_wait limited.log 'launch: stopped at a checkpoint; requeued \(0 times before\)' 1 90
    scancel "$job"
    is "limited: checkpoints" "$(cd limited/tiny/checkpoints && find . -name '*[0-9a-f].h5' | wc -l)" 1
}
# where requeueing is forbidden
chained() {
    local jobs
    submit --chain 3 jobs/tiny.sh --job-name=chain --output=chain.log -- --results chain || fail "submit --chain"
    read -ra jobs < <(sed -n 's/^Job  *//p' "$message")
    is "jobs of the chain" ${#jobs[@]} 3
    begun chain 1 && scancel --batch --signal=USR1 "${jobs[0]}"
    finished chain "${jobs[2]}"
    is "the chain's first job" "$(job_state "${jobs[0]}")" FAILED
}

# side_by_side NAME...: each in a shell and with messages of its own
side_by_side() {
    local name pids=()
    for name; do
        (
            trap - EXIT # the cluster and the folder are not this shell's
            message=$name.message failures=0
            $name
            [ $failures = 0 ]
        ) &
        pids+=($!)
    done
    for name; do
        wait "${pids[0]}" || failures=$((failures + 1))
        pids=("${pids[@]:1}")
        count=$((count + 1))
    done
}
side_by_side told mpirun_told requeued cancelled chained
side_by_side crashed limited
verdict
