// Small files of a run's folder that say something about the run: configs as YAML, by their tables of fields.
#include "sweep/record.h"

char *record_text(const struct spec_part *parts, int n)
{
    struct text t = {0};
    for (int i = 0; i < n; i++) { // maps one behind the other are one map
        struct node *map = spec_write(parts[i].fields, parts[i].config, 0);
        node_emit(map, &t);
        node_free(&map);
    }
    return t.data;
}

int record_read(const char *path, const struct spec_part *parts, int n, struct err *e)
{
    struct node *map = spec_load(path, e);
    int failed = map ? spec_read_parts(map, parts, n, e) : -1;
    node_free(&map);
    return failed;
}

void record_free(const struct spec_part *parts, int n)
{
    for (int i = 0; i < n; i++)
        field_free(parts[i].fields, parts[i].config);
}
