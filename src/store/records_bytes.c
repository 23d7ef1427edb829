// Reads the bytes of records from a run's file.
#include "store/journal_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include "store/store_impl.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK = RECORDS_BLOCK_BYTES };

// Records have checksums of their own. So we read one record without comparing the others.
int records_read(struct store_file *run, int64_t at, void *to, size_t n, struct err *e)
{
    struct open_array a;
    if (array_open(run, RUN_RECORDS "/" RECORDS_DATA, &a, e) < 0)
        return -1;

    const int64_t first = at / BLOCK, blocks = (at + (int64_t)n + BLOCK - 1) / BLOCK - first;
    unsigned char *bytes = NULL;
    int rc = 0;
    if (a.shape.type != STORE_U8 || a.shape.rank != 2 || a.shape.dims[1] != BLOCK || at < 0 ||
        first > a.shape.dims[0] - blocks)
        rc = err_add(e, ERR_DATA, "%s: " RUN_RECORDS ": damaged: no record at byte %lld", run->path, (long long)at);
    else if (!(bytes = mem_array((size_t)(blocks * BLOCK) + 1, 1, RECORDS_DATA, e)))
        rc = -1;
    else
        rc = array_read(&a, 0, store_entries(first, blocks), H5T_NATIVE_UINT8, bytes, e);
    if (rc == 0 && n)
        memcpy(to, bytes + (at - first * BLOCK), n);

    free(bytes);
    array_close(&a);
    return rc;
}
