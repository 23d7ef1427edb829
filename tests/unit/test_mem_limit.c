// How much memory a process may use: the limits of its control groups, and of those that hold them.
// links: base
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const folders[] = {"memory", "memory/job", "memory/job/step", "job", "job/step"};
enum { FOLDERS = sizeof folders / sizeof *folders };

static void write_text(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static int64_t limit_with(const char *groups)
{
    write_text("groups", groups);
    return mem_group_limit("groups", ".", 1000);
}

static void test_groups(void **state)
{
    (void)state;
    write_text("memory/memory.limit_in_bytes", "9223372036854771712\n");
    write_text("memory/job/memory.limit_in_bytes", "700\n");
    write_text("memory/job/step/memory.limit_in_bytes", "800\n");
    write_text("job/memory.max", "max\n");
    write_text("job/step/memory.max", "500\n");

    assert_int_equal(limit_with("4:memory:/job/step\n"), 700);                // good: the group above limits more
    assert_int_equal(limit_with("4:cpu:/job\n3:hugetlb,memory:/job\n"), 700); // good
    assert_int_equal(limit_with("0::/job/step\n"), 500);                      // good
    assert_int_equal(limit_with("0::/job\n"), 1000);                          // good: "max" is no limit
    assert_int_equal(limit_with("4:memory:/job\n0::/job/step\n"), 500);       // good
    assert_int_equal(limit_with("4:memory:/\n0::/\n"), 1000);                 // good
    assert_int_equal(limit_with("0::/elsewhere/deep\n"), 1000);               // good: not here
    assert_int_equal(limit_with("memory\n\n:::\n0:\n"), 1000);                // bad
    assert_int_equal(mem_group_limit("none", ".", 1000), 1000);               // bad

    write_text("memory/memory.limit_in_bytes", "600\n"); // of a container that does not see the path of its group
    assert_int_equal(limit_with("4:memory:/elsewhere\n"), 600); // good
}

static void test_slurm(void **state)
{
    (void)state;
    unsetenv("SLURM_MEM_PER_NODE");
    setenv("SLURM_MEM_PER_CPU", "3", 1);
    setenv("SLURM_CPUS_ON_NODE", "2", 1);
    assert_int_equal(mem_limit(true), 6 << 20); // good
    setenv("SLURM_MEM_PER_NODE", "5", 1);
    assert_int_equal(mem_limit(true), 5 << 20); // good
    unsetenv("SLURM_MEM_PER_NODE");
    unsetenv("SLURM_CPUS_ON_NODE");
    assert_true(mem_limit(true) > 6 << 20); // bad: of how many cores?
}

static int make_folder(void **state)
{
    char *folder = mem_text("/tmp/hourglass-test-XXXXXX");
    *state = folder;
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return -1;
    for (int i = 0; i < FOLDERS; i++)
        mkdir(folders[i], 0777);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const files[] = {"groups", "memory/memory.limit_in_bytes", "memory/job/memory.limit_in_bytes",
        "memory/job/step/memory.limit_in_bytes", "job/memory.max", "job/step/memory.max"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    for (int i = FOLDERS; i-- > 0;)
        rmdir(folders[i]);
    int rc = chdir("/") | rmdir(*state);
    free(*state);
    return rc;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_groups, make_folder, remove_folder), cmocka_unit_test(test_slurm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
