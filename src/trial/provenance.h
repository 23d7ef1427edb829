// Records where a result comes from: machine, program, libraries, data and time.
#pragma once

#include "store/store.h"
#include "trial/trial_file.h"

// Returns the number of machines that run the ranks of comm. Collective over comm.
int provenance_nodes(const struct comm *comm);
// Writes the group `provenance`. It has only attributes, and none of them decides results.
int provenance_write(
    struct store_file *f, const struct team *team, int nodes, const struct trial_result *r, struct err *e);
// Returns the sources of a data set with their checksums, one per line, in new memory.
char *provenance_data(const struct dataset *d);
// Returns the name of this cluster: SLURM_CLUSTER_NAME if it is set, otherwise HOURGLASS_SITE, otherwise "local".
const char *provenance_cluster(void);
// Sets `out` to the model of this machine's CPU, or to "unknown".
void provenance_cpu(char *out, size_t room);
