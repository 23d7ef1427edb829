// Checks how this process was started, what Slurm reports, and which network there is.
#include "base/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/doctor.h"
#include "comm/comm.h"
#include "comm/mpi_library.h"
#include "store/store.h"
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { PATIENCE = 5 }; // seconds that a command of Slurm may take

void check_launch(struct findings *l, int size)
{
    int announced = comm_launched_size();
    const char *tasks = getenv("SLURM_STEP_NUM_TASKS"), *job = getenv("SLURM_JOB_ID"), *all = getenv("SLURM_NTASKS");
    const char *starter = getenv("SLURM_STEP_NODELIST") ? "srun" : "mpirun";
    int tasks_of_job = all ? atoi(all) : 1;

    if (!comm_has_launcher() && announced > 1)
        finding_add(l, FINDING_ERROR, "launch",
            "each of them would train everything: srun --mpi=pmix (needs libpmix-dev on the nodes), or mpirun",
            "the launcher started %d processes, but each believes it is the only one", announced);
    else if (tasks && getenv("SLURM_STEP_ID") && atoi(tasks) != size)
        finding_add(l, FINDING_ERROR, "launch", "srun --mpi=pmix", "Slurm's step has %s tasks, MPI's world %d ranks",
            tasks, size);
    else if (comm_has_launcher() && all && atoi(all) != size)
        finding_add(l, FINDING_WARNING, "launch", "srun --mpi=pmix, or mpirun without -n, uses all that was allocated",
            "MPI's world has %d rank%s, SLURM_NTASKS is %s", size, text_plural(size), all);
    else if (comm_has_launcher())
        finding_add(l, FINDING_GOOD, "launch", NULL, "%d rank%s by %s", size, text_plural(size), starter);
    else if (job)
        finding_add(l, FINDING_NOTE, "launch", "srun --mpi=pmix hourglass doctor looks at all tasks",
            "one process inside job %s of %d task%s", job, tasks_of_job, text_plural(tasks_of_job));
    else
        finding_add(l, FINDING_GOOD, "launch", NULL, "no launcher, one process: run -n starts mpirun by itself");
}

static bool has_command(const char *name)
{
    char out[64];
    const char *const arguments[] = {name, "--version", NULL};
    return command_output(arguments, NULL, PATIENCE, out, sizeof out) == 0;
}

static void check_srun(struct findings *l)
{
    char out[2048];
    const char *const list[] = {"srun", "--mpi=list", NULL};

    if (command_output(list, NULL, PATIENCE, out, sizeof out) < 0)
        return;
    if (mpi_flavour() == FLAVOUR_MPICH) {
        if (strstr(out, mpi_srun_type()))
            finding_add(l, FINDING_GOOD, "PMI", NULL, "srun has %s", mpi_srun_type());
        else
            finding_add(l, FINDING_WARNING, "PMI", "start mpirun inside the allocation (slurm/launch.sh does)",
                "srun has no %s here, which MPICH needs", mpi_srun_type());
        return;
    }
    if (!strstr(out, "pmix"))
        finding_add(l, FINDING_WARNING, "PMIx",
            "start mpirun inside the allocation (slurm/launch.sh does), or have libpmix-dev installed on the nodes",
            "srun has no PMIx here, which Open MPI needs");
    else if (!getenv("SLURM_PMIX_FENCE"))
        finding_add(l, FINDING_NOTE, "PMIx",
            "export SLURM_PMIX_FENCE=ring (slurm/launch.sh does): the default of Slurm 22.05 lets some starts on "
            "several "
            "nodes crash",
            "srun has PMIx, SLURM_PMIX_FENCE is not set");
    else
        finding_add(l, FINDING_GOOD, "PMIx", NULL, "srun has PMIx, SLURM_PMIX_FENCE is %s", getenv("SLURM_PMIX_FENCE"));
}

// Returns the seconds of a time "[days-][[hours:]minutes:]seconds", or -1 for any other text, such as UNLIMITED.
static long seconds_left(const char *text)
{
    long days = 0, v[3] = {0}, seconds = 0;
    int used = 0, n = 0;
    if (sscanf(text, "%ld-%n", &days, &used) == 1 && used > 0)
        text += used;
    else
        days = 0;
    n = sscanf(text, "%ld:%ld:%ld", &v[0], &v[1], &v[2]);
    for (int i = 0; i < n; i++)
        seconds = 60 * seconds + v[i];

    return n > 0 ? 86400 * days + seconds : -1;
}

static void check_time(struct findings *l, const char *job)
{
    char out[256];
    const char *const arguments[] = {"squeue", "--noheader", "--format=%L", "--jobs", job, NULL};

    if (command_output(arguments, NULL, PATIENCE, out, sizeof out) != 0) {
        finding_add(l, FINDING_WARNING, "time", "is the controller up? scontrol ping",
            "squeue does not report the time that job %s has left", job);
        return;
    }
    out[strcspn(out, "\n")] = 0;
    long left = seconds_left(out);

    if (left >= 0 && left < 300)
        finding_add(l, FINDING_WARNING, "time",
            "a run that does not finish stops at a checkpoint and resumes in the next job", "job %s has %s left", job,
            out);
    else
        finding_add(l, FINDING_GOOD, "time", NULL, "job %s has %s left", job, out);
}

void check_slurm(struct findings *l)
{
    const char *job = getenv("SLURM_JOB_ID"), *cluster = getenv("SLURM_CLUSTER_NAME");

    if (!job && !has_command("sinfo")) {
        finding_add(l, FINDING_GOOD, "Slurm", NULL, "none here");
        return;
    }

    char *of = cluster ? mem_format(" of %s", cluster) : mem_text("");
    if (job)
        finding_add(l, FINDING_GOOD, "Slurm", NULL, "job %s%s", job, of);
    else
        finding_add(l, FINDING_GOOD, "Slurm", NULL, "here, but this is no job%s", of);
    free(of);

    check_srun(l);
    if (job)
        check_time(l, job);
}

// --- network
static bool first_card(char out[128])
{
    DIR *dir = opendir("/sys/class/infiniband");
    out[0] = 0;
    for (struct dirent *d; dir && !*out && (d = readdir(dir));)
        if (d->d_name[0] != '.')
            snprintf(out, 128, "%.127s", d->d_name);
    if (dir)
        closedir(dir);
    return *out;
}

// Writes the settings ("pml = ^ucx") by which the distribution excludes networks, except those that the user has
// replaced. Returns true if there are any.
static bool shut_out(char out[256])
{
    char line[256], key[64], value[128], variable[96];
    FILE *in = fopen("/etc/openmpi/openmpi-mca-params.conf", "r");

    out[0] = 0;
    while (in && fgets(line, sizeof line, in)) {
        if (sscanf(line, " %63[a-z_] = ^%127s", key, value) != 2 || !(strstr(value, "ucx") || strstr(value, "ofi")))
            continue;
        snprintf(variable, sizeof variable, "OMPI_MCA_%s", key);
        size_t n = strlen(out);
        if (!getenv(variable))
            snprintf(out + n, 256 - n, "%s%s = ^%s", n ? ", " : "", key, value);
    }

    if (in)
        fclose(in);
    return *out;
}

void check_network(struct findings *l, int hosts)
{
    char card[128], settings[256];
    struct rlimit locked;
    bool is_fast = first_card(card), is_shut = shut_out(settings);

    if (is_fast && is_shut)
        finding_add(l, FINDING_WARNING, "network",
            "export OMPI_MCA_pml=ucx (or OMPI_MCA_mtl=ofi) in slurm/site/<cluster>.sh, and compare times",
            "%s is here, but /etc/openmpi/openmpi-mca-params.conf leaves TCP alone: %s", card, settings);
    else if (is_fast && getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur != RLIM_INFINITY)
        finding_add(l, FINDING_WARNING, "network", "ask for an unlimited memlock (ulimit -l)",
            "%s is here, but a process may lock only %lld kB", card, (long long)locked.rlim_cur / 1024);
    else if (is_fast)
        finding_add(l, FINDING_GOOD, "network", NULL, "%s", card);
    else if (hosts > 1)
        finding_add(l, FINDING_NOTE, "network",
            "ranks of one trial send two models a step: keep them on one node, or trials large", "%d hosts over TCP",
            hosts);
    else
        finding_add(l, FINDING_GOOD, "network", NULL, "one host: shared memory");
}

void check_libraries(struct findings *l)
{
    finding_add(l, FINDING_GOOD, "libraries", NULL, "%s, %s", mpi_library(), store_library());
}
