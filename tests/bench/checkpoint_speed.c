// How long a checkpoint of N million parameters takes to be durable, and to be read: adam with best weights.
//     build/tests/bench_checkpoint_speed [FOLDER [N]]
// links: train nn data comm spec store kernels base
#include "base/clock.h"
#include "base/mem.h"
#include "train/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    static const char *const names[] = {"parameters", "slot_0", "slot_1", "best_parameters"};
    struct err e = {0};
    struct history history = {0};
    struct checkpoint c = {
        .lineage = "bench", .layout = "bench", .shards = 4, .history = &history, .n = 4, .parameters = 25000000};
    c.parameters = argc > 2 ? (size_t)(1e6 * atof(argv[2])) : c.parameters;
    for (int i = 0; i < c.n; i++) {
        c.vector[i].name = names[i];
        if (!(c.vector[i].v = mem_array(c.parameters, sizeof(real), names[i], &e)))
            return err_print(&e);
        for (size_t k = 0; k < c.parameters; k++)
            c.vector[i].v[k] = (real)k / 3;
    }
    char *path = mem_format("%s/bench-checkpoint.h5", argc > 1 ? argv[1] : "/tmp");
    for (int i = 0; i < 3; i++) {
        double start = clock_wall(), written;
        if (checkpoint_write(path, &c, &e) != 0)
            return err_print(&e);
        written = clock_wall();
        if (!checkpoint_read(path, NULL, &c))
            return 1;
        double mb = 1e-6 * (double)(c.n * c.parameters * sizeof(real));
        printf("%.0f MB: durable in %.2f s (%.0f MB/s), read in %.2f s\n", mb, written - start, mb / (written - start),
            clock_wall() - written);
    }
    checkpoint_remove(path);
    for (int i = 0; i < c.n; i++)
        free(c.vector[i].v);
    free(path);
    return 0;
}
