// Replaces the variables of a tree: scope_resolve, once per tree.
//
// The caller resolves the values of variables in the order of variables_find, so that no value in the scope holds
// another variable, and one pass is enough. Exception: the values of the names `features` and `length` are not known
// before the data. A formula with one of these waits for the data: it keeps the form "${...}", with the values of its
// variables in it, until spec_bind computes it.
//
// A value is copied at each use, so a small spec can describe an enormous tree. The scope has a budget of nodes and
// bytes; the cost of each copy is subtracted before the copy is made, and the first copy that exceeds the budget is an
// error.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include "spec/expression.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Subtracts the cost of a copy from the budget. Returns false if the budget is exceeded; adds an error only for the
// first such copy.
static bool scope_take(struct scope *s, const struct node *n, int64_t nodes, int64_t bytes)
{
    bool had_budget = s->budget.nodes >= 0 && s->budget.bytes >= 0;
    if (budget_take(&s->budget, nodes, bytes))
        return true;
    if (had_budget)
        node_error(n, s->e, "with its variables the spec is too large: at most 100000 values and 16 MiB of text");
    return false;
}

struct scope scope_begin(const struct variables *vars, struct err *e)
{
    struct scope scope = {.vars = vars, .budget = {SPEC_MAX_NODES, SPEC_MAX_TEXT}, .e = e};
    scope.value = mem_new((size_t)vars->n, sizeof *scope.value);
    return scope;
}

// Returns the value of a variable, or NULL and an error if it has no value here.
static const struct node *scope_value(struct scope *s, const struct node *n, int variable)
{
    ASSERT(variable >= 0 && variable < s->vars->n, "%d of %d", variable, s->vars->n);
    if (!s->value[variable] && s->vars->v[variable].is_conditional)
        node_error(n, s->e, "'%s' has no value where its only_if is not met; hint: give it one under variables",
            s->vars->v[variable].name);
    else if (!s->value[variable])
        node_error(n, s->e, "'%s' varies with the sweep, allowed in a sweep: variables that do not",
            s->vars->v[variable].name);
    return s->value[variable];
}

static int index_of_token(const struct variables *vars, const char *begin, int length)
{
    char *name = mem_format("%.*s", length, begin);
    int i = variable_index(vars, name);
    free(name);
    return i;
}

// Returns true and sets *u to the formula if a value is only a formula that waits for the data.
static bool is_waiting(const struct node *value, struct use *u)
{
    return value->kind == NODE_SCALAR && use_find(value->text, u) && u->begin == value->text && !value->text[u->length];
}

// Appends the value of a variable to a formula. Returns 1 if the value waits for the data, else 0, or -1 and an error.
static int add_operand(struct scope *s, const struct node *n, int variable, struct text *t)
{
    const struct node *value = scope_value(s, n, variable);
    char found[80], buffer[32];
    struct number number;
    struct use u;

    if (!value)
        return -1;
    if (is_waiting(value, &u)) {
        text_add(t, "(%.*s)", (int)u.inside_length, u.inside);
        return 1;
    }
    if (value->kind == NODE_SCALAR && number_read(value->text, &number) == 0) {
        text_add(t, "(%s)", number_write(buffer, number));
        return 0;
    }
    return node_error(
        n, s->e, "in a formula '%s' is %s, allowed: a number", s->vars->v[variable].name, node_found(found, value));
}

// Appends a formula with the values of its variables. Returns 1 if the formula waits for the data, else 0, or -1 and an
// error.
static int expand_formula(struct scope *s, const struct node *n, const struct use *u, struct text *t)
{
    const char *p = u->inside;
    const char *end = p + u->inside_length;
    bool waits = false;

    for (struct token token = token_next(&p, end); token.kind != TOKEN_END; token = token_next(&p, end)) {
        int variable = -1;
        if (t->length > (size_t)SPEC_MAX_BYTES)
            return node_error(n, s->e, "with its variables a formula is longer than 1 MiB");
        if (token.kind == TOKEN_NAME && !token_is_function(&token, p, end)) {
            variable = index_of_token(s->vars, token.begin, token.length);
            waits = waits || variable < 0;
        }
        text_add(t, "%s", t->length ? " " : "");
        int rc = variable >= 0 ? add_operand(s, n, variable, t) : 0;
        if (rc < 0)
            return -1;
        waits = waits || rc > 0;
        if (variable < 0)
            text_add(t, "%.*s", token.length, token.begin);
    }

    return waits;
}

// Serves as an expression_lookup that knows no names. After its variables are replaced, a formula holds only numbers,
// so any name is a mistake.
static int refuse_any_name(const void *context, const char *name, int length, struct number *value, char *why)
{
    (void)context;
    (void)value;
    snprintf(why, EXPRESSION_WHY, "no variable '%.*s'", length > 100 ? 100 : length, name);
    return -1;
}

// Appends the value of a formula, or "${...}" if it waits for the data. Returns -1 and an error if it has no value.
static int add_formula(struct scope *s, const struct node *n, const struct use *u, struct text *t)
{
    struct text formula = {0};
    struct number value;
    char why[EXPRESSION_WHY], buffer[32];
    int waits = expand_formula(s, n, u, &formula);
    int rc = waits < 0 ? -1 : 0;

    if (waits > 0)
        text_add(t, "${%s}", formula.data);
    else if (rc == 0 && expression_evaluate(formula.data, formula.length, refuse_any_name, NULL, &value, why) != 0)
        rc = node_error(n, s->e, "in '%.*s': %s", u->length > 60 ? 60 : (int)u->length, u->begin, why);
    else if (rc == 0)
        text_add(t, "%s", number_write(buffer, value));

    text_free(&formula);
    return rc;
}

// Returns the variable if a use is only the name of one. Returns -1 for a formula and for a name whose value depends on
// the data.
static int use_variable(const struct scope *s, const struct use *u)
{
    return u->is_name ? index_of_token(s->vars, u->inside, (int)u->inside_length) : -1;
}

// Appends the value of a use that is part of a string.
static void add_use_text(struct scope *s, const struct node *n, const struct use *u, struct text *t)
{
    int variable = use_variable(s, u);
    char found[80];

    if (variable < 0) {
        add_formula(s, n, u, t);
        return;
    }

    const struct node *value = scope_value(s, n, variable);
    if (value && value->kind == NODE_SCALAR)
        text_add(t, "%s", value->text);
    else if (value)
        node_error(n, s->e, "inside a string '%s' is %s, allowed: a single value", s->vars->v[variable].name,
            node_found(found, value));
}

// Returns the string n with each use replaced by its value.
static struct node *resolve_string(struct scope *s, const struct node *n)
{
    struct text t = {0};
    struct use u;
    const char *p = n->text;

    text_add(&t, "%s", "");
    for (; s->budget.bytes >= 0 && use_find(p, &u); p = u.begin + u.length) {
        size_t before = t.length;
        text_add(&t, "%.*s", (int)(u.begin - p), p);
        add_use_text(s, n, &u, &t);
        scope_take(s, n, 0, (int64_t)(t.length - before));
    }
    text_add(&t, "%s", p);

    struct node *result = node_new_text(t.data);
    result->quoted = n->quoted && !is_waiting(result, &u);
    node_place(result, n->file, n->line, n->column);
    text_free(&t);

    return result;
}

static struct node *resolve_scalar(struct scope *s, const struct node *n, int depth)
{
    struct use u;

    if (!use_find(n->text, &u))
        return node_copy(n);
    int variable = u.begin == n->text && !n->text[u.length] ? use_variable(s, &u) : -1;
    if (variable < 0)
        return resolve_string(s, n);

    const struct node *value = scope_value(s, n, variable);
    struct measure m = value ? node_measure(value) : (struct measure){0};
    if (value && depth - 1 + m.depth > SPEC_MAX_DEPTH)
        node_error(n, s->e, "with '%s' the spec is deeper than %d levels", s->vars->v[variable].name, SPEC_MAX_DEPTH);
    else if (value && scope_take(s, n, m.nodes - 1, m.bytes))
        return node_copy(value);

    return node_new(NODE_NULL);
}

static struct node *resolve_items(struct scope *s, const struct node *n, int depth)
{
    struct node *result = node_new(n->kind);
    node_place(result, n->file, n->line, n->column);
    for (int i = 0; i < n->n && s->budget.nodes > 0; i++)
        node_append(result, n->items[i]->key, scope_resolve(s, n->items[i], depth + 1));
    return result;
}

struct node *scope_resolve(struct scope *s, const struct node *n, int depth)
{
    struct node *result;

    ASSERT(depth >= 1, "%d", depth);
    if (!scope_take(s, n, 1, n->text ? (int64_t)strlen(n->text) : 0))
        result = node_new(NODE_NULL);
    else if (n->kind == NODE_SCALAR)
        result = resolve_scalar(s, n, depth);
    else
        result = resolve_items(s, n, depth);

    free(result->key);
    result->key = mem_text(n->key);
    result->key_line = n->key_line;
    result->key_column = n->key_column;

    return result;
}

// --- values that depend on the data

static int lookup_fact(const void *context, const char *name, int length, struct number *value, char *why)
{
    const struct spec_facts *facts = context;
    bool is_features = length == 8 && strncmp(name, "features", 8) == 0;
    if (!is_features && !(length == 6 && strncmp(name, "length", 6) == 0))
        return refuse_any_name(NULL, name, length, value, why);
    *value = number_of_integer(is_features ? facts->features : facts->length);
    return 0;
}

static void bind_scalar(struct node *n, const struct spec_facts *facts, struct err *e)
{
    struct text t = {0};
    struct use u;
    struct number value;
    char why[EXPRESSION_WHY], buffer[32];
    const char *p = n->text;

    for (; use_find(p, &u); p = u.begin + u.length) {
        int rc = expression_evaluate(u.inside, u.inside_length, lookup_fact, facts, &value, why);
        if (rc != 0)
            node_error(n, e, "in '%.*s' with features = %lld and length = %lld: %s", u.length > 60 ? 60 : (int)u.length,
                u.begin, (long long)facts->features, (long long)facts->length, why);
        text_add(&t, "%.*s%s", (int)(u.begin - p), p, rc == 0 ? number_write(buffer, value) : "");
    }

    if (t.data) {
        text_add(&t, "%s", p);
        free(n->text);
        n->text = mem_text(t.data);
        text_free(&t);
    }
}

static void bind_tree(struct node *n, const struct spec_facts *facts, struct err *e)
{
    if (n->kind == NODE_SCALAR)
        bind_scalar(n, facts, e);
    for (int i = 0; i < n->n; i++)
        bind_tree(n->items[i], facts, e);
}

struct node *spec_bind(const struct node *section, const struct spec_facts *facts, struct err *e)
{
    int errors = e->count;
    struct node *copy = node_copy(section);

    ASSERT(facts->features > 0 && facts->length > 0, "%lld values", (long long)facts->features);
    copy->parent = section->key ? section->parent : NULL; // so that messages have the full path
    bind_tree(copy, facts, e);
    if (e->count > errors)
        node_free(&copy);
    return copy;
}

const struct node *spec_unbound(const struct node *n)
{
    const struct node *found = n && n->kind == NODE_SCALAR && strstr(n->text, "${") ? n : NULL;
    for (int i = 0; n && i < n->n && !found; i++)
        found = spec_unbound(n->items[i]);
    return found;
}
