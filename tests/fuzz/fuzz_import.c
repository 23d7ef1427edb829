// Mutated IDX, gzip, CSV, NumPy, PNG and JPEG files: an import succeeds or says what is wrong, and never crashes.
// Usage: fuzz_import [ROUNDS [SEED]]
// links: import
#include "base/mem.h"
#include "base/random.h"
#include "import/import.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

#include <jpeglib.h>
#include <png.h>

enum { ROOM = 1 << 16 };

struct seed {
    const char *name;
    unsigned char bytes[ROOM];
    size_t n;
};
static struct seed seeds[10];
enum { SEEDS = sizeof seeds / sizeof seeds[0], CSV = 4, U8 = 8, ROWS = 9 };

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

static const unsigned char exif[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0";

// 9 x 7 pixels of 16 bits with alpha and EXIF data; or, interlaced, of a palette of 4 colors.
static void make_png(const char *name, bool has_palette)
{
    png_color palette[4] = {{1, 2, 3}, {40, 50, 60}, {7, 80, 9}, {255, 0, 255}};
    unsigned char rows[7][9 * 8], *at[7], chunk[] = "eXIf";
    FILE *f = fopen(name, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);

    for (size_t i = 0; i < sizeof rows; i++)
        rows[i / sizeof *rows][i % sizeof *rows] = (unsigned char)(i * i);
    for (int y = 0; y < 7; y++)
        at[y] = rows[y];
    png_init_io(png, f);
    png_set_IHDR(png, info, 9, 7, has_palette ? 2 : 16, has_palette ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGBA,
        has_palette, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (has_palette) {
        png_set_PLTE(png, info, palette, 4);
        png_set_tRNS(png, info, (const unsigned char[]){0, 100}, 2, NULL);
    }
    png_write_info(png, info);
    if (!has_palette)
        png_write_chunk(png, chunk, exif + 6, sizeof exif - 7);
    png_write_image(png, at);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    if (fclose(f) != 0)
        exit(1);
}

// 16 x 16 pixels of CMYK in progressive scans, with EXIF data.
static void make_jpeg(const char *name)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char row[16 * 4], *at[] = {row};
    FILE *f = fopen(name, "wb");

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, f);
    jpeg.image_width = jpeg.image_height = 16;
    jpeg.input_components = 4;
    jpeg.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&jpeg);
    jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, exif, sizeof exif - 1);
    for (int y = 0; y < 16; y++) {
        for (int i = 0; i < 64; i++)
            row[i] = (unsigned char)(y * i);
        jpeg_write_scanlines(&jpeg, at, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    if (fclose(f) != 0)
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
    char u8[] = "\x93NUMPY\1\0\x40\0{'descr': '>u8', 'fortran_order': False, 'shape': (2, 3, 4, 2)}     \n";
    char values[sizeof u8 + 384] = {0};
    memcpy(values, u8, sizeof u8 - 1);
    write_bytes("u8.npy", values, 10 + 0x40 + 384);
    unlink("x.npz");
    zip_t *archive = zip_open("x.npz", ZIP_CREATE, NULL);
    zip_file_add(archive, "X.npy", zip_source_file(archive, "x.npy", 0, -1), 0);
    zip_close(archive);
    const char *csv = "\"a\",b,c d,e\n1,2,3.5,yes\n-4e-3,?,\"6\",no\n,8,9,yes\n10,11,NaN,\"no, \"\"never\"\"\"\n";
    write_bytes("x.csv", csv, strlen(csv));
    const char *rows =
        "id,at,kind,up,size,v\na,2020-03-09 10:14:33.5+01:00,tcp,yes,S,1\n\"b, c\",13/3/2020 1:02 PM,\"u\"\"d\",no,M,2\n"
        ",20200309T101433Z,?,yes,L,3\nb,9 Mar 2020,tcp,no,S,\nd,,\xc3\xa9,yes,M,1583748873\n";
    write_bytes("rows.csv", rows, strlen(rows));
    make_png("deep.png", false);
    make_png("palette.png", true);
    make_jpeg("x.jpg");
    static const char *const names[SEEDS] = {
        "x.idx", "x.gz", "x.npy", "x.npz", "x.csv", "deep.png", "palette.png", "x.jpg", "u8.npy", "rows.csv"};
    for (int i = 0; i < SEEDS; i++)
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

// Gives the chunks of a PNG file their checksums again, so that the mutations get past them.
static void mend_checksums(unsigned char *bytes, size_t n)
{
    if (n < 8 || memcmp(bytes, "\x89PNG", 4) != 0)
        return;
    for (size_t at = 8; at + 12 <= n;) {
        size_t length = png_get_uint_32(bytes + at);
        if (length > n - at - 12)
            return;
        png_save_uint_32(bytes + at + 8 + length, (png_uint_32)crc32(0, bytes + at + 4, (uInt)length + 4));
        at += 12 + length;
    }
}

// Options of the kind of this seed: 1, 2 for arrays, 4 for pictures, all for CSV; some for tables with text.
static uint64_t options_of(uint64_t round)
{
    uint64_t kind = round % SEEDS, how = round / SEEDS % 8;

    if (kind == CSV || kind == ROWS)
        return how;
    return kind > CSV && kind < U8 ? how & 4 : how & 3;
}

static void set_rows_options(struct import_options *o, uint64_t how)
{
    static char automatic[] = "auto", named[] = "kind,up", first[] = "1", second[] = "2", both[] = "hour,weekday";
    static char kind[] = "kind", order[] = "size=S<M<L,up";

    o->one_hot = how & 1 ? automatic : named;
    o->id = first;
    o->time = second;
    o->time_features = how & 2 ? both : NULL;
    o->missing_category = how & 2 ? MISSING_NAN : MISSING_OWN;
    o->date_order = how & 4 ? 1 : 0;
    o->group = how == 7 ? kind : NULL;
    o->ordinal = how == 5 ? order : NULL;
}

static void set_options(struct import_options *o, uint64_t kind, uint64_t how)
{
    bool is_csv = kind == CSV;
    if (kind == ROWS) {
        set_rows_options(o, how);
        return;
    }

    static char comment[] = "-", missing[] = "10,?,\"a \"\"b\",", columns[] = "3,\"b\",1";

    if (is_csv) {
        o->skip = how & 1;
        o->decimal = how & 2 ? DECIMAL_COMMA : DECIMAL_POINT;
        o->header = (int)(how >> 1) % 3;
        o->comment = how & 4 ? comment : NULL;
        o->missing = how & 1 ? missing : NULL;
        o->columns = how == 6 ? columns : NULL;
        return;
    }

    o->transpose = how & 1;
    o->channels = how & 2 ? CHANNELS_FIRST : CHANNELS_AUTO;
    o->skip_bad = how & 4;
}

// 1: imported; 0: refused; -1: refused in a wrong way. `how`: which options.
static int import_one(const char *name, char *label, uint64_t kind, uint64_t how)
{
    char output[] = "out.h5:s";
    const char *sources[] = {name};
    struct import_options o = {.sources = sources, .n_sources = 1, .output = output, .force = true, .label = label};
    set_options(&o, kind, how);
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
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 800, seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    char folder[] = "/tmp/hourglass-fuzz-XXXXXX", label[] = "e";
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    make_seeds();
    int good = 0, wrong = 0;
    for (int i = 0; i < SEEDS; i++)
        wrong += import_one(seeds[i].name, i == CSV ? label : NULL, i == ROWS ? ROWS : U8, i == ROWS) !=
                 1; // as they are, they can be imported
    for (uint64_t i = 0; i < rounds; i++) {
        struct seed s = seeds[i % SEEDS];
        uint64_t kind = i % SEEDS;
        s.n = mutate(s.bytes, s.n, seed, i);
        mend_checksums(s.bytes, s.n);
        write_bytes("fuzzed", s.bytes, s.n);
        int status = import_one("fuzzed", kind == CSV && i / SEEDS / 8 % 2 ? label : NULL, kind, options_of(i));
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
