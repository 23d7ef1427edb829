// Reads data ahead: a separate thread fetches the next pieces while earlier ones are used.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct read_ahead;

// A sequence of pieces, which are used in order.
struct read_ahead_task {
    int64_t first, pieces; // pieces [first, pieces) will be used
    int depth;             // how many pieces after the one in use are fetched
    // The thread calls these functions. fetch brings a piece into memory, and release gives it up. A long fetch should
    // end early if read_ahead_ends(r).
    void (*fetch)(void *context, const struct read_ahead *r, int64_t piece);
    void (*release)(void *context, int64_t piece);
    void *context;
};

// Starts the thread. Returns NULL if that is not possible; then nothing is read ahead.
struct read_ahead *read_ahead_start(const struct read_ahead_task *task);
// Waits until a piece is in memory. Several threads may call it, each with piece numbers that do not decrease. Releases
// pieces that are two or more before the largest number so far. Does nothing if `r` is NULL.
void read_ahead_wait(struct read_ahead *r, int64_t piece);
// Returns true if nothing more needs to be read: read_ahead_stop was called, or the run is to stop.
bool read_ahead_ends(const struct read_ahead *r);
void read_ahead_stop(struct read_ahead **r); // NULL-safe
