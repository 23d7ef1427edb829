// The checks of hourglass doctor, and their findings. The facts of all ranks are gathered first. Each check then adds a
// finding, with advice if the user should do something.
#pragma once

#include "comm/comm.h"

enum finding_level { FINDING_GOOD, FINDING_NOTE, FINDING_WARNING, FINDING_ERROR };
extern const char *const finding_levels[]; // "good", "note", "warning", "error"

struct finding {
    enum finding_level level;
    const char *name;
    char *text, *advice; // owned; advice NULL: nothing need be done
};
struct findings {
    struct finding *v; // owned
    int n;
};
// Adds a finding in printf format, with advice on what to do; `advice` may be NULL.
void finding_add(struct findings *l, enum finding_level level, const char *name, const char *advice, const char *format,
    ...) __attribute__((format(printf, 5, 6)));
void findings_free(struct findings *l);

// --- doctor_ranks.c: the node, cores and memory of each rank
enum { RANK_CORES_MAX = 1024 };
struct rank_facts {
    char host[64], cpu[96], core[32];    // name of the machine; model of its CPU; OpenBLAS's name for it
    int32_t online;                      // cores of the machine
    int64_t memory;                      // bytes that all ranks on the node of this rank may use together
    uint64_t cores[RANK_CORES_MAX / 64]; // cores that this rank may use, one bit per core
};
void rank_facts_take(struct rank_facts *r);
// Collective over comm. Returns the facts of all ranks (size) in new memory on rank 0, and NULL elsewhere.
struct rank_facts *rank_facts_gather(const struct comm *comm);
// Checks cores and memory. `need` is the number of bytes that a rank needs; 0: not known.
void check_ranks(struct findings *l, const struct rank_facts *r, int size, int64_t need);

// --- doctor_site.c: launcher, Slurm, network, libraries. check_slurm runs other programs: call it before MPI starts
void check_launch(struct findings *l, int size); // size: number of ranks of MPI's world
void check_slurm(struct findings *l);
void check_network(struct findings *l, int hosts);
void check_libraries(struct findings *l);

// --- doctor_folder.c: the file system
enum { PROBE_FILES = 20 };               // the largest number of files that the self-test writes
#define FINDING_WRITES "parallel writes" // the name of the self-test's findings
void check_folder(struct findings *l, const char *folder);
// Starts mpirun with ranks of this program, which run the self-test of parallel writes.
void check_writes(struct findings *l, const char *folder);
// Collective over comm, which must have several ranks. Runs the self-test of parallel writes on these ranks.
void check_writes_here(struct findings *l, const struct comm *comm, const char *folder);
// Returns the path of the self-test's file in the folder, in new memory.
char *probe_path(const char *folder);
