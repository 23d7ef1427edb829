// Mutated IDX, gzip, CSV, .npy and .npz files: an import succeeds or says what is wrong, and never crashes or hangs.
// Usage: fuzz_import [ROUNDS [SEED]]
// links: data store base
#include "base/mem.h"
#include "base/random.h"
#include "data/import.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

enum { ROOM = 1 << 16 };

struct seed {
    const char *name;
    unsigned char bytes[ROOM];
    size_t n;
};
static struct seed seeds[5];

static void seed_read(struct seed *s, const char *name)
{
    s->name = name;
    FILE *f = fopen(name, "rb");
    s->n = f ? fread(s->bytes, 1, ROOM / 2, f) : 0;
    if (s->n == 0 || fclose(f) != 0)
        exit(1);
}

static void write_bytes(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        exit(1);
}

static void make_seeds(void)
{
    unsigned char idx[16 + 600] = {0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 10, 0, 0, 0, 10};
    for (size_t i = 16; i < sizeof idx; i++)
        idx[i] = (unsigned char)(i * i);
    write_bytes("x.idx", idx, sizeof idx);
    gzFile z = gzopen("x.gz", "wb");
    gzwrite(z, idx, sizeof idx);
    gzclose(z);
    char npy[256] = "\x93NUMPY\1\0\x40\0{'descr': '<f4', 'fortran_order': True, 'shape': (6, 7), }     \n";
    write_bytes("x.npy", npy, 10 + 0x40 + 168);
    unlink("x.npz");
    zip_t *archive = zip_open("x.npz", ZIP_CREATE, NULL);
    zip_file_add(archive, "X.npy", zip_source_file(archive, "x.npy", 0, -1), 0);
    zip_close(archive);
    const char *csv = "\"a\",b,c d,e\n1,2,3.5,yes\n-4e-3,?,\"6\",no\n,8,9,yes\n10,11,NaN,\"no, \"\"never\"\"\"\n";
    write_bytes("x.csv", csv, strlen(csv));
    static const char *const names[] = {"x.idx", "x.gz", "x.npy", "x.npz", "x.csv"};
    for (int i = 0; i < 5; i++)
        seed_read(&seeds[i], names[i]);
}

// A few bytes changed, a piece cut out or doubled, the end cut off.
static size_t mutate(unsigned char *bytes, size_t n, uint64_t seed, uint64_t round)
{
    struct random_block r = random_at(seed, RANDOM_SAMPLE, 0, round);
    for (uint32_t i = 0; i < 1 + r.v[0] % 6; i++) {
        struct random_block change = random_at(seed, RANDOM_SAMPLE, 1 + i, round);
        size_t place = change.v[2] & 1 ? change.v[0] % n : change.v[0] % (n < 90 ? n : 90); // headers more often
        bytes[place] =
            change.v[2] & 2 ? (unsigned char)change.v[1] : (unsigned char)"0,\n'\"-(\0\377;"[change.v[1] % 10];
    }
    size_t from = r.v[1] % n, length = r.v[2] % (n - from) + 1;
    if (r.v[3] % 8 == 0) { // cut out
        memmove(bytes + from, bytes + from + length, n - from - length);
        n -= length;
    } else if (r.v[3] % 8 == 1) { // double
        memmove(bytes + from + length, bytes + from, n - from);
        n += length;
    } else if (r.v[3] % 8 == 2) {
        n = from;
    }
    return n;
}

// 1: imported; 0: refused; -1: refused in a wrong way.
static int import_one(const char *name, char *label)
{
    char output[] = "out.h5:s";
    const char *sources[] = {name};
    struct import_options o = {.sources = sources, .n_sources = 1, .output = output, .force = true, .label = label};
    struct import_summary summary;
    struct err e = {0};
    if (import_run(&o, &summary, &e) == 0) {
        import_summary_free(&summary);
        return 1;
    }
    if (e.count > 0 && (e.kind == ERR_DATA || e.kind == ERR_USAGE))
        return 0;
    printf("kind %d: %s", (int)e.kind, e.text);
    return -1;
}

int main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 500, seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    char folder[] = "/tmp/hourglass-fuzz-XXXXXX", label[] = "e";
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    make_seeds();
    int good = 0, wrong = 0;
    for (int i = 0; i < 5; i++)
        wrong += import_one(seeds[i].name, i == 4 ? label : NULL) != 1; // as they are, they can be imported
    for (uint64_t i = 0; i < rounds; i++) {
        struct seed s = seeds[i % 5];
        s.n = mutate(s.bytes, s.n, seed, i);
        write_bytes("fuzzed", s.bytes, s.n);
        int status = import_one("fuzzed", i % 5 == 4 && i % 2 ? label : NULL);
        good += status == 1;
        wrong += status == -1;
        if (status == -1)
            printf("    round %llu, from %s\n", (unsigned long long)i, s.name);
    }
    printf("%llu files: %d imported, the others refused, %d wrongly\n", (unsigned long long)rounds, good, wrong);
    char *command = mem_format("rm -rf '%s'", folder);
    wrong += system(command) != 0;
    free(command);
    return wrong > 0;
}
