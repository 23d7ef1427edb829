// Asks Slurm by its commands squeue and sstat.
#include "presence/slurm.h"

#include "base/command.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Returns true if squeue's answer and its exit code show that the job has ended. Such a job disappears from the list;
// much later, its number is unknown.
static bool squeue_shows_end(const char *answer, int code)
{
    static const char *const over[] = {
        "CANCELLED", "COMPLETED", "FAILED", "TIMEOUT", "NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY", "DEADLINE", NULL};
    for (int i = 0; over[i]; i++)
        if (strncmp(answer, over[i], strlen(over[i])) == 0)
            return true;
    return strstr(answer, "Invalid job id") || (code == 0 && !*answer);
}

bool slurm_has_ended(const char *cluster, const char *job)
{
    const char *here = getenv("SLURM_CLUSTER_NAME");
    if (!job || !*job || !here || !cluster || strcmp(here, cluster) != 0)
        return false; // this cluster does not know the jobs of another cluster, alive or not
    char answer[512];
    const char *const arguments[] = {"squeue", "--noheader", "--format=%T", "--jobs", job, NULL};
    int code = command_output(arguments, NULL, 5, answer, sizeof answer);
    return squeue_shows_end(answer, code);
}

double slurm_energy(void)
{
    static bool is_unknown;
    const char *job = getenv("SLURM_JOB_ID"), *step = getenv("SLURM_STEP_ID");
    char which[128], answer[256];
    double joules = 0;
    if (!job || is_unknown)
        return NAN;

    snprintf(which, sizeof which, "%.60s.%.60s", job, step ? step : "batch");
    const char *const arguments[] = {
        "sstat", "--noheader", "--parsable2", "--format=ConsumedEnergyRaw", "--jobs", which, NULL};
    int code = command_output(arguments, NULL, 2, answer, sizeof answer);

    is_unknown = code != 0 || sscanf(answer, "%lf", &joules) != 1 || !(joules > 0);
    return is_unknown ? NAN : joules;
}
