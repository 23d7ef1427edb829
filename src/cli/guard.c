// Commands that read files of others, in a child process: HDF5 crashes on some malformed files by chance, also after a
// walk of them has ended well.
#include "cli/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_crash(int sign)
{
    return sign == SIGSEGV || sign == SIGBUS || sign == SIGABRT || sign == SIGFPE || sign == SIGILL;
}

// Ends as the child has ended.
static int end_as(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    int sign = WTERMSIG(status);
    if (!is_crash(sign)) {
        signal(sign, SIG_DFL);
        raise(sign);
        return 128 + sign;
    }
    fprintf(stderr,
        "hourglass: reading a file ended with '%s': one of the files is malformed; hint: hourglass verify FILE.h5... "
        "reads each by itself\n",
        strsignal(sign));

    return 3;
}

int guard_run(int (*run)(int argc, char **argv), int argc, char **argv)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return run(argc, argv);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); // it ends with its parent
        return run(argc, argv);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 71;

    return end_as(status);
}
