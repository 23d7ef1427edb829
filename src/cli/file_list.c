// Searches folders in the order of names, so that two machines list the same files in the same order.
#include "cli/file_list.h"

#include "base/list.h"
#include "base/mem.h"
#include "leaderboard/trial_open.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void add_file(struct file_list *l, const char *path)
{
    if ((l->n & (l->n - 1)) == 0)
        l->paths = mem_grow(l->paths, 2 * (size_t)l->n + 1, sizeof *l->paths);
    l->paths[l->n++] = mem_text(path);
}

static int is_visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static int search_folder(struct file_list *l, const char *folder, struct err *e)
{
    struct dirent **list;
    int n = scandir(folder, &list, is_visible, alphasort), failed = 0;

    if (n < 0)
        return err_errno(e, "%s: cannot list it", folder);
    for (int i = 0; i < n; i++) {
        char *path = mem_format("%s/%s", folder, list[i]->d_name);
        size_t length = strlen(path);
        struct stat s;
        if (lstat(path, &s) == 0 && S_ISDIR(s.st_mode)) // follows no links, which could form a circle
            failed |= search_folder(l, path, e);
        else if ((length > 3 && strcmp(path + length - 3, ".h5") == 0) || path_is_journal(path))
            add_file(l, path);
        free(path);
        free(list[i]);
    }

    free(list);
    return failed;
}

int file_list_add(struct file_list *l, const char *path, struct err *e)
{
    struct stat s;
    int before = l->n;

    if (stat(path, &s) != 0)
        return err_add(e, ERR_USAGE, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(s.st_mode)) {
        add_file(l, path);
        return 0;
    }
    int failed = search_folder(l, path, e);

    return failed || l->n > before ? failed : err_add(e, ERR_USAGE, "%s: no file in it ends in .h5 or .hgj", path);
}

void file_list_free(struct file_list *l)
{
    list_free(l->paths, l->n);
    *l = (struct file_list){0};
}
