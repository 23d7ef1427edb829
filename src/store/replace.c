// Checks what the output of a command may replace: not an input of the command, and only a file of the kind that the
// command writes.
#include "store/store_impl.h"

#include "base/input.h"
#include "store/schema.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *peek_format(const char *path, struct err *unreadable)
{
    struct store_file *f = NULL;
    if (store_walk_objects(path, NULL, 0, unreadable) == 0)
        f = store_open(path, NULL, STORE_CHECKED, unreadable);
    char *format = f ? store_get_text(f, "", STORE_FORMAT) : NULL;
    store_close(&f);

    return format;
}

char *store_peek_format(const char *path)
{
    struct err unreadable = {0};
    return peek_format(path, &unreadable);
}

int store_check_replace(const char *path, const char *format, struct err *e)
{
    const char *why;
    struct stat s;
    if (lstat(path, &s) < 0)
        return 0; // nothing exists that could be replaced
    if (input_check(path, &why) != 0 && errno == ENOENT)
        return 0; // a dangling symbolic link: the file will be made at its target
    if (input_check(path, &why) != 0)
        return err_add(e, ERR_USAGE, "%s: exists: %s", path, why);

    struct err unreadable = {0};
    char *found = peek_format(path, &unreadable);
    int failed = 0;
    if (!found && store_is_damage(&unreadable)) {
        err_merge(e, &unreadable);
        failed = err_add(
            e, ERR_DATA, "%s: a damaged file is not replaced; hint: remove it first, or restore it from a copy", path);
    } else if (!found)
        failed = err_add(e, ERR_USAGE,
            "%s: exists, and is no readable file of this program, allowed: a new file, or one of format %s; hint: "
            "choose another name, or remove it first",
            path, format);
    else if (strcmp(found, format) != 0)
        failed = err_add(e, ERR_USAGE,
            "%s: exists: found format %s, allowed: a new file, or one of format %s; hint: choose another name", path,
            found, format);

    free(found);
    return failed;
}

int store_check_output(const char *option, const char *output, const char *const *inputs, int n, struct err *e)
{
    for (int i = 0; i < n; i++)
        if (inputs[i] && input_is_same(output, inputs[i]))
            return err_add(e, ERR_USAGE,
                "%s: the output is one of the inputs: %s is the file %s; hint: choose another name", option, output,
                inputs[i]);

    return 0;
}
