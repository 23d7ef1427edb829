// Commands that read files of others, in a child process: HDF5 crashes on some malformed files by chance, also after a
// walk of them has ended well.
#include "cli/guard.h"

#include "base/cleanup.h"
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

static volatile sig_atomic_t child; // that runs the command

// The parent waits for the child's end, so that nothing of the command is left when it ends itself.
static void pass_signal(int sign)
{
    kill((pid_t)child, sign);
}

static const int passed[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

// A signal that is ignored stays ignored, by the child as well.
static void pass_signals(void)
{
    struct sigaction before;
    struct sigaction ours = {.sa_handler = pass_signal, .sa_flags = SA_RESTART};
    sigemptyset(&ours.sa_mask);

    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        if (sigaction(passed[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(passed[i], &ours, NULL);
}

static void block_signals(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        sigaddset(&set, passed[i]);
    sigprocmask(SIG_BLOCK, &set, before);
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
    sigset_t before;
    fflush(NULL);
    cleanup_start();
    block_signals(&before); // until their receiver knows what to do
    pid_t parent = getpid(), pid = fork();
    if (pid <= 0) {
        cleanup_listen();
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    if (pid < 0)
        return run(argc, argv);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); // it ends with its parent
        return getppid() == parent ? run(argc, argv) : 128 + SIGTERM;
    }

    child = (sig_atomic_t)pid;
    pass_signals();
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 71;
    cleanup_after(pid);

    return end_as(status);
}
