// The row of the leaderboard that a trial's file gives.
#include "sweep/summary.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double get_real(struct store_file *f, const char *object, const char *name)
{
    double v;
    return store_get_real(f, object, name, &v, NULL) == 0 ? v : NAN;
}

static void read_set(struct store_file *f, const char *name, struct set_summary *s)
{
    char group[256];
    snprintf(group, sizeof group, TRIAL_SCORES "/%s", name);
    *s = (struct set_summary){.name = mem_text(name)};
    const struct {
        const char *attribute;
        double *value;
    } reals[] = {
        {"mean_error", &s->mean_error},
        {"threshold", &s->threshold},
        {"roc_auc", &s->roc_auc},
        {"roc_auc_low", &s->roc_auc_low},
        {"roc_auc_high", &s->roc_auc_high},
        {"average_precision", &s->average_precision},
        {"best_f1", &s->best_f1},
        {"accuracy", &s->accuracy},
        {"precision", &s->precision},
        {"recall", &s->recall},
        {"f1", &s->f1},
        {"pca_roc_auc", &s->pca_roc_auc},
    };
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        *reals[i].value = get_real(f, group, reals[i].attribute);
    int64_t positives;
    s->has_labels = store_get_int(f, group, "true_positives", &positives, NULL) == 0;
}

static double last_of(struct store_file *f, const char *column)
{
    char path[64];
    double v = NAN;
    struct store_shape shape;
    struct err ignored = {0};
    snprintf(path, sizeof path, TRIAL_HISTORY "/%s", column);
    if (store_get_shape(f, path, &shape, &ignored) != 0 || shape.rank != 1 || shape.dims[0] == 0)
        return NAN;
    return store_read(f, path, STORE_F64, shape.dims[0] - 1, 1, &v, &ignored) == 0 ? v : NAN;
}

static void read_varied(struct store_file *f, struct trial_summary *s)
{
    struct err ignored = {0};
    if (!store_has(f, TRIAL_VARIED) || store_attributes(f, TRIAL_VARIED, &s->key, &s->n_varied, &ignored) != 0)
        return;
    s->value = mem_new((size_t)s->n_varied, sizeof *s->value);
    for (int i = 0; i < s->n_varied; i++)
        if (!(s->value[i] = store_get_text(f, TRIAL_VARIED, s->key[i])))
            s->value[i] = mem_text("");
}

static int read_sets(struct store_file *f, struct trial_summary *s, struct err *e)
{
    char **names;
    if (!store_has(f, TRIAL_SCORES))
        return 0;
    if (store_list(f, TRIAL_SCORES, &names, &s->n_sets, e) != 0)
        return -1;
    s->set = mem_new((size_t)s->n_sets, sizeof *s->set);
    for (int i = 0; i < s->n_sets; i++) {
        read_set(f, names[i], &s->set[i]);
        free(names[i]);
    }
    free(names);
    return 0;
}

int summary_read(const char *path, bool is_ours, struct trial_summary *s, struct err *e)
{
    struct store_file *f = store_open(path, FORMAT_TRIAL, is_ours, e);
    if (!f)
        return -1;
    *s = (struct trial_summary){.path = mem_text(path),
        .id = store_get_text(f, "", "trial"),
        .experiment = store_get_text(f, "", "experiment"),
        .spec = store_get_text(f, "", "spec")};
    char *status = store_get_text(f, "", "status");
    s->has_diverged = status && strcmp(status, "diverged") == 0;
    free(status);
    store_get_int(f, "", "number", &s->number, NULL);
    store_get_int(f, TRIAL_MODEL, "parameters", &s->parameters, NULL);
    struct store_shape shape;
    if (store_get_shape(f, TRIAL_HISTORY "/epoch", &shape, e) == 0)
        s->epochs = shape.dims[0];
    s->train_loss = last_of(f, "train_loss");
    s->validation_loss = last_of(f, "validation_loss");
    s->seconds = get_real(f, TRIAL_PROVENANCE, "train_seconds");
    read_varied(f, s);
    int failed = read_sets(f, s, e);
    store_close(&f);
    if (!failed && s->id)
        return 0;
    summary_free(s);
    return failed ? failed : err_add(e, ERR_DATA, "%s: no attribute `trial`: not a whole trial file", path);
}

void summary_free(struct trial_summary *s)
{
    for (int i = 0; i < s->n_varied; i++) {
        free(s->key[i]);
        free(s->value[i]);
    }
    for (int i = 0; i < s->n_sets; i++)
        free(s->set[i].name);
    free(s->key);
    free(s->value);
    free(s->set);
    free(s->path);
    free(s->id);
    free(s->experiment);
    free(s->spec);
    *s = (struct trial_summary){0};
}

void summary_line(const struct trial_summary *s, double seconds, char *out, size_t room)
{
    struct text t = {0};
    char spent[48];
    text_add(&t, "trial %.8s", s->id);
    for (int i = 0; i < s->n_varied; i++)
        text_add(&t, "  %s=%s", s->key[i], s->value[i]);
    if (s->has_diverged)
        text_add(&t, "  diverged in epoch %lld", (long long)s->epochs);
    else if (!isnan(s->validation_loss))
        text_add(&t, "  validation_loss %.5g", s->validation_loss);
    else
        text_add(&t, "  train_loss %.5g", s->train_loss);
    for (int i = 0; i < s->n_sets; i++)
        if (!isnan(s->set[i].roc_auc))
            text_add(&t, "  %s%sroc_auc %.4f", s->n_sets > 1 ? s->set[i].name : "", s->n_sets > 1 ? " " : "",
                s->set[i].roc_auc);
    text_add(&t, "  %s", text_seconds(spent, seconds));
    snprintf(out, room, "%s", t.data);
    text_free(&t);
}

static double first_auc(const struct trial_summary *s)
{
    for (int i = 0; i < s->n_sets; i++)
        if (!isnan(s->set[i].roc_auc))
            return s->set[i].roc_auc;
    return NAN;
}

// Smaller first; NaN last.
static int by_value(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

int summary_compare(const void *a, const void *b)
{
    const struct trial_summary *x = a, *y = b;
    int order = x->has_diverged - y->has_diverged;
    order = order ? order : by_value(-first_auc(x), -first_auc(y));
    order = order ? order : by_value(x->validation_loss, y->validation_loss);
    order = order ? order : by_value(x->train_loss, y->train_loss);
    return order ? order : strcmp(x->id, y->id);
}
