// Where a result comes from: machine, program, libraries, data, time.
#pragma once

#include "store/store.h"
#include "trial/trial_file.h"

// Collective over comm. Returns how many machines its ranks are on.
int provenance_nodes(const struct comm *comm);
// Writes the group `provenance`, which has only attributes and nothing that decides results.
int provenance_write(
    struct store_file *f, const struct team *team, int nodes, const struct trial_result *r, struct err *e);
// Returns the sources of a data set with their checksums, one per line, in new memory.
char *provenance_data(const struct dataset *d);
// Returns the cluster that this runs on: SLURM_CLUSTER_NAME, else HOURGLASS_SITE, else "local".
const char *provenance_cluster(void);
// Writes the model of this machine's CPU, or "unknown".
void provenance_cpu(char *out, size_t room);
