// Finds objects of a file by their path, one component after the other. Follows only hard links: a soft or external
// link can lead to an object that was never walked, or to another file. Also suggests what to write instead of such a
// link.
#include "store/store_impl.h"

#include "base/mem.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

enum presence { PRESENT, ABSENT, LINKED, UNREADABLE };

static enum presence link_presence(hid_t file, const char *path)
{
    htri_t exists = H5Lexists(file, path, H5P_DEFAULT);
    link_info info;
    if (exists < 0 || (exists && link_read(file, path, &info) < 0))
        return UNREADABLE;
    if (!exists)
        return ABSENT;
    return info.type == H5L_TYPE_HARD ? PRESENT : LINKED;
}

static bool is_group(hid_t file, const char *path)
{
    hid_t object = H5Oopen(file, path, H5P_DEFAULT);
    bool yes = object >= 0 && H5Iget_type(object) == H5I_GROUP;
    H5Oclose(object);
    return yes;
}

static enum presence path_presence(hid_t file, const char *path)
{
    char *part = mem_text(path);
    enum presence found = PRESENT;

    for (char *p = part + strspn(part, "/"); *p && found == PRESENT; p += strspn(p, "/")) {
        p += strcspn(p, "/");
        char rest = *p;
        *p = 0;
        found = link_presence(file, part);
        *p = rest;
        if (rest && found == PRESENT) {
            *p = 0;
            found = is_group(file, part) ? PRESENT : ABSENT;
            *p = rest;
        }
    }

    free(part);
    return found;
}

static bool is_root(const char *path)
{
    return path[strspn(path, "/")] == 0;
}

// Returns the path of the group that PATH is in, in new memory.
static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash > path ? mem_format("%.*s", (int)(slash - path), path) : mem_text("/");
}

static int fail_missing(struct store_file *f, const char *path, struct err *e)
{
    if (!e)
        return -1;

    char *parent = parent_of(path), **names = NULL;
    int n = 0;
    struct err scratch = {0};
    char hint[DID_YOU_MEAN_ROOM] = "";
    if (!is_root(path) && path_presence(f->id, parent) == PRESENT && store_list(f, parent, &names, &n, &scratch) == 0)
        text_did_you_mean(hint, object_name(path), (const char *const *)names, n);
    file_fail(f, path, e, "not in the file%s", hint);

    strings_free(names, n);
    free(names);
    free(parent);
    return -1;
}

hid_t object_open(struct store_file *f, const char *path, struct err *e)
{
    ASSERT(f->id >= 0, "%s: not open", f->path);
    if (is_root(path))
        path = "/";
    enum presence found = path_presence(f->id, path);
    if (found == LINKED)
        return file_fail(f, path, e, "behind a soft or external link, which is not followed");
    if (found == ABSENT)
        return fail_missing(f, path, e);

    hid_t object = found == PRESENT ? H5Oopen(f->id, path, H5P_DEFAULT) : -1;
    return object < 0 ? file_fail(f, path, e, "cannot open it") : object;
}

hid_t object_recent(struct store_file *f, const char *path, struct err *e)
{
    ASSERT(f->id >= 0, "%s: not open", f->path);
    if (f->recent_path && strcmp(f->recent_path, path) == 0)
        return f->recent;

    hid_t object = object_open(f, path, e);
    if (object < 0)
        return -1;

    object_forget(f);
    f->recent = object;
    f->recent_path = mem_text(path);
    return object;
}

void object_release(struct store_file *f)
{
    if (!f->temporary)
        object_forget(f);
}

void object_forget(struct store_file *f)
{
    if (f->recent_path)
        H5Oclose(f->recent);
    free(f->recent_path);
    f->recent_path = NULL;
}

hid_t dataset_open(struct store_file *f, const char *path, struct err *e)
{
    hid_t object = object_open(f, path, e);
    if (object < 0 || H5Iget_type(object) == H5I_DATASET)
        return object;
    H5Oclose(object);
    return file_fail(f, path, e, "is a group, not an array");
}

// --- links

// Returns the target of an external link as "FILE:/inner", in new memory. A relative FILE is in the same folder as the
// file with the link.
static char *external_target(const struct store_file *f, const char *file, const char *inner)
{
    int folder = *file == '/' ? 0 : (int)(object_name(f->path) - f->path);
    const char *slash = *inner == '/' ? "" : "/";

    return mem_format("%.*s%s:%s%s", folder, f->path, file, slash, inner);
}

// Returns the target of a link in new memory: "/inner", or "FILE:/inner" if the link is external. Returns NULL if it
// cannot be read.
static char *link_value(struct store_file *f, const char *link, const link_info *info)
{
    enum { VALUE_BYTES_MAX = 65536 };
    const char *file = NULL, *inner = NULL;
    size_t size = info->u.val_size;
    if (size == 0 || size > VALUE_BYTES_MAX)
        return NULL;

    char *value = mem_new(size + 1, 1), *parent = parent_of(link), *out = NULL;
    bool is_read = H5Lget_val(f->id, link, value, size, H5P_DEFAULT) >= 0;

    if (is_read && info->type == H5L_TYPE_SOFT && *value == '/')
        out = mem_text(value);
    else if (is_read && info->type == H5L_TYPE_SOFT)
        out = mem_format("%s/%s", is_root(parent) ? "" : parent, value);
    else if (is_read && info->type == H5L_TYPE_EXTERNAL && H5Lunpack_elink_val(value, size, NULL, &file, &inner) >= 0)
        out = external_target(f, file, inner);

    free(parent);
    free(value);
    return out;
}

// Returns a hint, in new memory, that says what to write instead of `link`, the first link in a path. `rest` is the
// path after it.
static char *describe_link(struct store_file *f, const char *link, const char *rest)
{
    link_info info;
    char *target = link_read(f->id, link, &info) < 0 ? NULL : link_value(f, link, &info), *out;

    if (!target)
        out = mem_format("%s is a link, which is not followed", link);
    else if (info.type == H5L_TYPE_EXTERNAL)
        out = mem_format("%s is an external link to %s: say %s%s", link, target, target, rest);
    else
        out = mem_format("%s is a soft link to %s: say %s:%s%s", link, target, f->path, target, rest);
    free(target);
    return out;
}

char *store_link_hint(struct store_file *f, const char *object)
{
    ASSERT(f->id >= 0, "%s: not open", f->path);
    char *part = mem_text(object), *hint = NULL;
    enum presence found = PRESENT;

    for (char *p = part + strspn(part, "/"); *p && found == PRESENT; p += strspn(p, "/")) {
        p += strcspn(p, "/");
        char rest = *p;
        *p = 0;
        found = link_presence(f->id, part);
        if (found == LINKED)
            hint = describe_link(f, part, object + (p - part));
        else if (found == PRESENT && rest && !is_group(f->id, part))
            found = ABSENT;
        *p = rest;
    }
    free(part);
    return hint;
}

bool store_has(struct store_file *f, const char *object)
{
    if (f->packed)
        return packed_find(f->packed, object) != NULL;

    ASSERT(f->id >= 0, "%s: not open", f->path);
    return path_presence(f->id, object) == PRESENT;
}

const char *object_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *object_sibling(const char *path, const char *name)
{
    return *name == '/' ? mem_text(name) : mem_format("%.*s%s", (int)(object_name(path) - path), path, name);
}

hid_t links_new(void)
{
    hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    H5Pset_char_encoding(links, H5T_CSET_UTF8);
    return links;
}

struct link_names {
    char **names;
    int n;
};

static herr_t list_link(hid_t group, const char *name, const link_info *info, void *list)
{
    (void)group;
    struct link_names *l = list;
    if (info->type != H5L_TYPE_HARD)
        return 0;
    l->names = mem_grow(l->names, (size_t)l->n + 1, sizeof *l->names);
    l->names[l->n++] = mem_text(name);
    return 0;
}

static int packed_list_group(struct store_file *f, const char *group, char ***names, int *n, struct err *e)
{
    const struct packed_object *o = packed_find(f->packed, group);

    if (!o || o->is_array)
        return err_add(e, ERR_DATA, "%s: %s: %s", f->path, group, o ? "is an array, not a group" : "not in the file");
    packed_list(f->packed, o, names, n);
    return 0;
}

int store_list(struct store_file *f, const char *group, char ***names, int *n, struct err *e)
{
    *names = NULL;
    *n = 0;
    if (f->packed)
        return packed_list_group(f, group, names, n, e);

    hid_t object = object_open(f, group, e);
    if (object < 0)
        return -1;

    struct link_names list = {0};
    int rc = H5Iget_type(object) == H5I_GROUP ? 0 : file_fail(f, group, e, "is an array, not a group");
    if (rc == 0 && links_visit(object, list_link, &list) < 0)
        rc = file_fail(f, group, e, "cannot list it");
    H5Oclose(object);
    if (rc < 0) {
        strings_free(list.names, list.n);
        free(list.names);
        return -1;
    }

    *names = list.names;
    *n = list.n;
    return 0;
}
