// hourglass doctor: checks that this machine, the allocation and the launch by MPI are as the user expects.
#include "base/err.h"
#include "base/field.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/doctor.h"
#include "cli/options.h"
#include "comm/comm.h"
#include "report/json.h"
#include "report/table.h"
#include "store/parallel.h"
#include "trial/experiment.h"
#include "trial/plan.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct doctor_options {
    char *experiment;
    bool json, self_test;
};

static const struct field fields[] = {
    FIELD_ROW(doctor_options, experiment, "experiment", FIELD_TEXT,
        "EXPERIMENT.yaml, whose need of memory is compared with what a rank has"),
    FLAG_ROW(doctor_options, json, "json", "print the findings as JSON"),
    FLAG_ROW(doctor_options, self_test, "self-test",
        "only the self-test of parallel writes, on the ranks that mpirun or srun started"),
    {0},
};

static const struct command command = {
    .name = "doctor",
    .usage = "[FOLDER] [OPTION]...",
    .about = "Looks at what a run would find here: launcher and ranks against Slurm's tasks, PMIx, cores and binding,\n"
             "memory, libraries, network, and the time left. Tests whether FOLDER (default: results, or the current\n"
             "folder) keeps what several ranks write into one file. Run it by itself, under mpirun, or under srun.\n",
    .footer = "Exit code: 0 nothing is wrong; 2 something is, or usage; 74 the self-test found lost data.\n"
              "\n"
              "  hourglass doctor results\n"
              "  srun --mpi=pmix hourglass doctor /scratch/results --json\n",
    .fields = fields,
    .least = 0,
    .most = 1,
};

static void print_findings_json(const struct findings *l)
{
    struct json j = {.out = stdout};
    json_open(&j, NULL, '[');

    for (int i = 0; i < l->n; i++) {
        json_open(&j, NULL, '{');
        json_text(&j, "level", finding_levels[l->v[i].level]);
        json_text(&j, "name", l->v[i].name);
        json_text(&j, "found", l->v[i].text);
        json_text(&j, "advice", l->v[i].advice);
        json_close(&j, '}');
    }

    json_close(&j, ']');
}

static void print_findings_table(const struct findings *l)
{
    int count[4] = {0};
    struct table *t = table_new();
    static const char *const columns[] = {"", "what", "found"};

    for (int i = 0; i < 3; i++)
        table_column(t, columns[i], TABLE_LEFT);
    for (int i = 0; i < l->n; i++) {
        count[l->v[i].level]++;
        table_row(t);
        table_cell(t, "%s", finding_levels[l->v[i].level]);
        table_cell(t, "%s", l->v[i].name);
        table_cell(t, "%s", l->v[i].text);
        if (!l->v[i].advice)
            continue;
        table_row(t);
        table_cell(t, "%s", "");
        table_cell(t, "%s", "");
        table_cell(t, "-> %s", l->v[i].advice);
    }

    table_print(t, 0, stdout);
    table_free(&t);
    printf("\n%d error%s, %d warning%s, %d note%s\n", count[3], text_plural(count[3]), count[2], text_plural(count[2]),
        count[1], text_plural(count[1]));
}

static int print_findings(const struct findings *l, bool as_json)
{
    int code = 0;
    for (int i = 0; i < l->n; i++)
        if (l->v[i].level == FINDING_ERROR)
            code = strcmp(l->v[i].name, FINDING_WRITES) == 0 || code == ERR_IO ? ERR_IO : ERR_USAGE;
    if (as_json)
        print_findings_json(l);
    else
        print_findings_table(l);
    return code;
}

// Returns the bytes that a rank needs for the largest trial, without the data; 0 if that is not known.
static int64_t memory_needed(const char *experiment, struct err *e)
{
    struct experiment x = {0};
    struct plan p = {0};
    size_t most = 0;
    if (experiment && experiment_load(experiment, NULL, 0, &x, e) == 0 && plan_make(&x, &p, e) == 0)
        for (int i = 0; i < p.n; i++)
            most = p.entry[i].bytes > most ? p.entry[i].bytes : most;
    plan_free(&p);
    experiment_free(&x);
    return (int64_t)most;
}

// Adds the checks that need MPI to the findings of rank 0. With --self-test, only runs that test. Checks that start
// other programs come before MPI starts, because these programs would inherit its settings.
static int examine_machine(
    struct findings *l, const struct doctor_options *o, const char *folder, int64_t need, struct err *e)
{
    struct comm world = {0};
    if (comm_start(&world, 1, e) != 0)
        return -1;
    struct rank_facts *facts = rank_facts_gather(&world);
    if (o->self_test) {
        char *path = probe_path(folder);
        struct store_probe p;
        if (store_probe(&world, path, PROBE_FILES, &p, e) == 0 && world.rank == 0)
            printf("self-test: %d of %d files wrong on %d ranks\n", p.wrong, p.files, world.size);
        if (p.wrong > 0)
            err_add(e, ERR_IO, "%s: what several ranks write is not kept here", folder);
        free(path);
    } else {
        if (world.rank == 0) {
            check_launch(l, world.size);
            check_libraries(l);
            check_ranks(l, facts, world.size, need);
            check_folder(l, folder);
        }
        if (world.size > 1)
            check_writes_here(l, &world, folder);
    }
    free(facts);
    fflush(stdout);
    comm_stop(&world);

    return e->count ? -1 : 0;
}

static int examine_experiment(const struct doctor_options *o, const char *folder, struct err *e)
{
    struct findings l = {0};
    bool is_first = comm_launched_rank() == 0, is_alone = !comm_has_launcher() && comm_launched_size() > 1;
    int code = 0;
    int64_t need = is_first ? memory_needed(o->experiment, e) : 0;

    if (is_first && !e->count && !o->self_test)
        check_slurm(&l);
    if (!e->count && !o->self_test && !comm_has_launcher() && !is_alone)
        check_writes(&l, folder);
    if (is_alone && is_first)
        check_launch(&l, 1); // MPI could not start
    else if (!is_alone && !e->count)
        examine_machine(&l, o, folder, need, e);
    if (is_first && !e->count && !o->self_test)
        code = print_findings(&l, o->json);

    findings_free(&l);
    return code;
}

int cmd_doctor(int argc, char **argv)
{
    struct doctor_options o = {0};
    struct err e = {0};
    struct stat s;
    struct arguments rest;
    int code = 0;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    const char *folder = stat("results", &s) == 0 ? "results" : ".";

    if (parsed == 0 && rest.n)
        folder = rest.v[0];
    if (parsed == 0 && (stat(folder, &s) != 0 || !S_ISDIR(s.st_mode)))
        err_add(&e, ERR_USAGE, "%s: no such folder", folder);
    else if (parsed == 0)
        code = examine_experiment(&o, folder, &e);

    field_free(fields, &o);
    return e.count && comm_launched_rank() == 0 ? err_print(&e) : code;
}
