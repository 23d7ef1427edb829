// What hourglass doctor looks at, and what it found. Facts of the ranks are gathered first; each check then adds one
// finding, with what to do where something is to be done.
#pragma once

#include "comm/comm.h"

enum finding_level { FINDING_GOOD, FINDING_NOTE, FINDING_WARNING, FINDING_ERROR };
extern const char *const finding_levels[]; // "good", "note", "warning", "error"

struct finding {
    enum finding_level level;
    const char *name;
    char *text, *advice; // owned; advice NULL: there is nothing to do
};
struct findings {
    struct finding *v; // owned
    int n;
};
// Adds a finding: what was found, in printf format, and what to do; `advice` may be NULL.
void finding_add(struct findings *l, enum finding_level level, const char *name, const char *advice, const char *format,
    ...) __attribute__((format(printf, 5, 6)));
void findings_free(struct findings *l);

// --- doctor_ranks.c: where each rank is and what it may use
enum { RANK_CORES_MAX = 1024 };
struct rank_facts {
    char host[64], cpu[96], core[32];    // name of the machine; model of its CPU; OpenBLAS's name for it
    int32_t online;                      // cores of the machine
    int64_t memory;                      // bytes that this rank and its neighbours on the node may use
    uint64_t cores[RANK_CORES_MAX / 64]; // that this rank may use, bit by bit
};
void rank_facts_take(struct rank_facts *r);
// Collective over comm. Returns the facts of all ranks (size) in new memory on rank 0, and NULL elsewhere.
struct rank_facts *rank_facts_gather(const struct comm *comm);
// Checks cores and memory. `need` is what a rank needs in bytes; 0: not known.
void check_ranks(struct findings *l, const struct rank_facts *r, int size, int64_t need);

// --- doctor_site.c: launcher, Slurm, network, libraries; before MPI starts where it runs other programs
void check_launch(struct findings *l, int size); // size: of the world
void check_slurm(struct findings *l);
void check_network(struct findings *l, int hosts);
void check_libraries(struct findings *l);

// --- doctor_folder.c: the file system
enum { PROBE_FILES = 20 };               // that the self-test writes at most
#define FINDING_WRITES "parallel writes" // the name of the self-test's findings
void check_folder(struct findings *l, const char *folder);
// Starts mpirun, on whose ranks this program runs the self-test of parallel writes.
void check_writes(struct findings *l, const char *folder);
// Collective over comm, of several ranks. Runs that self-test on these ranks.
void check_writes_here(struct findings *l, const struct comm *comm, const char *folder);
// Returns the path of its file in the folder, in new memory.
char *probe_path(const char *folder);
