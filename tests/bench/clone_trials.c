// Many trial files out of one: FILE.h5's bytes with another id, number and ROC AUC each, into FOLDER/trials.
// links: store comm base
// The id stands in the file as a text and the others as plain numbers; of checksums that of attributes alone changes.
// So the clones, with a seal of their own, are whole trial files, made as fast as a disk takes them. Usage:
// clone_trials FILE.h5 FOLDER COUNT [ROC_AUC].
#include "base/hash.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/seal.h"
#include "store/store.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SEAL_BYTES = 128 };

struct bytes {
    char *data;    // owned
    size_t length; // without the seal
};

static struct bytes read_file(const char *path)
{
    struct stat s;
    FILE *in = fopen(path, "rb");
    if (!in || fstat(fileno(in), &s) != 0) {
        perror(path);
        exit(1);
    }
    struct bytes b = {mem_new((size_t)s.st_size, 1), (size_t)s.st_size};
    if (fread(b.data, 1, b.length, in) != b.length)
        exit(1);
    fclose(in);
    if (b.length < SEAL_BYTES || sscanf(b.data + b.length - SEAL_BYTES, "Sealed HDF5: bytes %zu", &b.length) != 1) {
        fprintf(stderr, "%s: has no seal\n", path);
        exit(1);
    }
    return b;
}

static int replace(struct bytes b, const void *old, const void *new, size_t n)
{
    int found = 0;
    for (char *at = b.data; (at = memmem(at, b.length - (size_t)(at - b.data), old, n)); at += n, found++)
        memcpy(at, new, n);
    return found;
}

static void write_file(const char *path, struct bytes b)
{
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(b.data, 1, b.length, out) != b.length || fclose(out) != 0) {
        perror(path);
        exit(1);
    }
}

static void mend_checksum(const char *path, struct bytes b)
{
    struct err e = {0};
    char now[17];
    struct store_file *f = store_open(path, FORMAT_TRIAL, STORE_OWN, &e);
    char *old = f ? store_get_text(f, "", STORE_ATTRIBUTES_CHECKSUM) : NULL;
    if (!old || store_attributes_checksum(f, "", now, &e) != 0)
        exit(err_print(&e));
    store_close(&f);
    replace(b, old, now, 16);
    free(old);
    write_file(path, b);
    if (seal_write(path, path, &(struct seal_arrays){0}, &e) < 0)
        exit(err_print(&e));
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc > 5) {
        fprintf(stderr, "usage: clone_trials FILE.h5 FOLDER COUNT [ROC_AUC]\n");
        return 2;
    }
    struct bytes original = read_file(argv[1]), copy = {mem_new(original.length, 1), original.length};
    const char *name = strrchr(argv[1], '/') ? strrchr(argv[1], '/') + 1 : argv[1];
    char *trials = mem_format("%s/trials", argv[2]);
    double auc = argc > 4 ? strtod(argv[4], NULL) : 0;
    mkdir(argv[2], 0777);
    mkdir(trials, 0777);
    for (int i = 0; i < atoi(argv[3]); i++) {
        char id[33], number[16];
        snprintf(number, sizeof number, "%d", i);
        hash_identity(id, number, strlen(number));
        id[16] = 0;
        memcpy(copy.data, original.data, original.length);
        if (!replace(copy, name, id, 16)) {
            fprintf(stderr, "%s: does not hold its id %.16s\n", argv[1], name);
            return 1;
        }
        double other = auc - 1e-6 * (i % 997);
        if (auc > 0)
            replace(copy, &auc, &other, sizeof auc);
        char *path = mem_format("%s/%s.h5", trials, id);
        write_file(path, copy);
        mend_checksum(path, copy);
        free(path);
    }
    free(trials);
    free(original.data);
    free(copy.data);
    return 0;
}
