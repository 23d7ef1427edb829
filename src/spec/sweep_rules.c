// The rules that relate the keys of a sweep to each other: keys that vary together (`zip`), keys that vary only if
// others have certain values (`only_if`), combinations that are left out (`exclude`), and configurations to begin with
// (`start`).
//
// A configuration is an array with a value for each key. Its free keys can have any of their values.
// spec_sweep_complete then sets the other keys: a key that follows another gets the value at the same place in its
// list, and a key that does not vary here gets NaN.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include "base/text.h"
#include "spec/expression.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- zip

// Makes the keys of the group [first, first + n) follow its leader, the key with most values. A key with one value
// always has that value.
static int link_zip(struct spec_sweep *s, int first, int n, struct err *e)
{
    int leader = first, rc = 0;
    for (int k = first; k < first + n; k++) {
        if (!s->key[k].n)
            return node_error(s->key[k].item, e, "found a range, allowed in zip: a list of values");
        leader = s->key[k].n > s->key[leader].n ? k : leader;
    }

    for (int k = first; k < first + n; k++) {
        s->key[k].leader = k == leader ? -1 : leader;
        s->key[k].is_zipped = true;
        if (s->key[k].n > 1 && s->key[k].n != s->key[leader].n)
            rc = node_error(s->key[k].item, e, "found %d values, but %s has %d, allowed in zip: lists of equal length",
                s->key[k].n, s->key[leader].item->key, s->key[leader].n);
    }
    return rc;
}

static int read_zip(struct spec_sweep *s, struct err *e)
{
    const struct node *zip = s->config.zip;
    int rc = 0;
    int first = node_items(s->config.over);

    for (int g = 0; g < node_count(zip); g++) {
        int n = node_item(zip, g)->n;
        rc |= link_zip(s, first, n, e);
        first += n;
    }
    ASSERT(first == s->n, "%d keys of %d", first, s->n);

    return rc;
}

// --- the values in a condition

static void add_range(struct sweep_match *m, double low, double high)
{
    m->range = mem_grow(m->range, (size_t)m->n + 1, sizeof *m->range);
    m->range[m->n++] = (struct sweep_range){SWEEP_UNIFORM, low, high};
}

static bool is_same_value(const struct node *a, const struct node *b)
{
    struct number x, y;
    bool are_numbers = a->kind == NODE_SCALAR && b->kind == NODE_SCALAR && number_read(a->text, &x) == 0 &&
                       number_read(b->text, &y) == 0;
    if (are_numbers)
        return !(x.real < y.real) && !(x.real > y.real);
    return node_equal(a, b);
}

static int refuse_unlisted(const struct sweep_key *k, const struct node *n, struct err *e)
{
    char found[80];
    struct text all = {0};
    text_add(&all, "%s", "");
    for (int i = 0; i < k->n && all.length < 200; i++)
        text_add(&all, "%s%s", i ? ", " : "", k->text[i]);
    node_error(
        n, e, "found %s, allowed: the values of %s in the sweep: %.300s", node_found(found, n), k->item->key, all.data);
    text_free(&all);
    return -1;
}

// Adds to the match the value of a node: one of the listed values, or a number in the range of the key.
static int add_matching_value(const struct sweep_key *k, const struct node *n, struct sweep_match *m, struct err *e)
{
    double value;
    char found[80];

    for (int i = 0; i < k->n; i++) {
        if (is_same_value(node_item(k->item, i), n)) {
            add_range(m, i, i);
            return 0;
        }
    }
    if (k->n)
        return refuse_unlisted(k, n, e);

    if (n->kind != NODE_SCALAR || text_to_double(n->text, &value) != 0 || !(value >= k->range.low) ||
        !(value <= k->range.high))
        return node_error(n, e, "found %s, allowed: a number from %g to %g, as %s has in the sweep",
            node_found(found, n), k->range.low, k->range.high, k->item->key);
    add_range(m, value, value);
    return 0;
}

// Adds to the match the values of a key that are in a range such as {integer: [8, 64]}.
static int add_matching_range(const struct sweep_key *k, const struct node *n, struct sweep_match *m, struct err *e)
{
    struct sweep_range r;
    int before = m->n;

    if (sweep_range_read(n, &r, e) < 0)
        return -1;
    if (!k->n)
        add_range(m, r.low, r.high);
    for (int i = 0; i < k->n; i++) {
        const struct node *item = node_item(k->item, i);
        double value;
        if (item->kind == NODE_SCALAR && text_to_double(item->text, &value) == 0 && value >= r.low && value <= r.high)
            add_range(m, i, i);
    }
    return m->n > before ? 0 : node_error(n, e, "found a range in which %s has no value", k->item->key);
}

static int find_rule_key(const struct spec_sweep *s, const struct node *item, struct err *e)
{
    const char **names = mem_new((size_t)s->n + 1, sizeof *names);
    int found = -1;

    for (int k = 0; k < s->n; k++) {
        names[k] = s->key[k].item->key;
        if (strcmp(names[k], item->key) == 0)
            found = k;
    }

    char hint[DID_YOU_MEAN_ROOM] = "";
    if (found < 0 && !e->hidden)
        text_did_you_mean(hint, item->key, names, s->n);
    if (found < 0)
        node_key_error(item, e, "'%s' is no key of sweep.over or sweep.zip%s", item->key, hint);
    else if (found == spec_sweep_seed_key(s))
        found = node_key_error(item, e, "a list of train.seed repeats every configuration, allowed: other keys");

    free(names);
    return found;
}

static int read_match(const struct spec_sweep *s, const struct node *item, struct sweep_match *m, struct err *e)
{
    *m = (struct sweep_match){.key = find_rule_key(s, item, e)};
    if (m->key < 0)
        return -1;

    const struct sweep_key *k = &s->key[m->key];
    if (sweep_is_range(item))
        return add_matching_range(k, item, m, e);
    int rc = 0;
    for (int i = 0; i < node_count(item); i++)
        rc |= add_matching_value(k, node_item(item, i), m, e);
    return m->n || rc ? rc : node_error(item, e, "found no values, allowed: a value, a list of them, or a range");
}

static void free_clause(struct sweep_clause *c)
{
    for (int i = 0; i < c->n; i++)
        free(c->match[i].range);
    free(c->match);
    *c = (struct sweep_clause){0};
}

// Reads a condition {KEY: VALUES, ...}.
static int read_clause(const struct spec_sweep *s, const struct node *at, struct sweep_clause *c, struct err *e)
{
    char found[80];
    int rc = 0;

    *c = (struct sweep_clause){.at = at};
    if (at->kind != NODE_MAP || at->n == 0)
        return node_error(
            at, e, "found %s, allowed: a map of keys of the sweep and their values", node_found(found, at));
    c->match = mem_new((size_t)at->n, sizeof *c->match);
    for (c->n = 0; c->n < at->n; c->n++)
        rc |= read_match(s, at->items[c->n], &c->match[c->n], e);
    return rc;
}

static bool holds_match(const struct sweep_match *m, double value)
{
    for (int i = 0; i < m->n; i++)
        if (value >= m->range[i].low && value <= m->range[i].high)
            return true;
    return false; // also for NaN: a key that does not vary has no value
}

// --- only_if

// Appends a key to the order in which conditions are decided, after all keys in its own condition.
static int order_condition(struct spec_sweep *s, enum variable_state *state, int key, struct err *e)
{
    const struct sweep_clause *c = &s->only_if[key];

    state[key] = VARIABLE_OPEN;
    for (int i = 0; i < c->n; i++) {
        int other = c->match[i].key;
        if (state[other] == VARIABLE_OPEN)
            return node_error(c->at, e, "whether %s varies depends on itself", s->key[key].item->key);
        if (state[other] == VARIABLE_NEW && order_condition(s, state, other, e) < 0)
            return -1;
    }

    state[key] = VARIABLE_DONE;
    ASSERT(s->ordered < s->n, "%d of %d", s->ordered, s->n);
    s->order[s->ordered++] = key;
    return 0;
}

static int order_conditions(struct spec_sweep *s, struct err *e)
{
    enum variable_state *state = mem_new((size_t)s->n + 1, sizeof *state);
    int rc = 0;

    s->order = mem_new((size_t)s->n + 1, sizeof *s->order);
    for (int k = 0; k < s->n && rc == 0; k++)
        if (state[k] == VARIABLE_NEW)
            rc = order_condition(s, state, k, e);
    free(state);
    return rc;
}

static int read_conditions(struct spec_sweep *s, struct err *e)
{
    const struct node *at = s->config.only_if;
    char found[80];
    int rc = 0;

    s->only_if = mem_new((size_t)s->n + 1, sizeof *s->only_if);
    if (!at)
        return 0;
    if (at->kind != NODE_MAP)
        return node_error(at, e, "found %s, allowed: a map KEY: {OTHER: VALUES}", node_found(found, at));

    for (int i = 0; i < at->n; i++) {
        int key = find_rule_key(s, at->items[i], e);
        rc |= key < 0 ? -1 : read_clause(s, at->items[i], &s->only_if[key], e);
    }
    return rc == 0 ? order_conditions(s, e) : rc;
}

// --- configurations

void spec_sweep_complete(const struct spec_sweep *s, double *value)
{
    for (int k = 0; k < s->n; k++)
        if (s->key[k].leader >= 0)
            value[k] = s->key[k].n == 1 ? 0 : value[s->key[k].leader];

    for (int i = 0; i < s->ordered; i++) { // keys in a condition come earlier: they are already NaN if they do not vary
        const struct sweep_clause *c = &s->only_if[s->order[i]];
        bool is_met = true;
        for (int k = 0; k < c->n && is_met; k++)
            is_met = holds_match(&c->match[k], value[c->match[k].key]);
        if (!is_met)
            value[s->order[i]] = NAN;
    }
}

bool spec_sweep_is_allowed(const struct spec_sweep *s, const double *value)
{
    for (int x = 0; x < s->n_exclude; x++) {
        const struct sweep_clause *c = &s->exclude[x];
        bool is_met = c->n > 0;
        for (int i = 0; i < c->n && is_met; i++)
            is_met = holds_match(&c->match[i], value[c->match[i].key]);
        if (is_met)
            return false;
    }
    return true;
}

// --- start

// Sets `value` to the values of a starting point, and to NaN for keys that it does not give. The value of a zipped key
// is stored for its leader.
static int read_start_point(const struct spec_sweep *s, const struct node *at, double *value, struct err *e)
{
    struct sweep_clause c;
    int rc = read_clause(s, at, &c, e);

    for (int k = 0; k < s->n; k++)
        value[k] = NAN;
    for (int i = 0; i < c.n && rc == 0; i++) {
        const struct sweep_match *m = &c.match[i];
        const struct sweep_key *k = &s->key[m->key];
        int to = k->leader >= 0 && k->n > 1 ? k->leader : m->key;
        double found = m->range[0].low;
        if (m->n != 1 || m->range[0].low < m->range[0].high)
            rc = node_error(at->items[i], e, "found several values, allowed in a starting point: one");
        else if (!isnan(value[to]) && (value[to] < found || value[to] > found))
            rc = node_error(
                at->items[i], e, "found a value at another place of its list than that of %s", s->key[to].item->key);
        else
            value[to] = found;
    }

    free_clause(&c);
    return rc;
}

static int read_starts(struct spec_sweep *s, struct err *e)
{
    int n = node_count(s->config.start);
    int rc = 0;

    s->start = mem_new((size_t)(n * s->n) + 1, sizeof *s->start);
    for (s->n_start = 0; s->n_start < n; s->n_start++)
        rc |= read_start_point(s, node_item(s->config.start, s->n_start), s->start + (ptrdiff_t)s->n_start * s->n, e);
    return rc;
}

int spec_sweep_starts(const struct spec_sweep *s)
{
    return s->n_start;
}

void spec_sweep_start(const struct spec_sweep *s, int i, double *value)
{
    ASSERT(i >= 0 && i < s->n_start, "%d of %d", i, s->n_start);
    for (int k = 0; k < s->n; k++)
        if (!isnan(s->start[i * s->n + k]))
            value[k] = s->start[i * s->n + k];
}

// --- all rules

int sweep_rules_read(struct spec_sweep *s, struct err *e)
{
    int rc = read_zip(s, e);
    if (rc == 0)
        rc = read_conditions(s, e);

    int n = node_count(s->config.exclude);
    s->exclude = mem_new((size_t)n + 1, sizeof *s->exclude);
    for (s->n_exclude = 0; s->n_exclude < n && rc == 0; s->n_exclude++)
        rc = read_clause(s, node_item(s->config.exclude, s->n_exclude), &s->exclude[s->n_exclude], e);
    return rc == 0 ? read_starts(s, e) : rc;
}

void sweep_rules_free(struct spec_sweep *s)
{
    for (int k = 0; s->only_if && k < s->n; k++)
        free_clause(&s->only_if[k]);
    for (int i = 0; i < s->n_exclude; i++)
        free_clause(&s->exclude[i]);
    free(s->only_if);
    free(s->order);
    free(s->exclude);
    free(s->start);
}
