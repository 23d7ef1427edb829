// Maps the bytes of a contiguous array read-only, so that all processes of a node share them in the page cache.
#include "store/store_impl.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Returns the offset of the array's bytes in the file. Returns HADDR_UNDEF if the array has other bytes in the file
// than in memory, for example because it is compressed.
static haddr_t plain_offset(hid_t dataset, enum store_type type)
{
    hid_t creation = H5Dget_create_plist(dataset), stored = H5Dget_type(dataset), native = type_open(type);
    bool is_plain = type != STORE_TEXT && H5Pget_layout(creation) == H5D_CONTIGUOUS && H5Pget_nfilters(creation) == 0 &&
                    H5Pget_external_count(creation) == 0 && H5Tequal(stored, native) > 0;
    haddr_t offset = is_plain ? H5Dget_offset(dataset) : HADDR_UNDEF;
    H5Tclose(native);
    H5Tclose(stored);
    H5Pclose(creation);
    return offset;
}

static int map_bytes(const struct open_array *a, int fd, size_t offset, struct store_mapping *map, struct err *e)
{
    ASSERT(map->bytes > 0 && fd >= 0, "%s: %s: nothing to map", a->f->path, a->path);
    size_t start = offset / (size_t)sysconf(_SC_PAGESIZE) * (size_t)sysconf(_SC_PAGESIZE);
    size_t length = offset - start + map->bytes;
    void *base = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, (off_t)start);
    if (base == MAP_FAILED)
        return err_errno(e, "%s: %s: cannot map it", a->f->path, a->path);

    ASSERT(start <= offset && offset - start + map->bytes <= length, "%s: %s: mapped too little", a->f->path, a->path);
    map->base = base;
    map->length = length;
    map->data = (const char *)base + (offset - start);
    map->watch = map_watch_new(a->f->path, fd, base, length);
    return 0;
}

static int map_array(const struct open_array *a, struct store_mapping *map, struct err *e)
{
    static const char nothing[1];
    const size_t element = store_type_size(a->shape.type);
    int *fd;
    struct stat status;

    map->bytes = (size_t)(shape_rows(&a->shape) * shape_row_elements(&a->shape)) * element;
    if (map->bytes == 0) {
        map->data = nothing;
        return 0;
    }

    haddr_t offset = plain_offset(a->dataset, a->shape.type);
    if (offset == HADDR_UNDEF || offset % element != 0)
        return 0;
    if (H5Fget_vfd_handle(a->f->id, H5P_DEFAULT, (void **)&fd) < 0 || fstat(*fd, &status) < 0)
        return file_fail(a->f, a->path, e, "cannot map it");

    size_t size = (size_t)status.st_size;
    if (offset > size || map->bytes > size - offset)
        return file_fail(a->f, a->path, e, "ends behind the end of the file: is the file cut off?");
    return map_bytes(a, *fd, offset, map, e);
}

int store_map(struct store_file *f, const char *path, struct store_mapping *map, struct err *e)
{
    struct open_array a;

    *map = (struct store_mapping){0};
    if (array_open(f, path, &a, e) < 0)
        return -1;

    int rc = map_array(&a, map, e);
    array_close(&a);
    return rc;
}

void store_unmap(struct store_mapping *map)
{
    map_watch_free(&map->watch);
    if (map->base)
        munmap(map->base, map->length);
    *map = (struct store_mapping){0};
}

void store_map_advise(const struct store_mapping *map, size_t first, size_t n, enum store_map_need need)
{
    if (!map->base || n == 0)
        return;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t begin = (size_t)((const char *)map->data - (const char *)map->base) + first, start = begin / page * page;
    size_t end = begin + n < map->length ? begin + n : map->length;
    madvise((char *)map->base + start, end - start, need == STORE_MAP_SOON ? MADV_WILLNEED : MADV_DONTNEED);
}
