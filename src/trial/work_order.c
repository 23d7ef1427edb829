// A work order as bytes: a head of fixed length, then the rest as YAML.
#include "trial/work_order.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "search/search.h"
#include "spec/spec.h"
#include <stdlib.h>
#include <string.h>

struct order_head {
    char id[TRIAL_ID_LENGTH + 1], lineage[TRIAL_ID_LENGTH + 1], configuration[TRIAL_ID_LENGTH + 1];
    int number, entry;
    bool may_go_on;
    int64_t epochs;
    double operations;
};

static struct node *varied_node(const struct spec_sweep *s, const double *value)
{
    char room[32];
    struct node *map = node_new_map();
    for (int k = 0; k < spec_sweep_keys(s); k++)
        node_add(map, spec_sweep_key(s, k), node_new_text(spec_sweep_value(s, k, value[k], room)));
    return map;
}

static int check_size(const struct experiment *x, const struct text *text, struct err *e)
{
    return text->length <= SPEC_MAX_BYTES
               ? 0
               : node_error(
                     x->tree, e, "a trial is too large: at most %d bytes of text when it is resolved", SPEC_MAX_BYTES);
}

// `tree` is taken.
static int order_write(const struct experiment *x, const struct plan *plan, int i, struct node *tree,
    const double *value, struct queue_bytes *bytes, struct err *e)
{
    ASSERT(i >= 0 && i < plan->n && plan->entry[i].id[0], "entry %d of %d", i, plan->n);
    const struct plan_entry *entry = &plan->entry[i];
    struct order_head head = {.number = entry->number,
        .entry = i,
        .may_go_on = entry->may_go_on,
        .epochs = entry->epochs,
        .operations = entry->operations};
    memcpy(head.id, entry->id, sizeof head.id);
    memcpy(head.lineage, entry->lineage, sizeof head.lineage);
    memcpy(head.configuration, entry->configuration_id, sizeof head.configuration);

    struct text text = {0};
    struct node *root = node_new_map();
    node_add(root, "varied", varied_node(x->sweep, value));
    node_add(root, "data", node_new_text(plan->data ? plan->data : ""));
    node_add(root, "trial", tree);
    node_emit(root, &text);

    queue_bytes_add(bytes, &head, sizeof head);
    queue_bytes_add(bytes, text.data, text.length);
    int failed = check_size(x, &text, e);

    text_free(&text);
    node_free(&root);
    return failed;
}

int order_pack(const struct experiment *x, const struct plan *plan, int i, struct queue_bytes *bytes, struct err *e)
{
    struct search_trial t;
    double *value = mem_new((size_t)spec_sweep_keys(x->sweep) + 1, sizeof *value);
    search_trial(plan->search, plan->entry[i].number, &t, value);
    struct node *tree = spec_sweep_trial(x->sweep, &t.point, e);
    int failed = tree ? order_write(x, plan, i, tree, value, bytes, e) : -1;
    free(value);
    return failed;
}

int order_unpack(const struct queue_bytes *bytes, struct order *o, struct err *e)
{
    struct order_head head;
    *o = (struct order){0};
    if (bytes->n < sizeof head)
        return err_add(e, ERR_SOFTWARE, "a work order of %zu bytes", bytes->n);

    memcpy(&head, bytes->data, sizeof head);
    memcpy(o->id, head.id, sizeof o->id);
    memcpy(o->lineage, head.lineage, sizeof o->lineage);
    memcpy(o->configuration, head.configuration, sizeof o->configuration);
    o->number = head.number;
    o->entry = head.entry;
    o->may_go_on = head.may_go_on;
    o->epochs = head.epochs;
    o->operations = head.operations;

    struct node *root = spec_parse(o->id, bytes->data + sizeof head, bytes->n - sizeof head, e);
    o->varied = root ? node_take(root, "varied") : NULL;
    o->data = root ? node_take(root, "data") : NULL;
    o->tree = root ? node_take(root, "trial") : NULL;
    node_free(&root);
    return o->varied && o->tree ? 0 : err_add(e, ERR_SOFTWARE, "a work order without a trial");
}

void order_free(struct order *o)
{
    node_free(&o->tree);
    node_free(&o->data);
    node_free(&o->varied);
    *o = (struct order){0};
}
