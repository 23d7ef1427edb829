// Writes and reads the origin of scores. The options of CSV files are attributes of the group of the scores. The name
// of each is "read_" followed by the name of the option. Only options that differ from their defaults are stored.
#include "apply/scores_origin.h"

#include "base/field.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/label_names.h"
#include "data/row_reader.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/model_open.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct field read_fields[] = {
    FIELD_ROW(csv_options, id, SCORES_READ "id", FIELD_TEXT, "--id"),
    FIELD_ROW(csv_options, time, SCORES_READ "time", FIELD_TEXT, "--time"),
    FIELD_ROW(csv_options, group, SCORES_READ "group", FIELD_TEXT, "--group"),
    FIELD_ROW(csv_options, drop, SCORES_READ "drop", FIELD_TEXT, "--drop"),
    FIELD_ROW(csv_options, header, SCORES_READ "header", FIELD_CHOICE, "--header", .default_text = "auto",
        .choices = csv_header_choices),
    FIELD_ROW(csv_options, delimiter, SCORES_READ "delimiter", FIELD_TEXT, "--delimiter"),
    FIELD_ROW(csv_options, missing, SCORES_READ "missing", FIELD_TEXT, "--missing"),
    FIELD_ROW(csv_options, decimal, SCORES_READ "decimal", FIELD_CHOICE, "--decimal", .default_text = "point",
        .choices = csv_decimal_choices),
    {0},
};

static int write_read_options(struct store_file *f, const char *group, const struct csv_options *csv, struct err *e)
{
    int rc = 0;

    for (const struct field *field = read_fields; csv && field->key; field++) {
        char *text = field_get(field, csv);
        bool is_default = !text || (field->default_text && strcmp(text, field->default_text) == 0);
        if (!is_default)
            rc |= store_set_text(f, group, field->key, text, e);
        free(text);
    }
    return rc;
}

int scores_origin_write(struct store_file *f, const struct score_pass *p, struct err *e)
{
    const struct score_job *j = p->job;
    const struct row_reader *r = p->apply.reader;
    struct text sources = {0};
    char name[160];

    for (int i = 0; i < j->n_files && !r; i++)
        text_add(&sources, "%s%s", i ? "\n" : "", j->files[i]);
    char *sums = r ? mem_format("%s xxh3:%s", r->name, r->checksum) : mem_text(sources.data);
    snprintf(name, sizeof name, PROVENANCE_DATA "%s", strrchr(p->group, '/') + 1);
    int rc = store_set_text(f, "", SCORES_MODEL, j->name, e);
    rc |= store_set_text(f, "", TRIAL_EXPERIMENT, j->model->experiment, e);
    rc |= store_set_text(f, "", TRIAL_ID, j->model->id, e);
    rc |= store_set_text(f, p->group, SCORES_SOURCES, r ? r->name : sources.data, e);
    rc |= store_set_text(f, "", name, sums, e);
    if (j->error.samples != j->model->trial.score.samples)
        rc |= store_set_int(f, p->group, SCORES_SAMPLES, j->error.samples, e);
    if (!r)
        rc |= write_read_options(f, p->group, j->csv, e);

    text_free(&sources);
    free(sums);
    return rc ? -1 : 0;
}

// Reads the options of CSV files. Returns -1 and an error for a value that is not allowed.
static int read_read_options(struct store_file *f, struct scores_origin *o, struct err *e)
{
    char why[256];
    int rc = 0;

    field_defaults(read_fields, &o->csv);
    for (const struct field *field = read_fields; field->key && rc == 0; field++) {
        char *text = store_get_text(f, o->group, field->key);
        if (text && field_set(field, &o->csv, text, why) != 0)
            rc = err_add(e, ERR_DATA, "%s: %s: %s: %s", store_path(f), o->group, field->key, why);
        free(text);
    }
    return rc;
}

// Sets o->group to the only group of scores. Returns -1 and an error if there is not exactly one.
static int find_scores_group(struct store_file *f, struct scores_origin *o, struct err *e)
{
    char **sets = NULL;
    int n = 0, rc = store_list(f, TRIAL_SCORES, &sets, &n, e);

    if (rc == 0 && n == 1)
        o->group = mem_format(TRIAL_SCORES "/%s", sets[0]);
    else if (rc == 0)
        rc = err_add(e, ERR_DATA, "%s: found %d groups of scores, allowed: 1", store_path(f), n);
    list_free(sets, n);
    return rc;
}

static int read_origin(struct store_file *f, struct scores_origin *o, struct err *e)
{
    struct store_shape shape;

    if (find_scores_group(f, o, e) != 0)
        return -1;

    char *sources = store_get_text(f, o->group, SCORES_SOURCES), *error = store_get_text(f, o->group, SCORES_ERROR);
    char *array = mem_format("%s/" SCORES_ERROR, o->group);
    label_names_split(sources, &o->sources, &o->n_sources);
    o->model = store_get_text(f, "", SCORES_MODEL);
    o->trial = store_get_text(f, "", TRIAL_ID);
    bool is_ensemble = error && strcmp(error, MODEL_ENSEMBLE_ID) == 0; // its members have errors of their own
    while (error && !is_ensemble && error_names[o->error] && strcmp(error, error_names[o->error]) != 0)
        o->error++;
    bool is_whole = o->model && o->trial && o->n_sources && error && error_names[o->error];
    int rc = store_get_shape(f, array, &shape, e);
    if (rc == 0 && !is_whole)
        rc = err_add(e, ERR_DATA, "%s: does not say what was scored: not a whole file of scores", store_path(f));
    o->rows = rc == 0 ? shape.dims[0] : 0;
    if (store_get_int(f, o->group, SCORES_SAMPLES, &o->samples, NULL) != 0)
        o->samples = 0;
    free(sources);
    free(error);
    free(array);
    return rc == 0 ? read_read_options(f, o, e) : -1;
}

int scores_origin_read(const char *path, struct scores_origin *out, struct err *e)
{
    *out = (struct scores_origin){0};
    struct store_file *f = store_open(path, FORMAT_SCORES, STORE_CHECK, e);
    int rc = f ? read_origin(f, out, e) : -1;

    store_close(&f);
    return rc;
}

void scores_origin_free(struct scores_origin *o)
{
    list_free(o->sources, o->n_sources);
    free(o->group);
    free(o->model);
    free(o->trial);
    field_free(read_fields, &o->csv);
    *o = (struct scores_origin){0};
}

int scores_origin_errors(
    const char *path, const struct scores_origin *o, const int64_t *place, int n, float *error, struct err *e)
{
    struct store_file *f = store_open(path, FORMAT_SCORES, STORE_CHECKED, e);
    char *array = mem_format("%s/" SCORES_ERROR, o->group);
    int rc = f ? 0 : -1;

    for (int i = 0; i < n && rc == 0; i++) {
        ASSERT(place[i] >= 0 && place[i] < o->rows, "sample %lld of %lld", (long long)place[i], (long long)o->rows);
        rc = store_read(f, array, STORE_F32, store_entries(place[i], 1), &error[i], e);
    }
    free(array);
    store_close(&f);
    return rc;
}
