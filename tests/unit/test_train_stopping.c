// What losses decide: drops on a plateau, the best epoch, the end of training.
// links: train nn kernels spec base
#include "nn_fixture.h"
#include "train/stopping.h"

// A section `train:` of which the parts on schedules and stopping are read.
struct parts {
    struct schedule schedule;
    struct stopping stopping;
};

static struct parts parts_of(const char *yaml)
{
    struct err e = {0};
    struct parts p = {0};
    struct spec_part both[] = {{schedule_fields, &p.schedule}, {stopping_fields, &p.stopping}};
    struct node *section = spec_parse("a.yaml", yaml, strlen(yaml), &e);
    if (!section || spec_read_parts(section, both, 2, &e) != 0)
        fail_msg("%s: %s", yaml, e.text);
    node_free(&section);
    return p;
}

enum { EPOCHS = 8 };

// Losses of epochs, training and validation; after which one training ends, and which is the best.
static const struct {
    const char *yaml;
    double train[EPOCHS], validation[EPOCHS];
    int64_t end, best;
} stops[] = {
    {"{early_stopping: 2}", {8, 7, 6, 5, 4, 3, 2, 1}, {5, 4, 3, 3.5, 3, 1, 1, 1}, 4, 2},
    {"{early_stopping: 3}", {8, 7, 6, 5, 4, 3, 2, 1}, {5, 4, 3, 3.5, 3, 1, 1, 1}, 7, 5},
    {"{early_stopping: 2, monitor: train_loss}", {8, 7, 6, 5, 4, 3, 2, 1}, {5, 4, 3, 3.5, 3, 1, 1, 1}, 7, 7},
    {"{early_stopping: 2}", {8, 7, 9, 9, 4, 3, 2, 1}, {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}, 3, 1},
    {"{early_stopping: 2, min_delta: 1}", {8, 7, 6, 5, 4, 3, 2, 1}, {5, 3.5, 3, 2.5, 2.4, 2, 1, 1}, 3, 1},
    {"{}", {1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8}, 7, 0},
    {"{early_stopping: 1}", {1, NAN, 3, 4, 5, 6, 7, 8}, {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}, 1, 0},
};

static void test_stops(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        struct parts s = parts_of(stops[i].yaml);
        struct watch p;
        int64_t epoch = 0;
        watch_start(&p);
        for (;; epoch++) {
            bool is_best =
                watch_add(&p, &s.stopping, &s.schedule, epoch, stops[i].train[epoch], stops[i].validation[epoch]);
            assert_int_equal(is_best, p.best_epoch == epoch);
            if (epoch == EPOCHS - 1 || stopping_ends(&s.stopping, &p))
                break;
        }
        if (epoch != stops[i].end || p.best_epoch != stops[i].best)
            fail_msg("%d: ends after %d, best %d", (int)i, (int)epoch, (int)p.best_epoch);
    }
}

// A loss that never falls after the first epoch.
static void test_drops(void **state)
{
    (void)state;
    static const int64_t drops[EPOCHS] = {0, 0, 0, 1, 1, 1, 2, 2}, warm[EPOCHS] = {0, 0, 0, 0, 0, 1, 1, 1};
    struct parts cold = parts_of("{schedule: reduce_on_plateau, schedule_epochs: 3}");
    struct parts late = parts_of("{schedule: reduce_on_plateau, schedule_epochs: 3, warmup_epochs: 3}");
    struct watch p, q;
    watch_start(&p);
    watch_start(&q);
    for (int64_t epoch = 0; epoch < EPOCHS; epoch++) {
        watch_add(&p, &cold.stopping, &cold.schedule, epoch, 1, NAN);
        watch_add(&q, &late.stopping, &late.schedule, epoch, 1, NAN);
        assert_int_equal(p.drops, drops[epoch]);
        assert_int_equal(q.drops, warm[epoch]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_drops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
