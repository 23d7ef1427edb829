// encode, decode and generate: from options to a split of a data set.
#include "cli/code_command.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/model_job.h"

struct coding {
    const struct code_options *options;
    enum code_task task;
};

static int work(const struct team *team, const struct trained_model *m, const struct data_source *source, void *context,
    struct err *e)
{
    const struct coding *c = context;
    struct code_job j = {.task = c->task,
        .model = m,
        .source = source,
        .output = c->options->output,
        .force = c->options->force,
        .rows = c->options->count,
        .seed = c->options->seed};
    char spent[48];
    double begin = clock_wall();
    if (code_new(team, &j, e) != 0)
        return -1;
    log_line(LOG_RUN, "%s: %lld rows under trial %.8s in %s", j.output, (long long)j.rows, m->id,
        text_seconds(spent, clock_wall() - begin));
    return 0;
}

int code_command(const struct command *command, enum code_task task, int argc, char **argv)
{
    struct code_options o = {0};
    struct err e = {0};
    struct coding c = {&o, task};
    char **rest;
    int n, parsed = options_parse(command, argc, argv, &o, &rest, &n, &e);
    if (parsed == 0 && !o.output)
        err_add(&e, ERR_USAGE, "--output: missing, allowed: FILE.h5:SPLIT");
    if (parsed == 0 && !e.count) {
        struct model_job j = {.model = rest[0],
            .data = n > 1 ? rest[1] : NULL,
            .ranks = o.ranks,
            .threads = o.threads,
            .argc = argc,
            .argv = argv,
            .work = work,
            .context = &c};
        model_job_run(&j, &e);
    }
    field_free(command->fields, &o);
    return e.count && comm_launched_rank() == 0 ? err_print(&e) : 0;
}
