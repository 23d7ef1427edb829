// What Slurm knows of a job, from squeue.
#include "sweep/slurm.h"

#include "base/command.h"
#include <stdlib.h>
#include <string.h>

// `code`: squeue's. A job that has ended is in no list; long after, its number is unknown.
static bool is_over(const char *answer, int code)
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
        return false; // a job of another cluster is unknown here, alive or not
    char answer[512];
    const char *const arguments[] = {"squeue", "--noheader", "--format=%T", "--jobs", job, NULL};
    int code = command_output(arguments, NULL, 5, answer, sizeof answer);
    return is_over(answer, code);
}
