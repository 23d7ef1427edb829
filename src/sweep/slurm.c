// What Slurm knows of a job, from squeue.
#include "sweep/slurm.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
enum { ANSWER_MILLISECONDS = 5000 };

// Starts squeue with both outputs into a pipe, whose end to read is returned; -1: it cannot be started. posix_spawn
// copies no memory of this process, which MPI may have registered with a network card.
static int start(const char *job, pid_t *pid)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    char *arguments[] = {"squeue", "--noheader", "--format=%T", "--jobs", (char *)(size_t)job, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    int failed = posix_spawnp(pid, "squeue", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (!failed)
        return ends[0];
    close(ends[0]);
    return -1;
}

static void read_answer(int fd, char *out, size_t room)
{
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (ssize_t got = 1; got > 0 && n + 1 < room && poll(&p, 1, ANSWER_MILLISECONDS) > 0;) {
        got = read(fd, out + n, room - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    out[n] = 0;
}

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
    pid_t pid;
    int fd = start(job, &pid);
    if (fd < 0)
        return false;
    char answer[512];
    read_answer(fd, answer, sizeof answer);
    close(fd);
    int status;
    kill(pid, SIGKILL); // one that hangs; one that has answered has nothing left to do
    waitpid(pid, &status, 0);
    return is_over(answer, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}
