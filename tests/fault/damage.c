// Damaged copies of a file, each with one change: damage KIND FILE.h5 FOLDER COUNT [SEED] writes FOLDER/<number>.h5.
// links: store base
// KIND: bit, byte: of the whole file, at random; heap: the size of an object of a heap, or of a heap; old-heap: the
// same of the file without its seal, as earlier versions wrote it.
#include "base/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SEAL_BYTES = 128 };

struct bytes {
    char *data; // owned
    size_t n;
};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 24) % below;
}

static struct bytes file_read(const char *path)
{
    struct stat s;
    FILE *in = fopen(path, "rb");
    if (!in || fstat(fileno(in), &s) != 0) {
        perror(path);
        exit(1);
    }
    struct bytes b = {mem_new((size_t)s.st_size + 1, 1), (size_t)s.st_size};
    if (fread(b.data, 1, b.n, in) != b.n)
        exit(1);
    fclose(in);
    return b;
}

static void file_write(const char *folder, int number, struct bytes b)
{
    char *path = mem_format("%s/%06d.h5", folder, number);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(b.data, 1, b.n, out) != b.n || fclose(out) != 0) {
        perror(path);
        exit(1);
    }
    free(path);
}

static void unseal(struct bytes *b)
{
    const char *seal = b->n > SEAL_BYTES ? b->data + b->n - SEAL_BYTES : "";
    if (sscanf(seal, "Sealed HDF5: bytes %zu", &b->n) != 1) {
        fprintf(stderr, "the file has no seal\n");
        exit(1);
    }
}

// --- the sizes in heaps: 8 bytes each, little-endian
struct sizes {
    size_t *at; // owned
    int n;
};

static void size_add(struct sizes *s, size_t at)
{
    s->at = mem_grow(s->at, (size_t)s->n + 1, sizeof *s->at);
    s->at[s->n++] = at;
}

// A global heap: signature, version, its size; then objects: index, references, 4 bytes, size, data in eights of bytes.
static void global_heap(struct sizes *s, struct bytes b, size_t at)
{
    uint64_t heap, object;
    memcpy(&heap, b.data + at + 8, 8);
    size_add(s, at + 8);
    for (size_t o = at + 16; o + 16 <= at + heap && o + 16 <= b.n; o += 16 + (object + 7) / 8 * 8) {
        uint16_t index;
        memcpy(&index, b.data + o, 2);
        memcpy(&object, b.data + o + 8, 8);
        size_add(s, o + 8);
        if (index == 0) // free space, the last
            break;
    }
}

// A local heap: signature, version, size of its data, offset of its first free block, where its data are.
static void local_heap(struct sizes *s, struct bytes b, size_t at)
{
    uint64_t free_block, data;
    memcpy(&free_block, b.data + at + 16, 8);
    memcpy(&data, b.data + at + 24, 8);
    size_add(s, at + 8);
    size_add(s, at + 16);
    if (free_block < b.n && data + free_block + 16 <= b.n)
        size_add(s, data + free_block + 8);
}

static struct sizes sizes_find(struct bytes b)
{
    struct sizes s = {0};
    for (size_t at = 0; at + 40 <= b.n; at += 8) {
        if (memcmp(b.data + at, "GCOL", 4) == 0)
            global_heap(&s, b, at);
        if (memcmp(b.data + at, "HEAP", 4) == 0)
            local_heap(&s, b, at);
    }
    if (s.n == 0) {
        fprintf(stderr, "the file has no heaps\n");
        exit(1);
    }
    return s;
}

static void size_change(struct bytes b, const struct sizes *s)
{
    uint64_t old, new;
    char *at = b.data + s->at[draw((uint64_t)s->n)];
    memcpy(&old, at, 8);
    do {
        const uint64_t choices[] = {0, old + 1, old - 1, 2 * old, old + 8, old + 4096, draw(1 << 16), UINT64_C(1) << 31,
            UINT64_C(1) << 63, UINT64_MAX, UINT64_MAX - 7, old ^ UINT64_C(1) << draw(64)};
        new = choices[draw(sizeof choices / sizeof choices[0])];
    } while (new == old);
    memcpy(at, &new, 8);
}

static void change(const char *kind, struct bytes b, const struct sizes *s)
{
    char *at = b.data + draw(b.n);
    if (strcmp(kind, "bit") == 0)
        *at = (char)(*at ^ 1 << draw(8));
    else if (strcmp(kind, "byte") == 0)
        *at = (char)(*at + 1 + (char)draw(255));
    else
        size_change(b, s);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: damage bit|byte|heap|old-heap FILE.h5 FOLDER COUNT [SEED]\n");
        return 2;
    }
    const char *kind = argv[1];
    struct bytes original = file_read(argv[2]);
    struct sizes sizes = {0};

    if (strcmp(kind, "old-heap") == 0)
        unseal(&original);
    if (strstr(kind, "heap"))
        sizes = sizes_find(original);
    struct bytes copy = {mem_new(original.n, 1), original.n};
    for (int i = 0; i < atoi(argv[4]); i++) {
        state = (argc > 5 ? strtoull(argv[5], NULL, 10) : 1) * 1000003 + (uint64_t)i;
        draw(2);
        memcpy(copy.data, original.data, original.n);
        change(kind, copy, &sizes);
        file_write(argv[3], i, copy);
    }
    free(sizes.at);
    free(original.data);
    free(copy.data);

    return 0;
}
