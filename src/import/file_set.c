// Finds the files that an import reads. A pattern is expanded only if no file has that name. A folder is a table if it
// holds CSV files and no pictures.
#include "import/file_set.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include <dirent.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_set_file(struct file_set *s, char *path)
{
    s->v = mem_grow(s->v, (size_t)s->n + 1, sizeof *s->v);
    s->v[s->n++] = path;
}

static bool has_file_ending(const char *name, const char *const *endings)
{
    size_t n = strlen(name);

    for (; *endings; endings++) {
        size_t m = strlen(*endings);
        if (n > m && strcasecmp(name + n - m, *endings) == 0)
            return true;
    }
    return false;
}

static bool is_table_name(const char *name)
{
    static const char *const endings[] = {".csv", ".tsv", ".csv.gz", ".tsv.gz", NULL};
    return has_file_ending(name, endings);
}

static bool is_picture_name(const char *name)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", NULL};
    return has_file_ending(name, endings);
}

static int is_table_entry(const struct dirent *d)
{
    return d->d_name[0] != '.' && is_table_name(d->d_name);
}

// Returns true if a folder holds neither pictures nor folders, which may hold pictures.
static bool holds_no_pictures(const char *folder)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, NULL);
    bool has_none = true;

    for (int i = 0; i < n; i++) {
        char *path = mem_format("%s/%s", folder, entry[i]->d_name);
        struct stat s;
        bool is_inner = entry[i]->d_name[0] != '.' && stat(path, &s) == 0 && S_ISDIR(s.st_mode);
        has_none = has_none && !is_inner && !is_picture_name(entry[i]->d_name);
        free(path);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    return has_none;
}

// Adds the CSV files of a folder. Returns false if it is not a folder of CSV files.
static bool add_folder_of_tables(struct file_set *s, const char *folder)
{
    struct dirent **entry;
    struct stat status;
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode) || !holds_no_pictures(folder))
        return false;
    int n = scandir(folder, &entry, is_table_entry, alphasort);

    for (int i = 0; i < n; i++) {
        const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
        add_set_file(s, mem_format("%s%s%s", folder, slash, entry[i]->d_name));
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    return n > 0;
}

static int add_pattern(struct file_set *s, const char *pattern, struct err *e)
{
    glob_t found;
    int status = glob(pattern, 0, NULL, &found);

    for (size_t i = 0; status == 0 && i < found.gl_pathc; i++)
        add_set_file(s, mem_text(found.gl_pathv[i]));
    if (status == 0 || status == GLOB_NOMATCH)
        globfree(&found);
    return status == 0 ? 0 : err_add(e, ERR_USAGE, "%s: no file matches this pattern", pattern);
}

// Refuses a file that occurs twice, because its rows would count twice.
static int check_repeats(const struct file_set *s, struct err *e)
{
    struct stat *found = mem_new((size_t)s->n, sizeof *found);
    int result = 0;

    for (int i = 0; i < s->n && result == 0; i++) {
        if (stat(s->v[i], &found[i]) != 0)
            found[i] = (struct stat){0};
        for (int k = 0; k < i && result == 0; k++)
            if (found[i].st_ino && found[i].st_ino == found[k].st_ino && found[i].st_dev == found[k].st_dev)
                result = err_add(
                    e, ERR_USAGE, "%s: found twice among SRC (also as %s), allowed: each file once", s->v[i], s->v[k]);
    }
    free(found);
    return result;
}

int file_set_expand(struct file_set *s, const struct import_options *o, struct err *e)
{
    int result = 0;

    *s = (struct file_set){0};
    for (int i = 0; i < o->n_sources; i++) {
        const char *name = o->sources[i];
        if (access(name, F_OK) != 0 && strpbrk(name, "*?[") && !strstr(name, ":/"))
            result |= add_pattern(s, name, e);
        else if (!*name || !add_folder_of_tables(s, name))
            add_set_file(s, mem_text(name));
    }
    return result == 0 && s->n > 1 ? check_repeats(s, e) : result;
}

void file_set_free(struct file_set *s)
{
    list_free((char **)(void *)s->v, s->n);
    *s = (struct file_set){0};
}

char **file_set_short_names(const char *const *paths, int n)
{
    char **names = mem_new((size_t)n, sizeof *names);
    size_t shared = 0;

    for (size_t at = 0; n > 0 && paths[0][at]; at++) {
        bool differs = false;
        for (int i = 1; i < n && !differs; i++)
            differs = strncmp(paths[0], paths[i], at + 1) != 0;
        if (differs)
            break;
        shared = paths[0][at] == '/' ? at + 1 : shared;
    }
    for (int i = 0; i < n; i++)
        names[i] = mem_text(paths[i] + shared);
    return names;
}
