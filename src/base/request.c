// The signal handler may run at any time and on any thread, so the state is two lock-free atomic variables.
#include "base/request.h"

#include "base/err.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

static atomic_int pending; // enum request
static atomic_bool has_begun;

void request_raise(enum request r)
{
    int old = atomic_load(&pending);

    ASSERT(r >= REQUEST_NONE && r <= REQUEST_STOP, "%d", (int)r);
    while (old < (int)r && !atomic_compare_exchange_weak(&pending, &old, (int)r)) {
    }
}

enum request request_pending(void)
{
    return (enum request)atomic_load_explicit(&pending, memory_order_relaxed);
}

void request_served(enum request r)
{
    int served = (int)r;
    atomic_compare_exchange_strong(&pending, &served, REQUEST_NONE);
}

void request_begin(void)
{
    atomic_store(&has_begun, true);
}

static void request_handle_signal(int signal_number)
{
    enum request asked = signal_number == SIGUSR2 ? REQUEST_CHECKPOINT : REQUEST_STOP;

    if (asked == REQUEST_STOP && !atomic_load(&has_begun))
        _exit(EXIT_STOPPED);
    request_raise(asked);
}

void request_listen(void)
{
    static const int signals[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        int flags = SA_RESTART | (signals[i] == SIGINT ? (int)SA_RESETHAND : 0);
        struct sigaction action = {.sa_handler = request_handle_signal, .sa_flags = flags};
        sigemptyset(&action.sa_mask);
        sigaction(signals[i], &action, NULL);
    }
}
