// Malformed and foreign files: refused or read, but never a crash or a hang of this process.
// links: store base
#include "store_folder.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <hdf5.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

// Everything that a caller may ask of an array.
static void read_array(struct store_file *f, const char *path)
{
    struct err e = {0};
    struct store_shape shape;
    struct store_mapping map;
    if (store_get_shape(f, path, &shape, &e) < 0)
        return;
    int64_t rows = shape.rank ? shape.dims[0] : 1, elements = 1;
    for (int i = 1; i < shape.rank; i++)
        elements *= shape.dims[i];
    if (rows * elements > (1 << 24) || rows * elements == 0)
        return;
    void *data = mem_array((size_t)(rows * elements), sizeof(double), path, &e);
    assert_non_null(data);
    int r = store_read(f, path, shape.type, store_entries(0, rows), data, &e);
    for (int64_t i = 0; shape.type == STORE_TEXT && r == 0 && i < rows * elements; i++)
        free(((char **)data)[i]);
    if (shape.type != STORE_TEXT)
        store_read(f, path, STORE_F64, store_entries(0, rows), data, &e);
    store_verify(f, path, &e);
    if (store_map(f, path, &map, &e) == 0 && map.data && map.bytes) {
        volatile char last = ((const char *)map.data)[map.bytes - 1];
        (void)last;
    }
    store_unmap(&map);
    free(data);
}

static int read_group(struct store_file *f, const char *group, int depth)
{
    struct err e = {0};
    char **names;
    int n, arrays = 0;
    if (depth > 8 || store_list(f, group, &names, &n, &e) < 0)
        return 0;
    for (int i = 0; i < n; i++) {
        char *path = mem_format("%s/%s", group, names[i]);
        int64_t whole;
        double real;
        free(store_get_text(f, path, "long_name"));
        store_get_int(f, path, "long_name", &whole, NULL);
        store_get_real(f, path, "long_name", &real, NULL);
        read_array(f, path);
        arrays += 1 + read_group(f, path, depth + 1);
        free(path);
        free(names[i]);
    }
    free(names);
    return arrays;
}

// Opens and reads one file in a process of its own, as a command does: what one malformed file leaves in the library
// must not be judged with the next. Exit code 0: opened; 3: refused; anything else, a signal above all, is what must
// not happen.
static int open_alone(const char *path)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); // cmocka would continue with the next test
        struct err e = {0};
        time_t start = time(NULL);
        struct store_file *f = store_open(path, NULL, STORE_CHECK, &e);
        print_message("%ld s: %s", (long)(time(NULL) - start), f ? path : e.text);
        if (f)
            print_message(": opened, %d objects\n", read_group(f, "", 0));
        int code = f ? 0 : (int)e.kind;
        store_close(&f);
        fflush(NULL);
        _exit(code);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Returns true for a file with a compressed chunk that is shorter than a chunk. HDF5 1.10 reads beyond its end, and
// what lies there decides in each process whether that crashes. Commands that read files of others are guarded against
// that (cli/guard.c).
static bool is_read_by_chance(const char *name)
{
    return strcmp(name, "cve-2024-32614.h5") == 0;
}

static void test_malformed(void **state)
{
    (void)state;
    const char *data = getenv("HOURGLASS_DATA");
    char *folder = mem_format("%s/hdf5-malformed", data ? data : "");
    DIR *d = data ? opendir(folder) : NULL;
    if (!d) {
        print_message("HOURGLASS_DATA/hdf5-malformed is not here\n");
        free(folder);
        skip();
    }
    int refused = 0, opened = 0;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = mem_format("%s/%s", folder, entry->d_name);
        int code = open_alone(path);
        if (code == -1 && is_read_by_chance(entry->d_name))
            code = ERR_DATA;
        if (code != 0 && code != ERR_DATA)
            fail_msg("%s: exit code or signal: %d", path, code);
        refused += code == ERR_DATA;
        opened += code == 0;
        free(path);
    }
    closedir(d);
    free(folder);
    print_message("%d refused, %d opened\n", refused, opened);
    assert_true(refused > 0);
}

// --- files of other programs
static int forks;

pid_t fork(void) // counts what the C library's does
{
    forks++;
    return ((pid_t(*)(void))dlsym(RTLD_NEXT, "fork"))();
}

static void foreign_array(hid_t file, const char *name, hid_t stored, hid_t memory, hid_t creation, const void *data)
{
    hsize_t n = 4;
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t dataset = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(dataset >= 0);
    if (data)
        assert_true(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static hid_t fixed_text_type(size_t size, H5T_str_t padding)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_strpad(type, padding);
    return type;
}

static hid_t boolean_type(void) // as h5py writes them
{
    hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    H5Tenum_insert(type, "FALSE", &(int8_t){0});
    H5Tenum_insert(type, "TRUE", &(int8_t){1});
    return type;
}

static hid_t chunked(void)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, (hsize_t[]){3});
    return creation;
}

static void make_types(hid_t file)
{
    static const uint16_t u16[] = {0, 1, 65535, 7};
    static const uint64_t u64[] = {0, 1, UINT64_MAX, 7};
    static const double reals[] = {0.5, 1, -2, 1e10};
    static const int8_t booleans[] = {0, 1, 1, 0};
    static const char padded[] = "ab  cdefa b     ", ended[] = "ab\0\0cdefa\0bc\0\0\0";
    hid_t boolean = boolean_type(), spaces = fixed_text_type(4, H5T_STR_SPACEPAD);
    hid_t nuls = fixed_text_type(4, H5T_STR_NULLPAD), pair = H5Tcreate(H5T_COMPOUND, 16);
    H5Tinsert(pair, "a", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(pair, "b", 8, H5T_NATIVE_DOUBLE);
    foreign_array(file, "u16", H5T_STD_U16BE, H5T_NATIVE_UINT16, H5P_DEFAULT, u16);
    foreign_array(file, "u64", H5T_STD_U64LE, H5T_NATIVE_UINT64, H5P_DEFAULT, u64);
    foreign_array(file, "f32be", H5T_IEEE_F32BE, H5T_NATIVE_DOUBLE, H5P_DEFAULT, reals);
    foreign_array(file, "boolean", boolean, boolean, H5P_DEFAULT, booleans);
    foreign_array(file, "spaces", spaces, spaces, H5P_DEFAULT, padded);
    foreign_array(file, "nuls", nuls, nuls, H5P_DEFAULT, ended);
    foreign_array(file, "pair", pair, pair, H5P_DEFAULT, NULL);
    foreign_array(file, "never", H5T_NATIVE_FLOAT, H5T_NATIVE_FLOAT, H5P_DEFAULT, NULL);
    H5Tclose(boolean);
    H5Tclose(spaces);
    H5Tclose(nuls);
    H5Tclose(pair);
}

static void make_forms(hid_t file)
{
    static const double reals[] = {0.5, 1, -2, 1e10};
    hid_t gzip = chunked(), offset = chunked(), away = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_shuffle(gzip);
    H5Pset_deflate(gzip, 6);
    H5Pset_fletcher32(gzip);
    H5Pset_scaleoffset(offset, H5Z_SO_INT, 0);
    H5Pset_external(away, "/etc/hostname", 0, 32);
    foreign_array(file, "data", H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, H5P_DEFAULT, reals);
    foreign_array(file, "gzip", H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, gzip, reals);
    foreign_array(file, "scaleoffset", H5T_NATIVE_INT32, H5T_NATIVE_DOUBLE, offset, reals);
    foreign_array(file, "away", H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, away, NULL);
    H5Lcreate_soft("/data", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/", file, "loop", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/data", file, "external", H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(gzip);
    H5Pclose(offset);
    H5Pclose(away);
}

static void make(const char *path, void (*fill)(hid_t file))
{
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    fill(file);
    H5Fclose(file);
}

static struct store_file *open_foreign(const char *path)
{
    struct err e = {0};
    struct store_file *f = store_open(path, NULL, STORE_CHECK, &e);
    if (!f)
        fail_msg("%s", e.text);
    return f;
}

static void check_texts(struct store_file *f, const char *path, const char *const wanted[4])
{
    struct err e = {0};
    char *texts[4];
    assert_ok(store_read(f, path, STORE_TEXT, store_entries(0, 4), texts, &e), e);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(texts[i], wanted[i]);
        free(texts[i]);
    }
}

static void test_types(void **state)
{
    struct err e = {0};
    struct store_shape shape;
    struct store_mapping map;
    int32_t wholes[4];
    int64_t big[4];
    int8_t booleans[4];
    float reals[4];
    make(in_folder(state, "a.h5"), make_types);
    struct store_file *f = open_foreign(in_folder(state, "a.h5"));
    assert_ok(store_get_shape(f, "u16", &shape, &e), e);
    assert_int_equal(shape.type, STORE_I32);
    assert_ok(store_read(f, "u16", STORE_I32, store_entries(0, 4), wholes, &e), e);
    assert_int_equal(wholes[2], 65535);
    assert_error(store_read(f, "u64", STORE_I64, store_entries(0, 4), big, &e), e, ERR_DATA,
        "u64: row 2: found a value that i8 (up to 2^63 - 1) cannot hold");
    assert_ok(store_read(f, "f32be", STORE_F32, store_entries(0, 4), reals, &e), e);
    assert_true(reals[0] == 0.5f && reals[3] == 1e10f);
    assert_ok(store_map(f, "f32be", &map, &e), e);
    assert_null(map.data);
    assert_ok(store_read(f, "boolean", STORE_I8, store_entries(0, 4), booleans, &e), e);
    assert_memory_equal(booleans, ((int8_t[]){0, 1, 1, 0}), 4);
    check_texts(f, "spaces", (const char *const[]){"ab", "cdef", "a b", ""});
    check_texts(f, "nuls", (const char *const[]){"ab", "cdef", "a", ""});
    assert_error(store_get_shape(f, "pair", &shape, &e), e, ERR_DATA, "neither numbers nor strings");
    assert_ok(store_read(f, "never", STORE_F32, store_entries(0, 4), reals, &e), e);
    assert_true(reals[3] == 0);
    store_close(&f);
}

static void test_forms(void **state)
{
    struct err e = {0};
    struct store_shape shape;
    double reals[4];
    char **names;
    int n;
    make(in_folder(state, "a.h5"), make_forms);
    struct store_file *f = open_foreign(in_folder(state, "a.h5"));
    assert_ok(store_read(f, "gzip", STORE_F64, store_entries(0, 4), reals, &e), e);
    assert_true(reals[3] == 1e10);
    assert_error(
        store_get_shape(f, "scaleoffset", &shape, &e), e, ERR_DATA, "scaleoffset: filter 6 (scaleoffset), allowed are");
    assert_error(store_get_shape(f, "away", &shape, &e), e, ERR_DATA, "in other files");
    assert_error(
        store_read(f, "soft", STORE_F64, store_entries(0, 4), reals, &e), e, ERR_DATA, "soft or external link");
    assert_error(
        store_read(f, "external", STORE_F64, store_entries(0, 4), reals, &e), e, ERR_DATA, "soft or external link");
    assert_error(store_read(f, "loop/loop/data", STORE_F64, store_entries(0, 4), reals, &e), e, ERR_DATA,
        "soft or external link");
    assert_false(store_has(f, "soft") || store_has(f, "external") || store_has(f, "loop/data"));
    assert_ok(store_list(f, "", &names, &n, &e), e);
    assert_int_equal(n, 4);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    store_close(&f);
}

static void cut(const char *from, const char *to, size_t bytes)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    for (size_t i = 0; i < bytes; i++)
        fputc(fgetc(in), out);
    fclose(in);
    fclose(out);
}

static void refuse(const char *path, const char *why)
{
    struct err e = {0};
    assert_null(store_open(path, NULL, STORE_CHECK, &e));
    assert_error(-1, e, ERR_DATA, why);
}

// good.h5 cut off at many lengths, and what never was HDF5.
static void test_refused(void **state)
{
    struct stat s;
    const char *good = in_folder(state, "good.h5");
    make(good, make_types);
    stat(good, &s);
    for (off_t n = 0; n < s.st_size; n += 211) {
        const char *path = in_folder(state, "cut.h5");
        cut(good, path, (size_t)n);
        refuse(path, "cut.h5: not a readable HDF5 file: ");
    }
    FILE *text = fopen(in_folder(state, "text.h5"), "w");
    fputs("a,b,c\n1,2,3\n", text);
    fclose(text);
    refuse(in_folder(state, "text.h5"), "text.h5: not a readable HDF5 file: cannot open it: file signature not found");
    refuse(in_folder(state, "none.h5"), "none.h5: No such file or directory");
    refuse(*state, "found a folder, allowed: a regular file");
    mkfifo(in_folder(state, "pipe.h5"), 0600);
    refuse(in_folder(state, "pipe.h5"), "pipe.h5: found a FIFO");
}

// Bytes of a small file turned over, one at a time: refused or read.
static void test_flipped_bytes(void **state)
{
    const char *good = in_folder(state, "good.h5"), *bad = in_folder(state, "bad.h5");
    make(good, make_forms);
    struct stat s;
    stat(good, &s);
    int opened = 0, refused = 0;
    for (off_t at = 0; at < s.st_size; at += 11) {
        cut(good, bad, (size_t)s.st_size);
        int fd = open(bad, O_RDWR);
        char byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte = (char)~byte;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
        struct err e = {0};
        struct store_file *f = store_open(bad, NULL, STORE_CHECK, &e);
        opened += f != NULL;
        refused += f == NULL;
        if (f)
            read_group(f, "", 0);
        store_close(&f);
    }
    print_message("%d refused, %d opened\n", refused, opened);
    assert_true(refused > 50);
}

// A file is walked once, and again when it has changed.
static void test_once(void **state)
{
    const char *path = in_folder(state, "a.h5");
    struct store_file *f;
    struct err e = {0};
    make(path, make_types);
    forks = 0;
    assert_ok(store_walk(path, &e), e);
    for (int i = 0; i < 3; i++) {
        f = open_foreign(path);
        store_close(&f);
    }
    assert_int_equal(forks, 1);
    make(path, make_forms);
    f = open_foreign(path);
    store_close(&f);
    assert_int_equal(forks, 2);
    f = store_open(path, NULL, STORE_OWN, &e);
    assert_non_null(f);
    store_close(&f);
    assert_int_equal(forks, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {TEST(test_types), TEST(test_forms), TEST(test_refused), TEST(test_flipped_bytes),
        TEST(test_once), TEST(test_malformed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
