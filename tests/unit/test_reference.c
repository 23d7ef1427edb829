// experiments/README.md says what the program does: its tables are those of the fields, its examples are valid, and it
// names every experiment.
// links: trial import
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/window_config.h"
#include "import/import.h"
#include "nn/neighbours.h"
#include "trial/experiment.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN "<!-- fields: "
#define END   "<!-- end -->\n"

static const struct {
    const char *name;
    const struct field *fields;
} tables[] = {
    {"experiment", experiment_fields},
    {"import", import_fields},
    {"data", data_fields},
    {"source", data_source_fields},
    {"split", data_split_fields},
    {"window", data_window_fields},
    {"scale column", data_scale_column_fields},
    {"scale", data_scale_fields},
    {"model", model_fields},
    {"layer", layer_common_fields},
    {"kernel", layer_kernel_fields},
    {"neighbours", neighbours_fields},
    {"train", train_fields},
    {"optimizer", optimizer_fields},
    {"schedule", schedule_fields},
    {"stopping", stopping_fields},
    {"score", score_fields},
    {"sweep", spec_sweep_fields},
};
enum { TABLES = sizeof tables / sizeof *tables };

// The tables above, and for "layer dense" those of a layer's type. NULL: no such table.
static const struct field *find_fields(const char *name)
{
    for (int i = 0; i < TABLES; i++)
        if (strcmp(tables[i].name, name) == 0)
            return tables[i].fields;
    return strncmp(name, "layer ", 6) == 0 ? layer_type_fields(name + 6) : NULL;
}

static char *path_of(const char *name)
{
    const char *source = getenv("HOURGLASS_SOURCE");
    return mem_format("%s/experiments/%s", source ? source : ".", name);
}

static char *read_readme(void)
{
    char *path = path_of("README.md"), part[4096];
    struct text t = {0};
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("%s cannot be read", path);
    for (size_t n; (n = fread(part, 1, sizeof part - 1, in)) > 0;) {
        part[n] = 0;
        text_add(&t, "%s", part);
    }
    fclose(in);
    free(path);
    return t.data;
}

// --- tables

// The README with every table refreshed; `seen` lists the names of those found, each between newlines.
static char *renew(const char *readme, struct text *seen)
{
    struct text t = {0};
    text_add(seen, "\n");
    for (const char *begin; (begin = strstr(readme, BEGIN));) {
        const char *name = begin + strlen(BEGIN), *close = strstr(name, " -->\n"), *end = strstr(name, END);
        if (!close || !end || close > end)
            fail_msg("no end of the table that begins with '%.40s'", begin);
        char *word = mem_format("%.*s", (int)(close - name), name);
        const struct field *fields = find_fields(word);
        if (!fields)
            fail_msg("there is no table of fields called '%s'", word);
        text_add(seen, "%s\n", word);
        text_add(&t, "%.*s", (int)(close + 5 - readme), readme);
        spec_reference(fields, &t);
        text_add(&t, END);
        readme = end + strlen(END);
        free(word);
    }
    text_add(&t, "%s", readme);
    return t.data;
}

static void require_table(const struct text *seen, const char *name)
{
    char *line = mem_format("\n%s\n", name);
    if (!strstr(seen->data, line))
        fail_msg("the README has no table '" BEGIN "%s -->'", name);
    free(line);
}

static void refresh(const char *text)
{
    char *path = path_of("README.md");
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
    assert_int_equal(fclose(out), 0);
    print_message("%s: its tables were refreshed\n", path);
    free(path);
}

// The line in which they part, as each has it.
static void refuse(const char *found, const char *wanted)
{
    size_t line = 0, i = 0;
    for (; found[i] == wanted[i]; i++)
        line = found[i] == '\n' ? i + 1 : line;
    fail_msg("a table of experiments/README.md is not that of the program:\n    found   %.*s\n    program %.*s\n"
             "HOURGLASS_REFRESH=1 in the environment of this test refreshes all tables",
        (int)strcspn(found + line, "\n"), found + line, (int)strcspn(wanted + line, "\n"), wanted + line);
}

static void test_tables(void **state)
{
    (void)state;
    struct text seen = {0};
    char *readme = read_readme(), *wanted = renew(readme, &seen);
    for (int i = 0; i < TABLES; i++)
        require_table(&seen, tables[i].name);
    for (const char *const *type = layer_type_names(); *type; type++) {
        char *name = mem_format("layer %s", *type);
        require_table(&seen, name);
        free(name);
    }
    if (getenv("HOURGLASS_REFRESH"))
        refresh(wanted);
    else if (strcmp(readme, wanted) != 0)
        refuse(readme, wanted);
    text_free(&seen);
    free(readme);
    free(wanted);
}

// --- examples: sections, or whole specs, for images of 28 x 28

static void check_sections(const struct node *tree, struct err *e)
{
    const struct node *data = node_get(tree, "data"), *model = node_get(tree, "model");
    struct data_config d;
    struct train_config t;
    struct score_config s;
    if (data && data_config_read(data, &d, e) == 0)
        data_config_free(&d);
    train_config_read(node_get(tree, "train"), &t, e);
    score_config_read(node_get(tree, "score"), &s, e);
    struct shape images = {2, {28, 28}};
    struct model *m = model ? model_new(model, &images, (enum loss)t.loss, e) : NULL;
    model_free(&m);
}

static int check_example(const char *text, size_t length, struct err *e)
{
    struct node *root = spec_parse("README.md", text, length, e);
    for (int i = 0; root && i < root->n; i++)
        if (!field_find(experiment_fields, root->items[i]->key))
            node_key_error(root->items[i], e, "no section of that name");
    struct spec_sweep *sweep = root ? spec_sweep_new(root, e) : NULL;
    struct search *search = sweep ? search_new(sweep, 27, e) : NULL;
    int trials = search ? (int)search_bound(search) : 0, number;
    double value[16];
    while (search && search_release(search, 1, &number) > 0) {
        struct search_trial t;
        search_trial(search, number, &t, value);
        struct node *tree = spec_sweep_trial(sweep, &t.point, e);
        if (tree)
            check_sections(tree, e);
        node_free(&tree);
    }
    search_free(&search);
    spec_sweep_free(&sweep);
    node_free(&root);
    return e->count ? -1 : trials;
}

static void test_examples(void **state)
{
    (void)state;
    static const char fence[] = "```yaml\n";
    char *readme = read_readme();
    int examples = 0, trials = 0;
    for (const char *at = readme; (at = strstr(at, fence)); examples++) {
        at += strlen(fence);
        struct err e = {0};
        const char *end = strstr(at, "```");
        assert_non_null(end);
        int n = check_example(at, (size_t)(end - at), &e);
        if (n < 1)
            fail_msg("this example is not valid:\n%.*s%s", (int)(end - at), at, e.text);
        trials += n;
        at = end + 3;
    }
    assert_true(examples > 5 && trials > examples); // some with a sweep
    struct err e = {0};
    static const char bad[] = "train: {epoch: 3}\n";
    assert_int_equal(check_example(bad, strlen(bad), &e), -1);
    free(readme);
}

static void test_experiments(void **state)
{
    (void)state;
    char *readme = read_readme(), *pattern = path_of("*.yaml");
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *name = mem_format("`%s`", strrchr(found.gl_pathv[i], '/') + 1);
        if (!strstr(readme, name))
            fail_msg("experiments/README.md does not say what %s is", name);
        free(name);
    }
    globfree(&found);
    free(pattern);
    free(readme);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_experiments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
