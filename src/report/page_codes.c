// Adds the stored codes of a test set to a report: some samples, in the plane of the first two principal components.
#include "report/page_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CODES_SHOWN = 500, ROUNDS = 60 };
static const double CODE_BYTES_MAX = 1 << 28;

// Codes of the samples that are shown.
struct shown_codes {
    int64_t n, units;
    int64_t *sample;    // (n), owned
    double *code;       // (n, units), owned: centered
    double *x[2];       // (n), owned: coordinates in the plane
    double variance[2]; // along each axis
    double total;       // variance of all units
};

// Chooses at most CODES_SHOWN of n samples: up to half of them anomalies, both evenly spaced.
static void choose_codes(struct shown_codes *c, const int8_t *is_anomaly, int64_t n)
{
    int64_t anomalies = 0, seen[2] = {0, 0}, most[2], count[2];
    for (int64_t i = 0; is_anomaly && i < n; i++)
        anomalies += is_anomaly[i] != 0;

    count[0] = n - anomalies;
    count[1] = anomalies;
    most[1] = anomalies < CODES_SHOWN / 2 ? anomalies : CODES_SHOWN / 2;
    most[0] = count[0] < CODES_SHOWN - most[1] ? count[0] : CODES_SHOWN - most[1];

    c->sample = mem_new(CODES_SHOWN, sizeof *c->sample);
    for (int64_t i = 0; i < n; i++) {
        const int kind = is_anomaly && is_anomaly[i];
        const int64_t before = seen[kind] * most[kind] / count[kind], after = ++seen[kind] * most[kind] / count[kind];
        if (after > before)
            c->sample[c->n++] = i;
    }
    ASSERT(c->n <= CODES_SHOWN, "%lld codes", (long long)c->n);
}

// Takes the chosen codes from all codes (n, units), and centers them.
static void center_codes(struct shown_codes *c, const float *all)
{
    c->code = mem_new((size_t)(c->n * c->units), sizeof *c->code);

    for (int64_t k = 0; k < c->units; k++) {
        double mean = 0;
        for (int64_t i = 0; i < c->n; i++)
            mean += (double)all[c->sample[i] * c->units + k] / (double)c->n;
        for (int64_t i = 0; i < c->n; i++) {
            const double v = (double)all[c->sample[i] * c->units + k] - mean;
            c->code[i * c->units + k] = v;
            c->total += v * v;
        }
    }
}

// Finds the direction of the largest variance by power iteration. Sets x (n) to the coordinates along it, and removes
// it from the codes. Returns the variance along it, times n.
static double take_component(struct shown_codes *c, double *x)
{
    double *v = mem_new((size_t)c->units, sizeof *v), variance = 0;
    for (int64_t k = 0; k < c->units; k++)
        v[k] = 1 / sqrt((double)c->units) * (k % 2 ? 0.9 : 1.1);

    for (int round = 0; round <= ROUNDS; round++) {
        double length = 0;
        variance = 0;
        for (int64_t i = 0; i < c->n; i++) {
            x[i] = 0;
            for (int64_t k = 0; k < c->units; k++)
                x[i] += c->code[i * c->units + k] * v[k];
            variance += x[i] * x[i];
        }
        if (round == ROUNDS || variance == 0)
            break;
        memset(v, 0, (size_t)c->units * sizeof *v);
        for (int64_t i = 0; i < c->n; i++)
            for (int64_t k = 0; k < c->units; k++)
                v[k] += x[i] * c->code[i * c->units + k];
        for (int64_t k = 0; k < c->units; k++)
            length += v[k] * v[k];
        for (int64_t k = 0; k < c->units; k++)
            v[k] /= sqrt(length);
    }

    for (int64_t i = 0; i < c->n; i++)
        for (int64_t k = 0; k < c->units; k++)
            c->code[i * c->units + k] -= x[i] * v[k];
    free(v);
    return variance;
}

static void add_codes(struct json *j, const struct shown_codes *c, const int8_t *is_anomaly)
{
    json_open(j, "codes", '{');
    json_number(j, "units", (double)c->units);
    json_open(j, "sample", '[');
    for (int64_t i = 0; i < c->n; i++)
        json_number(j, NULL, (double)c->sample[i]);
    json_close(j, ']');

    if (is_anomaly) {
        json_open(j, "anomaly", '[');
        for (int64_t i = 0; i < c->n; i++)
            json_number(j, NULL, is_anomaly[c->sample[i]]);
        json_close(j, ']');
    }
    json_rounded_list(j, "x", c->x[0], (int)c->n);
    json_rounded_list(j, "y", c->x[1], (int)c->n);
    json_rounded(j, "share_x", c->total > 0 ? c->variance[0] / c->total : 0);
    json_rounded(j, "share_y", c->total > 0 ? c->variance[1] / c->total : 0);
    json_close(j, '}');
}

static int read_codes(struct store_file *f, const char *path, const struct store_shape *shape, const int8_t *is_anomaly,
    struct shown_codes *c, struct err *e)
{
    const int64_t n = shape->dims[0];
    float *all = mem_array((size_t)(n * c->units), sizeof *all, "codes", e);
    int rc = all ? store_read(f, path, STORE_F32, store_entries(0, n), all, e) : -1;

    if (rc == 0) {
        choose_codes(c, is_anomaly, n);
        center_codes(c, all);
    }
    for (int i = 0; i < 2 && rc == 0; i++) {
        c->x[i] = mem_new((size_t)c->n, sizeof *c->x[i]);
        c->variance[i] = take_component(c, c->x[i]);
    }
    free(all);
    return rc;
}

int page_add_codes(
    struct json *j, struct store_file *f, const char *group, const int8_t *is_anomaly, int64_t n, struct err *e)
{
    struct shown_codes c = {.units = 1};
    struct store_shape shape;
    char *path = mem_format("%s/" SCORES_CODE, group);
    int rc = 0;

    if (store_has(f, path) && store_get_shape(f, path, &shape, e) == 0 && shape.rank > 1 && shape.dims[0] == n &&
        n > 2) {
        for (int i = 1; i < shape.rank; i++)
            c.units *= shape.dims[i];
        if ((double)n * (double)c.units * sizeof(float) < CODE_BYTES_MAX)
            rc = read_codes(f, path, &shape, is_anomaly, &c, e);
        if (rc == 0 && c.n > 0)
            add_codes(j, &c, is_anomaly);
    }
    free(c.sample);
    free(c.code);
    free(c.x[0]);
    free(c.x[1]);
    free(path);
    return rc;
}
