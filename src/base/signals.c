// Calls sigaction and sigprocmask for each signal of a list.
#include "base/signals.h"

#include "base/err.h"
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool signal_is_ignored(int signal_number)
{
    struct sigaction now;
    return sigaction(signal_number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2};
enum { ENDING = sizeof ending / sizeof *ending };
static bool was_ignored[ENDING];

// Records which signals are ignored. Runs before the libraries are initialized, so it asks the kernel by a system call
// of its own.
static void record_ignored(void)
{
    struct {
        void *handler;
        unsigned long others[4];
    } now = {0};
    const size_t mask_bytes = 8;

    for (int i = 0; i < ENDING; i++)
        was_ignored[i] =
            syscall(SYS_rt_sigaction, ending[i], NULL, &now, mask_bytes) == 0 && now.handler == (void *)SIG_IGN;
}

__attribute__((section(".preinit_array"), used)) static void (*const before_libraries)(void) = record_ignored;

void signals_take_back(void)
{
    signal(SIGCHLD, SIG_DFL); // if it were ignored, the end of a child could not be waited for
    for (int i = 0; i < ENDING; i++)
        signal(ending[i], was_ignored[i] ? SIG_IGN : SIG_DFL);
}

void signals_catch(const int *list, void (*handler)(int))
{
    struct sigaction ours = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct sigaction before;

    ASSERT(handler != SIG_DFL && handler != SIG_IGN, "%d", list[0]);
    sigemptyset(&ours.sa_mask);
    for (; *list; list++)
        if (sigaction(*list, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(*list, &ours, NULL);
}

void signals_block(const int *list, sigset_t *set, sigset_t *before)
{
    sigemptyset(set);
    for (; *list; list++)
        sigaddset(set, *list);
    sigprocmask(SIG_BLOCK, set, before);
}

void signal_end_process(int signal_number)
{
    ASSERT(signal_number > 0, "%d", signal_number);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}
