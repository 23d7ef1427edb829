// For tests of data sets: small data-set files in a fresh folder, and specs from text.
#pragma once

#include "base/mem.h"
#include "base/text.h"
#include "data/dataset.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// A split to write. x (dims) of `type`.
struct sample_split {
    const char *name;
    enum store_type type;
    int rank;
    int64_t dims[4];
    const void *x;
    const int64_t *label;        // (dims[0]) or NULL
    const char *const *features; // (dims[1]) or NULL
    const char *label_name, *label_names;
};

static char folder[64];

static inline int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/hourglass-dataset-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline void no_error(const struct err *e)
{
    if (e->count)
        fail_msg("%s", e->text);
}

static inline void write_array(struct store_file *f, const char *split, const char *name, struct store_shape shape,
    const void *data, const struct store_about *about, struct err *e)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", split, name);
    store_write(f, path, &shape, data, about, e);
}

static inline void write_split(struct store_file *f, const struct sample_split *s, struct err *e)
{
    int64_t *index = mem_new((size_t)s->dims[0], sizeof *index);
    for (int64_t i = 0; i < s->dims[0]; i++)
        index[i] = i;
    const struct store_shape rows = {STORE_I64, 1, {s->dims[0]}};
    struct store_shape shape = {s->type, s->rank, {0}};
    memcpy(shape.dims, s->dims, sizeof shape.dims);
    write_array(f, s->name, DATASET_SAMPLE, rows, index, &(struct store_about){.scales = {DATASET_SAMPLE}}, e);
    if (s->features)
        write_array(f, s->name, DATASET_FEATURE, (struct store_shape){STORE_TEXT, 1, {s->dims[1]}}, s->features,
            &(struct store_about){.scales = {DATASET_FEATURE}}, e);
    write_array(f, s->name, DATASET_X, shape, s->x,
        &(struct store_about){.scales = {DATASET_SAMPLE, s->features ? DATASET_FEATURE : NULL}}, e);
    if (s->label)
        write_array(f, s->name, DATASET_LABEL, rows, s->label, &(struct store_about){.scales = {DATASET_SAMPLE}}, e);
    if (s->label_name)
        store_set_text(f, s->name, DATASET_LABEL_NAME, s->label_name, e);
    if (s->label_names)
        store_set_text(f, s->name, DATASET_LABEL_NAMES, s->label_names, e);
    free(index);
}

// A data-set file FOLDER/name with splits.
static inline void write_file(const char *name, const struct sample_split *splits, int n)
{
    struct err e = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct store_file *f = store_create(path, FORMAT_DATASET, &e);
    for (int i = 0; f && i < n; i++)
        write_split(f, &splits[i], &e);
    if (f)
        store_commit(&f, &e);
    no_error(&e);
}

// A spec whose `data:` section is `text`, indented by two.
struct sample_spec {
    struct node *root;
    struct data_config cfg;
};

static inline int spec_open(struct sample_spec *s, const char *text, struct err *e)
{
    char *whole = mem_format("data:\n%s", text);
    *s = (struct sample_spec){.root = spec_parse("spec.yaml", whole, strlen(whole), e)};
    free(whole);
    return s->root ? data_config_read(node_get(s->root, "data"), &s->cfg, e) : -1;
}

static inline void spec_close(struct sample_spec *s)
{
    data_config_free(&s->cfg);
    node_free(&s->root);
}

// Loads the data that `text` says, or fails the test.
static inline struct data_sets load(const char *text)
{
    struct err e = {0};
    struct sample_spec s;
    struct data_sets sets = {0};
    if (spec_open(&s, text, &e) == 0)
        data_load(&s.cfg, folder, &sets, &e);
    spec_close(&s);
    no_error(&e);
    return sets;
}
