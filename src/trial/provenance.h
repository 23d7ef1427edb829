// Where a result comes from: machine, program, libraries, data, time.
#pragma once

#include "store/store.h"
#include "trial/trial_file.h"

// Collective over comm. How many machines its ranks are on.
int provenance_nodes(const struct comm *comm);
// The group `provenance`: attributes only, nothing that decides results.
int provenance_write(
    struct store_file *f, const struct team *team, int nodes, const struct trial_result *r, struct err *e);
// The sources of a data set with their checksums, one a line: new memory.
char *provenance_data(const struct dataset *d);
// The cluster this runs on: SLURM_CLUSTER_NAME, else HOURGLASS_SITE, else "local".
const char *provenance_cluster(void);
// The model of this machine's CPU, or "unknown".
void provenance_cpu(char *out, size_t room);
