// Records where a result comes from: machine, program, libraries, data and time.
#include "trial/provenance.h"

#include "base/text.h"
#include "base/version.h"
#include "comm/comm.h"
#include "comm/mpi_library.h"
#include "kernels/kernels.h"
#include "presence/slurm.h"
#include "store/schema.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *provenance_cluster(void)
{
    const char *name = getenv("SLURM_CLUSTER_NAME");
    name = name ? name : getenv("HOURGLASS_SITE");
    return name ? name : "local";
}

void provenance_cpu(char *out, size_t room)
{
    FILE *in = fopen("/proc/cpuinfo", "r");
    char line[512], *colon;
    snprintf(out, room, "unknown");
    while (in && fgets(line, sizeof line, in))
        if (strncmp(line, "model name", 10) == 0 && (colon = strchr(line, ':'))) {
            snprintf(out, room, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    if (in)
        fclose(in);
}

char *provenance_data(const struct dataset *d)
{
    struct text sums = {0};
    text_add(&sums, "%s", "");
    for (int i = 0; i < d->n_sources; i++)
        text_add(&sums, "%s%s xxh3:%s", i ? "\n" : "", d->sources[i].name, d->sources[i].checksum);
    return sums.data;
}

// Returns the sources with the checksums of their labels, as provenance_data does. Omits sources without labels.
static char *label_sums(const struct dataset *d)
{
    struct text sums = {0};
    text_add(&sums, "%s", "");
    for (int i = 0; i < d->n_sources; i++)
        if (d->sources[i].label_checksum)
            text_add(&sums, "%s%s xxh3:%s", sums.length ? "\n" : "", d->sources[i].name, d->sources[i].label_checksum);
    return sums.data;
}

static int write_data(struct store_file *f, const char *set, const struct dataset *d, struct err *e)
{
    char name[160], *sums = provenance_data(d);
    snprintf(name, sizeof name, PROVENANCE_DATA "%s", set);
    int failed = store_set_text(f, TRIAL_PROVENANCE, name, sums, e);
    free(sums);

    sums = label_sums(d);
    snprintf(name, sizeof name, PROVENANCE_LABELS "%s", set);
    if (*sums && !failed)
        failed = store_set_text(f, TRIAL_PROVENANCE, name, sums, e);
    free(sums);
    return failed;
}

int provenance_nodes(const struct comm *comm)
{
    return (int)lround(comm_sum(comm, 1.0 / comm_local_size(comm)));
}

static int write_machine(struct store_file *f, const struct team *team, int nodes, struct err *e)
{
    double joules = slurm_energy();
    int failed = store_set_int(f, TRIAL_PROVENANCE, PROVENANCE_RANKS, team->comm->size, e);
    failed |= store_set_int(f, TRIAL_PROVENANCE, PROVENANCE_THREADS, team->threads, e);
    failed |= store_set_int(f, TRIAL_PROVENANCE, PROVENANCE_NODES, nodes, e);
    failed |= store_set_int(f, TRIAL_PROVENANCE, PROVENANCE_NODE_CORES, sysconf(_SC_NPROCESSORS_ONLN), e);
    failed |= store_set_int(
        f, TRIAL_PROVENANCE, PROVENANCE_NODE_MEMORY, (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE), e);
    return failed | (isnan(joules) ? 0 : store_set_real(f, TRIAL_PROVENANCE, PROVENANCE_ENERGY, joules, e));
}

int provenance_write(
    struct store_file *f, const struct team *team, int nodes, const struct trial_result *r, struct err *e)
{
    char host[128] = "", cpu[128], folder[PATH_MAX];

    if (!realpath(r->experiment->folder, folder))
        snprintf(folder, sizeof folder, "%s", r->experiment->folder);
    gethostname(host, sizeof host - 1);
    provenance_cpu(cpu, sizeof cpu);

    const struct {
        const char *name, *value;
    } texts[] = {
        {PROVENANCE_PROGRAM, "hourglass"},
        {PROVENANCE_VERSION, version()},
        {PROVENANCE_REVISION, version_revision()},
        {PROVENANCE_STARTED, r->started},
        {PROVENANCE_HOST, host},
        {PROVENANCE_CLUSTER, provenance_cluster()},
        {PROVENANCE_JOB, getenv("SLURM_JOB_ID")},
        {PROVENANCE_PARTITION, getenv("SLURM_JOB_PARTITION")},
        {PROVENANCE_CPU, cpu},
        {PROVENANCE_KERNELS, kernels()->set},
        {PROVENANCE_BLAS, gemm_library()},
        {PROVENANCE_BLAS_CORE, gemm_corename()},
        {PROVENANCE_MPI, mpi_library()},
        {PROVENANCE_HDF5, store_library()},
        {PROVENANCE_EXPERIMENT_FOLDER, folder},
    };

    int failed = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && !failed; i++)
        if (texts[i].value)
            failed = store_set_text(f, TRIAL_PROVENANCE, texts[i].name, texts[i].value, e);

    failed |= write_machine(f, team, nodes, e);
    failed |= store_set_real(f, TRIAL_PROVENANCE, PROVENANCE_WALL_SECONDS, r->wall_seconds, e);
    failed |= store_set_real(f, TRIAL_PROVENANCE, PROVENANCE_CPU_SECONDS, r->cpu_seconds, e);
    failed |= store_set_real(f, TRIAL_PROVENANCE, PROVENANCE_TRAIN_SECONDS, r->trained.seconds, e);
    failed |= store_set_real(f, TRIAL_PROVENANCE, PROVENANCE_SAMPLES_PER_SECOND,
        r->trained.seconds > 0 ? (double)r->trained.samples / r->trained.seconds : 0, e);

    failed |= write_data(f, "train", &r->sets->train, e);
    if (r->sets->validation.rows > 0)
        failed |= write_data(f, "validation", &r->sets->validation, e);
    for (int i = 0; i < r->sets->n_test && !failed; i++)
        failed = write_data(f, r->sets->test[i].name, &r->sets->test[i], e);
    return failed;
}
