// Decides by the counter of the kernel whether a rank was killed for lack of memory, and by the rank's beacon which
// trial that was.
//
// Each decision is recorded in the run's folder before the run starts again, and each trial is killed twice at most. So
// the run ends.
#include "cli/memory_kill.h"

#include "base/err.h"
#include "base/mem.h"
#include "presence/beacon.h"
#include "presence/failure.h"
#include "presence/lone_trial.h"
#include <stdio.h>

// Decides what becomes of the killed trial, records it and prints a message. Returns true if it was recorded.
static bool settle_killed_trial(const char *folder, const char *id)
{
    static const char reason[] = "the kernel killed it for lack of memory (signal 9), although no other trial ran";
    struct err e = {0};
    int rc;

    if (lone_trial_state(folder, id) == LONE_BEGAN) {
        rc = failure_write(folder, id, reason, &e);
        if (rc == 0)
            rc = lone_trial_set(folder, id, LONE_NOT, &e);
        if (rc == 0)
            fprintf(stderr, "hourglass: trial %s failed: %s; starting again without it\n", id, reason);
    } else {
        rc = lone_trial_set(folder, id, LONE_WAITS, &e);
        if (rc == 0)
            fprintf(stderr,
                "hourglass: the kernel killed trial %s for lack of memory: starting again; it runs when no other trial "
                "does\n",
                id);
    }
    if (rc != 0)
        err_print(&e);

    return rc == 0;
}

bool memory_kill_settle(const char *folder, int rank, int64_t kills)
{
    struct beacon b;
    struct err ignored = {0};

    ASSERT(rank >= 0, "rank %d", rank);
    if (mem_kills() <= kills)
        return false;

    bool is_known = beacon_of_rank(folder, 0, rank, &b, &ignored) == 0 && *b.trial;
    bool starts_again = is_known && settle_killed_trial(folder, b.trial);
    beacon_free(&b);
    return starts_again;
}
