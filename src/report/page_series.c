// Reduces the errors of the time steps of a test set of windows to what its report draws: the largest error of each
// piece of the series, and where the true anomalies are.
#include "report/page_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>

enum { STRETCHES_MAX = 500 };

// Adds the largest error of each of `points` pieces of the series.
static void add_piece_maxima(struct json *j, const float *error, int64_t n, int points)
{
    const int64_t pieces = n < points ? n : points;

    json_open(j, "error", '[');
    for (int64_t i = 0; i < pieces; i++) {
        double most = (double)NAN;
        for (int64_t k = i * n / pieces; k < (i + 1) * n / pieces; k++)
            if (isfinite(error[k]) && !((double)error[k] <= most))
                most = (double)error[k];
        json_rounded(j, NULL, most);
    }
    json_close(j, ']');
}

// Adds the first and the last step of each stretch of true anomalies.
static void add_stretches(struct json *j, const int8_t *is_anomaly, int64_t n)
{
    int stretches = 0;

    json_open(j, "anomalies", '[');
    for (int64_t i = 0; i < n && stretches < STRETCHES_MAX; i++) {
        if (!is_anomaly[i])
            continue;
        const int64_t first = i;
        while (i + 1 < n && is_anomaly[i + 1])
            i++;
        json_open(j, NULL, '[');
        json_number(j, NULL, (double)first);
        json_number(j, NULL, (double)i);
        json_close(j, ']');
        stretches++;
    }
    json_close(j, ']');
}

int page_add_series(struct json *j, struct store_file *f, const char *group, int points, struct err *e)
{
    struct store_shape shape;
    char *error_path = mem_format("%s/" SCORES_STEPS "/" SCORES_ERROR, group);
    char *mark_path = mem_format("%s/" SCORES_STEPS "/" SCORES_IS_ANOMALY, group);
    int rc = 0;

    if (store_has(f, error_path) && (rc = store_get_shape(f, error_path, &shape, e)) == 0 && shape.rank == 1) {
        const int64_t n = shape.dims[0];
        float *error = mem_array((size_t)n + 1, sizeof *error, "errors of time steps", e);
        int8_t *mark = mem_array((size_t)n + 1, sizeof *mark, "anomalies of time steps", e);
        rc = error && mark && n > 0 ? store_read(f, error_path, STORE_F32, store_entries(0, n), error, e) : -1;
        if (rc == 0 && store_has(f, mark_path))
            rc = store_read(f, mark_path, STORE_I8, store_entries(0, n), mark, e);

        json_open(j, "series", '{');
        if (rc == 0) {
            char *steps = mem_format("%s/" SCORES_STEPS, group);
            double threshold;
            json_number(j, "steps", (double)n);
            if (store_get_real(f, steps, SCORES_THRESHOLD, &threshold, NULL) == 0)
                json_number(j, "threshold", threshold);
            add_piece_maxima(j, error, n, points);
            add_stretches(j, mark, n);
            free(steps);
        }
        json_close(j, '}');
        free(error);
        free(mark);
    }
    free(error_path);
    free(mark_path);
    return rc;
}
