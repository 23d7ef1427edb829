// Applies the settings of the command line, KEY=VALUE of `--set`, to the tree of a spec.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static const char option[] = "--set";
static const char over_path[] = "sweep.over.";

// Sets the file of all nodes, and removes their lines and columns, which would mislead for an option.
static void place_in_option(struct node *n, const char *file)
{
    node_place(n, file, 0, 0);
    n->key_line = n->key_column = 0;
    for (int i = 0; i < n->n; i++)
        place_in_option(n->items[i], file);
}

static struct node *parse_option_value(const char *key, const char *value, struct err *e)
{
    char *name = mem_format("%s %s", option, key);
    struct node *n = spec_parse(name, value, strlen(value), e);
    free(name);
    if (n) {
        const char *file = name_share(option);
        place_in_option(n, file);
        file_drop(file);
    }
    return n;
}

// Returns the map `sweep.over`, created if it is missing. Returns NULL if it is not a map.
static struct node *make_over(struct node *root)
{
    char why[256];
    struct node *over = node_path(root, "sweep.over");
    if ((!over || over->kind == NODE_NULL) && node_path_check(root, "sweep.over", why) == 0)
        node_put(root, "sweep.over", over = node_new_map());
    return over && over->kind == NODE_MAP ? over : NULL;
}

// Returns the map in which `key`, which may have dots, is a single key: `sweep.over`, a map of `sweep.zip`, or
// `variables`. Strips "sweep.over." from the key. Returns NULL if the key is a path into the spec.
static struct node *find_map_of_key(struct node *root, const char **key)
{
    struct node *over = node_path(root, "sweep.over");
    struct node *variables = node_get(root, "variables");
    size_t prefix = strlen(over_path);
    if (strncmp(*key, over_path, prefix) == 0 && (*key)[prefix] && (over = make_over(root))) {
        *key += prefix;
        return over;
    }
    if (node_get(over, *key))
        return over;
    const struct node *zip = node_path(root, "sweep.zip");
    for (int g = 0; g < node_count(zip); g++)
        if (node_get(node_item(zip, g), *key))
            return zip->kind == NODE_MAP ? node_path(root, "sweep.zip") : zip->items[g];
    return node_get(variables, *key) ? variables : NULL;
}

static int put_setting(struct node *root, const char *key, struct node *value, struct err *e)
{
    char why[256];
    struct node *map = find_map_of_key(root, &key);

    if (map) {
        node_add(map, key, value);
    } else if (node_path_check(root, key, why) == 0) {
        node_put(root, key, value);
    } else {
        node_free(&value);
        return err_at(e, ERR_USAGE, option, 0, 0, "%s", why);
    }

    return 0;
}

int spec_set(struct node *root, const char *setting, struct err *e)
{
    const char *equals = strchr(setting, '=');
    if (!equals || equals == setting)
        return err_at(
            e, ERR_USAGE, option, 0, 0, "found '%.100s', allowed: KEY=VALUE, such as train.epochs=3", setting);
    char *key = mem_format("%.*s", (int)(equals - setting), setting);
    struct node *value = parse_option_value(key, equals + 1, e);
    int rc = value ? put_setting(root, key, value, e) : -1;
    free(key);
    return rc;
}
