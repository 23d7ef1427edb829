# What the scripts of slurm/ share: a real Slurm with two emulated nodes, on loopback only, for the time of one script; a
# folder with a small experiment and its job, as a user would have it.
# shellcheck disable=SC2034 # variables of the scripts that source this
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
for tool in slurmctld slurmd munged sbatch srun mpirun; do
    command -v $tool >/dev/null || skip "no $tool: apt-get install slurmctld slurmd slurm-client munge libpmix-dev openmpi-bin"
done
[ -e /usr/lib/x86_64-linux-gnu/pmix2/lib/libpmix.so ] || compgen -G '/usr/lib/*/pmix2/lib/libpmix.so' >/dev/null ||
    skip "no libpmix.so, which Slurm's plugin loads: apt-get install libpmix-dev"
slurm_tools=$source_tree/tests/slurm/cluster
slurm=$(mktemp -d /tmp/hg-slurm-XXXXXX)
trap '"$slurm_tools/down.sh" "$slurm" >/dev/null 2>&1; rm -rf "$slurm" "$folder"' EXIT

# cluster_start: two nodes of four processors each
cluster_start() {
    SLURM_UP_OWNER=$$ "$slurm_tools/up.sh" "$slurm" >"$folder/slurm-up.log" 2>&1 || {
        cat "$folder/slurm-up.log"
        skip "Slurm does not start here"
    }
    # shellcheck disable=SC1091
    . "$slurm/env.sh"
    export HOURGLASS=$hourglass SBATCH_EXPORT=ALL
}

# tiny_job [TASKS [NODES]]: data/tiny.h5, experiments/tiny.yaml from standard input, jobs/tiny.sh made of a real job's lines
tiny_job() {
    local tasks=${1:-2} nodes=${2:-1}
    mkdir -p experiments/data jobs results
    [ -e slurm ] || cp -r "$source_tree/slurm" slurm
    [ -e data ] || ln -s experiments/data data
    [ -e data/tiny.h5 ] || tiny_data
    cat >experiments/tiny.yaml
    sed -e 's/cardio/tiny/g' -e "s/--ntasks-per-node=.*/--ntasks-per-node=$tasks/" -e "s/--nodes=.*/--nodes=$nodes/" \
        "$source_tree/jobs/cardio.sh" >jobs/tiny.sh
}

# job_state JOB: RUNNING, COMPLETED, ... of all its tasks, in order of name
job_state() { squeue -h -t all -j "$1" -o %T 2>/dev/null | sort -u | tr '\n' ' ' | sed 's/ $//'; }

# job_wait JOB STATE [SECONDS]: until the job is in that state
job_wait() {
    local i
    for ((i = 0; i < ${3:-600} * 10; i++)); do
        [ "$(job_state "$1")" = "$2" ] && return 0
        sleep 0.1
    done
    fail "job $1 is $(job_state "$1"), expected $2"
    tail -n 30 results/*"$1"*.log 2>/dev/null | sed 's/^/    /'
    return 1
}

# text_wait FILE PATTERN [COUNT [SECONDS]]: until so many lines of the file match
text_wait() {
    local i n
    for ((i = 0; i < ${4:-600} * 10; i++)); do
        n=$(grep -cE -- "$2" "$1" 2>/dev/null)
        [ "${n:-0}" -ge "${3:-1}" ] && return 0
        sleep 0.1
    done
    fail "no ${3:-1} lines of $1 match /$2/"
    tail -n 30 "$1" 2>/dev/null | sed 's/^/    /'
    return 1
}

# submit ARGUMENT...: slurm/submit.sh; the job's number into `job`, what it said into the file $message
message=message
submit() {
    count=$((count + 1))
    bash slurm/submit.sh "$@" >"$message" 2>&1 || return
    job=$(sed -n 's/^Job  *//p' "$message")
    job=${job%% *}
}
