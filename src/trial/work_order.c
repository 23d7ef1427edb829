// Packs a work order as bytes: the plan's entry and its index as they are in memory, followed by the rest as YAML.
#include "trial/work_order.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "search/search.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct node *varied_node(const struct spec_sweep *s, const double *value)
{
    char room[32];
    struct node *map = node_new_map();
    for (int k = 0; k < spec_sweep_keys(s); k++)
        if (!isnan(value[k])) // NaN: the key does not vary in this trial
            node_add(map, spec_sweep_key(s, k), node_new_text(spec_sweep_value(s, k, value[k], room)));
    return map;
}

// Returns the members of an order other than `planned` and `entry`, as a map. Returns NULL and an error if the spec of
// the trial cannot be resolved.
static struct node *order_map(const struct experiment *x, const struct plan *plan, int number, struct err *e)
{
    struct search_trial t;
    struct node *map = NULL;
    double *value = mem_new((size_t)spec_sweep_keys(x->sweep) + 1, sizeof *value);

    search_trial(plan->search, number, &t, value);
    struct node *tree = spec_sweep_trial(x->sweep, &t.point, e);
    if (tree) {
        map = node_new_map();
        node_add(map, "varied", varied_node(x->sweep, value));
        node_add(map, "data", node_new_text(plan->data ? plan->data : ""));
        node_add(map, "trial", tree);
    }

    free(value);
    return map;
}

int order_pack(const struct experiment *x, const struct plan *plan, int i, struct queue_bytes *bytes, struct err *e)
{
    ASSERT(i >= 0 && i < plan->n && plan->entry[i].trial.id[0], "entry %d of %d", i, plan->n);
    struct text text = {0};
    struct node *map = order_map(x, plan, plan->entry[i].trial.number, e);
    if (!map)
        return -1;
    node_emit(map, &text);
    node_free(&map);

    int failed = 0;
    if (text.length > SPEC_MAX_BYTES) {
        failed = node_error(
            x->tree, e, "a trial is too large: at most %d bytes of text when it is resolved", SPEC_MAX_BYTES);
    } else {
        queue_bytes_add(bytes, &plan->entry[i], sizeof plan->entry[i]);
        queue_bytes_add(bytes, &i, sizeof i);
        queue_bytes_add(bytes, text.data, text.length);
    }

    text_free(&text);
    return failed;
}

int order_entry(const struct queue_bytes *bytes)
{
    struct order o;

    ASSERT(bytes->n >= sizeof o.planned + sizeof o.entry, "%zu bytes", bytes->n);
    memcpy(&o.entry, bytes->data + sizeof o.planned, sizeof o.entry);
    return o.entry;
}

int order_unpack(const struct queue_bytes *bytes, struct order *o, struct err *e)
{
    const size_t head = sizeof o->planned + sizeof o->entry;

    *o = (struct order){0};
    if (bytes->n < head)
        return err_add(e, ERR_SOFTWARE, "a work order of %zu bytes", bytes->n);

    memcpy(&o->planned, bytes->data, sizeof o->planned);
    memcpy(&o->entry, bytes->data + sizeof o->planned, sizeof o->entry);

    struct node *root = spec_parse(o->planned.trial.id, bytes->data + head, bytes->n - head, e);
    o->varied = root ? node_take(root, "varied") : NULL;
    o->data = root ? node_take(root, "data") : NULL;
    o->tree = root ? node_take(root, "trial") : NULL;
    node_free(&root);
    ASSERT(o->entry >= 0 && o->planned.trial.id[0], "entry %d", o->entry);
    return o->varied && o->tree ? 0 : err_add(e, ERR_SOFTWARE, "a work order without a trial");
}

void order_free(struct order *o)
{
    node_free(&o->tree);
    node_free(&o->data);
    node_free(&o->varied);
    *o = (struct order){0};
}
