// Computes the identity of data. It covers everything in the data that can change the results of a trial: the content
// of the files, but not their names.
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "data/data_labels.h"
#include "data/data_table.h"
#include "data/dataset.h"
#include "spec/spec.h"
#include "store/schema.h"
#include <stdlib.h>
#include <string.h>

struct identity {
    const char *folder;
    struct data_files files; // labels are read if any file gives its labels names
    bool by_name;            // results depend on the names of labels
    struct err *e;
};

static void for_sources(const struct data_config *cfg, void (*visit)(const struct data_source *, void *), void *context)
{
    const struct data_part *parts[] = {&cfg->train, &cfg->validation};

    for (int p = 0; p < 2; p++)
        for (int k = 0; k < parts[p]->n; k++)
            visit(&parts[p]->source[k], context);
    for (int i = 0; i < cfg->n_test; i++)
        for (int k = 0; k < cfg->test[i].n; k++)
            visit(&cfg->test[i].source[k], context);
}

static void open_described(const struct data_source *source, void *context)
{
    struct identity *id = context;

    data_files_open(&id->files, source, id->folder, 0, id->e);
}

static void open_labelled(const struct data_source *source, void *context)
{
    struct identity *id = context;

    data_files_open(&id->files, source, id->folder, TABLE_LABELS, id->e);
}

static void close_files(struct identity *id)
{
    for (int i = 0; i < id->files.n; i++)
        data_table_free(&id->files.v[i]);
    free(id->files.v);
    id->files = (struct data_files){0};
}

// --- do results depend on names of labels?

// Returns true if the labels of a file are numbered in the order of their names, and every row has a label with a name.
// Then numbering the names in order again would not change the labels.
static bool is_in_order(const struct data_table *t)
{
    ASSERT(t->label, "%s: labels were not read", t->name);
    for (int i = 1; i < t->n_label_names; i++)
        if (strcmp(t->label_names[i - 1], t->label_names[i]) >= 0)
            return false;
    for (int64_t i = 0; i < t->rows; i++)
        if (t->label[i] < 0 || t->label[i] >= t->n_label_names)
            return false;
    return true;
}

static bool have_equal_names(const struct data_table *a, const struct data_table *b)
{
    if (a->n_label_names != b->n_label_names)
        return false;
    for (int i = 0; i < a->n_label_names; i++)
        if (strcmp(a->label_names[i], b->label_names[i]) != 0)
            return false;
    return true;
}

static bool is_about_labels(const struct data_filters *filters, const struct data_files *files)
{
    for (int i = 0; i < filters->n; i++)
        for (int k = 0; k < files->n; k++)
            if (files->v[k]->has_label && (strcmp(filters->v[i].column, files->v[k]->label_name) == 0 ||
                                              strcmp(filters->v[i].column, "label") == 0))
                return true;
    return false;
}

static void note_use_of_labels(const struct data_source *source, void *context)
{
    struct identity *id = context;

    id->by_name = id->by_name || is_about_labels(&source->where, &id->files);
}

// Returns true if labels must be identified by name. That is so if a setting refers to labels, if the files have
// different names of labels, or if is_in_order returns false for a file.
static bool depends_on_names(const struct data_config *cfg, struct identity *id)
{
    const struct data_table *first = NULL;

    id->by_name = cfg->normal.n > 0 || is_about_labels(&cfg->filters, &id->files);
    for_sources(cfg, note_use_of_labels, id);
    for (int k = 0; k < id->files.n && !id->by_name; k++) {
        const struct data_table *t = id->files.v[k];
        if (!t->has_label)
            continue;
        first = first ? first : t;
        id->by_name = !is_in_order(t) || !have_equal_names(first, t);
    }
    return id->by_name;
}

static bool any_names(const struct data_files *files, bool or_numbers)
{
    for (int k = 0; k < files->n; k++)
        if (files->v[k]->n_label_names || (or_numbers && files->v[k]->n_label_numbers))
            return true;
    return false;
}

// --- the checksums

// Returns the checksum of labels that are numbers. If all names in the file are integers, these replaced the labels, so
// the stored checksum does not fit and a new one is computed.
static char *number_sum(const struct data_table *t)
{
    if (!t->n_label_numbers)
        return mem_text(t->label_checksum);
    return mem_format("%016llx", (unsigned long long)hash_bytes(t->label, (size_t)t->rows * sizeof *t->label));
}

static char *name_by_checksums(const struct data_source *source, void *context)
{
    struct identity *id = context;
    const struct data_table *t = data_files_open(&id->files, source, id->folder, 0, id->e); // the table is already open

    if (!t)
        return mem_text("");
    if (!t->checksum || (t->has_label && !t->label_checksum)) {
        data_error(
            source->at, id->e, "%s: no checksum (attribute xxh3) in %s; hint: import the data again", t->name, t->path);
        return mem_text("");
    }
    if (!t->has_label)
        return mem_format("xxh3:%s", t->checksum);

    char *labels = id->by_name ? data_labels_hash(t) : number_sum(t);
    char *sums = mem_format("xxh3:%s+%s%s", t->checksum, id->by_name ? "names:" : "", labels);
    free(labels);
    return sums;
}

struct node *data_identity(const struct data_config *cfg, const char *spec_folder, struct err *e)
{
    int before = e->count;
    struct identity id = {.folder = spec_folder, .e = e};
    struct node *n = NULL;

    for_sources(cfg, open_described, &id);
    bool has_names = any_names(&id.files, false);
    if (e->count == before && any_names(&id.files, true)) {
        close_files(&id);
        for_sources(cfg, open_labelled, &id);
    }
    if (e->count == before) {
        id.by_name = has_names && depends_on_names(cfg, &id);
        n = data_config_write_as(cfg, !has_names, name_by_checksums, &id);
    }
    close_files(&id);
    if (e->count != before)
        node_free(&n);
    return n;
}

void dataset_add_versions(struct text *lines, const struct dataset *d)
{
    for (int i = 0; i < d->n_sources; i++) {
        const struct dataset_source *s = &d->sources[i];
        if (s->checksum)
            text_add(lines, "%s xxh3:%s\n", s->name, s->checksum);
        if (s->label_checksum)
            text_add(lines, "%s" VERSIONS_LABELS " xxh3:%s\n", s->name, s->label_checksum);
    }
}
