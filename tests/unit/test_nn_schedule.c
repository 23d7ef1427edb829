// Learning rates over epochs.
// links: nn kernels spec base
#include "nn_fixture.h"

static struct schedule schedule_of(const char *yaml)
{
    struct err e = {0};
    struct schedule s = {0};
    struct node *section = spec_parse("a.yaml", yaml, strlen(yaml), &e);
    if (!section || spec_read(section, schedule_fields, &s, &e) != 0)
        fail_msg("%s: %s", yaml, e.text);
    node_free(&section);
    return s;
}

enum { EPOCHS = 8 };
// Rates of eight epochs at a learning rate of 2; under reduce_on_plateau it drops after epochs 3 and 6.
static const struct {
    const char *yaml;
    double rate[EPOCHS];
} schedules[] = {
    {"{schedule: constant}", {2, 2, 2, 2, 2, 2, 2, 2}},
    {"{schedule: constant, warmup_epochs: 3}", {0.5, 1, 1.5, 2, 2, 2, 2, 2}},
    {"{schedule: step, schedule_epochs: 3, schedule_factor: 0.5}", {2, 2, 2, 1, 1, 1, 0.5, 0.5}},
    {"{schedule: step, schedule_epochs: 2, schedule_factor: 0.5, warmup_epochs: 1, schedule_minimum: 0.6}",
        {1, 2, 2, 1, 1, 0.6, 0.6, 0.6}},
    {"{schedule: exponential, schedule_factor: 0.5}", {2, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625}},
    {"{schedule: exponential, schedule_minimum: 5}", {2, 2, 2, 2, 2, 2, 2, 2}},
    {"{schedule: cosine, warmup_epochs: 4}", {0.4, 0.8, 1.2, 1.6, 2, 1.7071067811865475, 1, 0.2928932188134525}},
    {"{schedule: cosine, warmup_epochs: 6, schedule_minimum: 1}",
        {2 / 7., 4 / 7., 6 / 7., 8 / 7., 10 / 7., 12 / 7., 2, 1.5}},
    {"{schedule: reduce_on_plateau, schedule_epochs: 3, schedule_factor: 0.5}", {2, 2, 2, 2, 1, 1, 1, 0.5}},
};

static void test_rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++) {
        struct schedule s = schedule_of(schedules[i].yaml);
        for (int64_t epoch = 0; epoch < EPOCHS; epoch++) {
            double rate = schedule_rate(&s, 2, epoch, EPOCHS, (epoch - 1) / 3);
            if (!(fabs(rate - schedules[i].rate[epoch]) < 1e-12))
                fail_msg("%s: %g in epoch %d", schedules[i].yaml, rate, (int)epoch);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
