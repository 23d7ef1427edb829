// Checks the ranks of this job: machines, cores and memory, and whether ranks get in each other's way.
#include "base/mem.h"
#include "base/text.h"
#include "cli/doctor.h"
#include "comm/comm.h"
#include "kernels/kernels.h"
#include "trial/provenance.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void rank_facts_take(struct rank_facts *r)
{
    cpu_set_t set;
    *r = (struct rank_facts){.online = (int32_t)sysconf(_SC_NPROCESSORS_ONLN), .memory = mem_limit(true)};
    gethostname(r->host, sizeof r->host - 1);
    provenance_cpu(r->cpu, sizeof r->cpu);
    snprintf(r->core, sizeof r->core, "%s", gemm_corename());
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return;
    for (int i = 0; i < RANK_CORES_MAX && i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &set))
            r->cores[i / 64] |= UINT64_C(1) << i % 64;
}

struct rank_facts *rank_facts_gather(const struct comm *comm)
{
    struct rank_facts *all = mem_new((size_t)comm->size, sizeof *all);
    rank_facts_take(&all[comm->rank]);
    comm_join_to_root(comm, all, (size_t)comm->size * sizeof *all);
    if (comm->rank == 0)
        return all;
    free(all);
    return NULL;
}

// --- one machine
struct host {
    const struct rank_facts *first;
    int ranks, least, together; // least: cores of the rank with the fewest; together: cores of all ranks
};

static int count_bits(const uint64_t *bits)
{
    int n = 0;
    for (int i = 0; i < RANK_CORES_MAX / 64; i++)
        n += __builtin_popcountll(bits[i]);
    return n;
}

static struct host host_of(const struct rank_facts *r, int size, int first)
{
    struct host h = {.first = &r[first], .least = RANK_CORES_MAX};
    uint64_t all[RANK_CORES_MAX / 64] = {0};

    for (int i = first; i < size; i++) {
        if (strcmp(r[i].host, r[first].host) != 0)
            continue;
        int mine = count_bits(r[i].cores);
        h.ranks++;
        h.least = mine < h.least ? mine : h.least;
        for (int k = 0; k < RANK_CORES_MAX / 64; k++)
            all[k] |= r[i].cores[k];
    }

    h.together = count_bits(all);
    return h;
}

static bool is_first_of_host(const struct rank_facts *r, int i)
{
    for (int k = 0; k < i; k++)
        if (strcmp(r[k].host, r[i].host) == 0)
            return false;
    return true;
}

static void check_cores(struct findings *l, const struct host *h, int threads)
{
    ASSERT(h->ranks > 0 && h->together > 0 && threads >= 0, "%d ranks, %d cores", h->ranks, h->together);
    int share = h->together >= h->ranks ? h->together / h->ranks : 1;
    int wanted = threads ? threads : share;

    if (h->together < h->ranks)
        finding_add(l, FINDING_ERROR, "cores",
            "the ranks wait for each other: start mpirun with --bind-to none, or srun with --cpu-bind=none; or fewer "
            "ranks",
            "%s: %d ranks share %d core%s", h->first->host, h->ranks, h->together, text_plural(h->together));
    else if (h->least < wanted)
        finding_add(l, FINDING_WARNING, "cores",
            "a rank's threads share the cores that it is bound to: --bind-to none or --map-by slot:PE=THREADS with "
            "mpirun, "
            "--cpus-per-task and SRUN_CPUS_PER_TASK with srun",
            "%s: %d threads of a rank that is bound to %d core%s", h->first->host, wanted, h->least,
            text_plural(h->least));
    else if (h->ranks * wanted > h->together)
        finding_add(l, FINDING_WARNING, "cores", "fewer ranks, or fewer threads: OMP_NUM_THREADS, or run --threads",
            "%s: %d ranks x %d threads on %d cores", h->first->host, h->ranks, wanted, h->together);
    else
        finding_add(l, FINDING_GOOD, "cores", NULL, "%s: %d rank%s x %d thread%s on %d of %d cores", h->first->host,
            h->ranks, text_plural(h->ranks), wanted, text_plural(wanted), h->together, (int)h->first->online);
}

static void check_rank_memory(struct findings *l, const struct host *h, int64_t need)
{
    char each[16], all[16], wanted[16];
    double share = (double)h->first->memory / h->ranks;

    text_bytes(each, share);
    text_bytes(all, (double)h->first->memory);
    text_bytes(wanted, (double)need);
    if (need > share)
        finding_add(l, FINDING_ERROR, "memory", "fewer ranks on a machine, smaller batches, or more memory for the job",
            "%s: a rank needs %s, and has %s of %s", h->first->host, wanted, each, all);
    else if (need)
        finding_add(l, FINDING_GOOD, "memory", NULL, "%s: a rank needs %s, and has %s", h->first->host, wanted, each);
    else if (share < 256e6)
        finding_add(l, FINDING_WARNING, "memory", "that is little: --experiment X.yaml says what a rank needs",
            "%s: %s for each rank", h->first->host, each);
    else
        finding_add(l, FINDING_GOOD, "memory", NULL, "%s: %s for each rank", h->first->host, each);
}

static void check_cpus(struct findings *l, const struct rank_facts *r, int size)
{
    for (int i = 1; i < size; i++)
        if (strcmp(r[i].core, r[0].core) != 0 || strcmp(r[i].cpu, r[0].cpu) != 0) {
            finding_add(l, FINDING_WARNING, "CPUs",
                "results have the same bits only on the same kind of CPU: ask for one (sbatch --constraint)",
                "%s has %s (%s), %s has %s (%s)", r[0].host, r[0].cpu, r[0].core, r[i].host, r[i].cpu, r[i].core);
            return;
        }
    finding_add(
        l, FINDING_GOOD, "CPUs", NULL, "%s, kernels %s, %s (%s)", r[0].cpu, kernels()->set, gemm_library(), r[0].core);
}

// Checks that OpenBLAS knows this CPU. Versions before about 0.3.27 do not know every CPU, and then use the kernels for
// CPUs of 2004. kernels/gemm.c says which products OpenBLAS computes.
static void check_blas(struct findings *l, const char *core)
{
    static const char *const old[] = {"Prescott", "Core2", "Penryn", "Nehalem", "Generic", "generic", "NORTHWOOD"};
    bool is_old = false;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        is_old |= strcmp(core, old[i]) == 0;
    if (!is_old || strncmp(kernels()->set, "avx", 3) != 0)
        return;

    if (kernels()->gemm_work == INT64_MAX) {
        finding_add(l, FINDING_NOTE, "BLAS", NULL,
            "OpenBLAS takes this CPU for a %s, which does not matter for training: with kernels %s all matrix products "
            "are the program's own",
            core, kernels()->set);
        return;
    }
    finding_add(l, FINDING_WARNING, "BLAS",
        "a newer OpenBLAS, or OPENBLAS_CORETYPE=Haswell: other bits, so for whole runs only",
        "OpenBLAS takes this CPU for a %s, kernels are %s: matrix products of more than %lld multiplications (M x N x "
        "K) "
        "are slow; smaller ones are the program's own",
        core, kernels()->set, (long long)kernels()->gemm_work);
}

void check_ranks(struct findings *l, const struct rank_facts *r, int size, int64_t need)
{
    enum { SHOWN = 8 };
    const char *set = getenv("OMP_NUM_THREADS");
    int threads = set ? atoi(set) : 0, hosts = 0;

    check_cpus(l, r, size);
    check_blas(l, r[0].core);
    for (int i = 0; i < size; i++) {
        if (!is_first_of_host(r, i) || ++hosts > SHOWN)
            continue;
        struct host h = host_of(r, size, i);
        check_cores(l, &h, threads);
        check_rank_memory(l, &h, need);
    }

    if (hosts > SHOWN)
        finding_add(l, FINDING_NOTE, "hosts", NULL, "%d more are not shown", hosts - SHOWN);
    check_network(l, hosts);
}
