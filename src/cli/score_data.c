// Finds out which arguments are data, and of which kind.
#include "cli/score_data.h"

#include "apply/csv_stream.h"
#include "apply/new_rows.h"
#include "base/err.h"
#include "import/file_set.h"
#include "import/import.h"
#include <string.h>

// Sets the data of the job from the arguments after MODEL. Adds errors if they contradict each other.
static void set_score_data(struct score_input *in, struct model_job *j, const struct arguments *rest, struct err *e)
{
    const struct csv_options *csv = &in->csv;
    int splits = 0, inputs = 0;

    ASSERT(rest->n >= 2, "%d arguments", rest->n);
    for (int i = 1; i < rest->n; i++) {
        splits += new_rows_is_split(rest->v[i]);
        inputs += strcmp(rest->v[i], CSV_STDIN) == 0;
    }
    if (splits && rest->n > 2)
        err_add(
            e, ERR_USAGE, "DATA: found a split among %d arguments, allowed: one split, or other files", rest->n - 1);
    if (inputs && rest->n > 2)
        err_add(e, ERR_USAGE, "DATA: found '-' among %d arguments, allowed: only '-', or files", rest->n - 1);
    if (splits && (csv->id || csv->time || csv->group || csv->drop))
        err_add(e, ERR_USAGE, "options for columns of CSV files: found with a split, allowed: with CSV files");

    if (splits) {
        j->data = rest->v[1];
    } else {
        const struct import_options all = {.sources = (const char **)rest->v + 1, .n_sources = rest->n - 1};
        file_set_expand(&in->set, &all, e);
        j->files = (char *const *)in->set.v;
        j->n_files = in->set.n;
    }
}

void score_data_run(struct score_input *in, struct model_job *job, const struct arguments *rest, struct err *e)
{
    ASSERT(job->work && job->argv, "a job without work");
    in->model = job->model = rest->v[0];
    job->ranks = in->ranks;
    job->threads = in->threads;
    set_score_data(in, job, rest, e);
    if (!e->count)
        model_job_run(job, e);
    file_set_free(&in->set);
}

struct score_job score_data_job(
    const struct score_input *in, const struct trained_model *m, const struct data_source *source)
{
    return (struct score_job){.name = in->model,
        .model = m,
        .source = source,
        .files = in->set.v,
        .n_files = in->set.n,
        .csv = &in->csv,
        .output_fd = -1};
}
