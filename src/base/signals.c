// Calls sigaction and sigprocmask for each signal of a list.
#include "base/signals.h"

#include "base/err.h"
#include <stddef.h>

bool signal_is_ignored(int signal_number)
{
    struct sigaction now;
    return sigaction(signal_number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
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
