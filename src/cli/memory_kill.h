// What happens after the kernel has killed a rank for lack of memory.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Called when a rank of a run has died of signal 9. `kills` is what mem_kills returned before the ranks started. If the
// kernel killed the rank for lack of memory, decides what becomes of its trial: one that ran next to others will run
// alone; one that ran alone has failed, which is recorded. Returns true, after a message, if the run must start again.
bool memory_kill_settle(const char *folder, int rank, int64_t kills);
