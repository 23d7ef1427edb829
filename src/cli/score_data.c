// Finds out which arguments are data, and of which kind.
#include "cli/score_data.h"

#include "apply/csv_stream.h"
#include "apply/new_rows.h"
#include "base/err.h"
#include "import/file_set.h"
#include "import/import.h"
#include <string.h>

int score_data_set(struct model_job *j, const struct csv_options *csv, const struct arguments *rest, struct err *e)
{
    int splits = 0, inputs = 0, before = e->count;

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
        file_set_expand(&j->set, &all, e);
        j->files = (char *const *)j->set.v;
        j->n_files = j->set.n;
    }
    return e->count == before ? 0 : -1;
}
