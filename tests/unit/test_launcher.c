// What launchers say of themselves, and what their exit codes mean.
// links: comm base
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "comm/launcher.h"
#include "comm/mpi_library.h"

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        const char *said;
        enum mpi_flavour flavour;
        const char *version;
    } rows[] = {
        {"mpirun (Open MPI) 4.1.4\n\nReport bugs to ...", FLAVOUR_OPEN_MPI_4, "Open MPI 4.1.4"},             // good
        {"mpiexec (OpenRTE) 4.1.4\n", FLAVOUR_OPEN_MPI_4, "Open MPI 4.1.4"},                                 // good
        {"mpirun (Open MPI) 5.0.7\n", FLAVOUR_OPEN_MPI_5, "Open MPI 5.0.7"},                                 // good
        {"mpirun (Open MPI) 10.0.0\n", FLAVOUR_OPEN_MPI_5, "Open MPI 10.0.0"},                               // good
        {"HYDRA build details:\n    Version:       4.0.2\n    Release Date:", FLAVOUR_MPICH, "MPICH 4.0.2"}, // good
        {"Intel(R) MPI Library for Linux* OS, Version 2021.9 Build", FLAVOUR_MPICH, "Intel MPI"},            // good
        {"slurm 22.05.8\n", FLAVOUR_UNKNOWN, ""},                                                            // bad
        {"Open MPI\n", FLAVOUR_UNKNOWN, ""},                                                                 // bad
        {"", FLAVOUR_UNKNOWN, ""},                                                                           // bad
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char version[64];
        assert_int_equal(launcher_parse(rows[i].said, version), rows[i].flavour);
        assert_string_equal(version, rows[i].version);
    }
}

// Our own exit codes are never taken for the signal that killed a rank.
static void test_exit_codes(void **state)
{
    (void)state;
    static const int own[] = {0, ERR_TRIAL, ERR_USAGE, ERR_DATA, ERR_BUSY, ERR_SOFTWARE, ERR_SYSTEM, ERR_IO, 75};
    static const enum mpi_flavour flavours[] = {FLAVOUR_OPEN_MPI_4, FLAVOUR_OPEN_MPI_5, FLAVOUR_MPICH};

    for (size_t f = 0; f < sizeof flavours / sizeof *flavours; f++)
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            assert_int_equal(launcher_signal(flavours[f], own[i]), 0);
    assert_int_equal(launcher_signal(FLAVOUR_OPEN_MPI_4, 137), 9);
    assert_int_equal(launcher_signal(FLAVOUR_OPEN_MPI_5, 139), 11);
    assert_int_equal(launcher_signal(FLAVOUR_MPICH, 9), 9);
    assert_int_equal(launcher_signal(FLAVOUR_MPICH, 255), 0);
}

// The library that is linked is one that we know, and so is its launcher.
static void test_library(void **state)
{
    (void)state;
    struct launcher l;
    struct err e = {0};

    assert_int_not_equal(mpi_flavour(), FLAVOUR_UNKNOWN);
    assert_int_equal(launcher_find(&l, &e), 0);
    assert_int_equal(l.flavour, mpi_flavour());
    launcher_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions), cmocka_unit_test(test_exit_codes), cmocka_unit_test(test_library)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
