// A contiguous array as memory: its bytes in the file, mapped read-only.
#include "store/store_impl.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// The place of the dataset's bytes in the file; HADDR_UNDEF where its stored form is not its form in memory.
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

static int map_bytes(
    struct store_file *f, const char *path, int fd, size_t offset, struct store_mapping *map, struct err *e)
{
    ASSERT(map->bytes > 0 && fd >= 0, "%s: %s: nothing to map", f->path, path);
    size_t start = offset / (size_t)sysconf(_SC_PAGESIZE) * (size_t)sysconf(_SC_PAGESIZE);
    size_t length = offset - start + map->bytes;
    void *base = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, (off_t)start);
    if (base == MAP_FAILED)
        return err_errno(e, "%s: %s: cannot map it", f->path, path);

    ASSERT(start <= offset && offset - start + map->bytes <= length, "%s: %s: mapped too little", f->path, path);
    map->base = base;
    map->length = length;
    map->data = (const char *)base + (offset - start);
    map->watch = map_watch_new(f->path, fd, base, length);
    return 0;
}

static int map_dataset(struct store_file *f, const char *path, hid_t dataset, struct store_mapping *map, struct err *e)
{
    static const char nothing[1];
    struct store_shape shape;
    if (dataset_shape(f, path, dataset, &shape, e) < 0)
        return -1;

    size_t element = store_type_size(shape.type);
    map->bytes = (size_t)(shape_rows(&shape) * shape_row_elements(&shape)) * element;
    if (map->bytes == 0) {
        map->data = nothing;
        return 0;
    }
    haddr_t offset = plain_offset(dataset, shape.type);
    if (offset == HADDR_UNDEF || offset % element != 0)
        return 0;
    int *fd;
    struct stat status;
    if (H5Fget_vfd_handle(f->id, H5P_DEFAULT, (void **)&fd) < 0 || fstat(*fd, &status) < 0)
        return file_fail(f, path, e, "cannot map it");
    size_t size = (size_t)status.st_size;
    if (offset > size || map->bytes > size - offset)
        return file_fail(f, path, e, "ends behind the end of the file: is the file cut off?");

    return map_bytes(f, path, *fd, offset, map, e);
}

int store_map(struct store_file *f, const char *path, struct store_mapping *map, struct err *e)
{
    *map = (struct store_mapping){0};
    hid_t dataset = dataset_open(f, path, e);
    if (dataset < 0)
        return -1;
    int r = map_dataset(f, path, dataset, map, e);
    H5Dclose(dataset);
    return r;
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
