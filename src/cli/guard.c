// Runs commands that read foreign files in a child process: HDF5 crashes on some malformed files by chance, even after
// store_walk has checked them and found nothing wrong.
#include "cli/guard.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/signals.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_crash(int sign)
{
    return sign == SIGSEGV || sign == SIGBUS || sign == SIGABRT || sign == SIGFPE || sign == SIGILL;
}

static volatile sig_atomic_t child; // process number of the child that runs the command

// Passes the signal to the child. guard_run then waits until the child has ended, so that nothing of the command still
// runs when the parent ends.
static void pass_signal(int sign)
{
    kill((pid_t)child, sign);
}

// Ends this process in the same way as the child: returns the child's exit code, or raises the signal that ended it.
// After a crash, prints a message and returns ERR_DATA.
static int end_as(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    int sign = WTERMSIG(status);
    if (!is_crash(sign)) {
        signal_end_process(sign);
        return 128 + sign;
    }
    fprintf(stderr,
        "hourglass: reading a file ended with '%s': one of the files is malformed; hint: hourglass verify FILE.h5... "
        "reads each by itself\n",
        strsignal(sign));

    return ERR_DATA;
}

int guard_run(int (*run)(int argc, char **argv), int argc, char **argv)
{
    static const int passed[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, 0};
    int status = 0;
    sigset_t set, before;

    ASSERT(argc > 0 && argv[0], "%d arguments", argc);
    fflush(NULL);
    cleanup_start();
    signals_block(passed, &set, &before); // blocked until `child` is set and the handlers are installed
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid <= 0) {
        cleanup_listen();
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    if (pid < 0)
        return run(argc, argv);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); // the child ends with its parent
        return getppid() == parent ? run(argc, argv) : 128 + SIGTERM;
    }

    ASSERT(pid > 0, "process %d", (int)pid);
    child = (sig_atomic_t)pid;
    signals_catch(passed, pass_signal);
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return ERR_SYSTEM;
    cleanup_after(pid);

    return end_as(status);
}
