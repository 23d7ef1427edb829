// hourglass import: turns foreign files into a split of a data-set file.
#include "base/err.h"
#include "base/field.h"
#include "cli/cli.h"
#include "cli/import_command.h"
#include "cli/options.h"
#include "data/columns.h"
#include "import/import.h"

static const struct command command = {
    .name = "import",
    .usage = "SRC... [LABELS] --output FILE.h5:SPLIT [OPTION]...",
    .about =
        "Imports data into a split of a data-set file. Other splits of the file stay as they are.\n"
        "Commands that write one file at the same time wait for each other. SRC is\n"
        "  an IDX file (as MNIST's), a CSV file or a NumPy .npy array, packed with gzip or not;\n"
        "  a NumPy .npz archive;\n"
        "  a PNG or JPEG file, or a folder of such files; folders of them give one label each (PNG with 16 bits\n"
        "  becomes i4);\n"
        "  a dataset of an HDF5 file: FILE.h5:/path/of/dataset.\n"
        "LABELS is another such file with one label per row: an integer or a name.\n"
        "Several CSV files with the same columns, a pattern such as 'logs/*.csv' or a folder of CSV files are one\n"
        "table; each file is a group of its rows.\n",
    .shorts = "o:output",
    .footer = "Integers of 1, 2, 4, 8 bytes and floats of 4 and 8 bytes keep their type; u2 becomes i4, u4 and u8 "
              "become i8, f2 becomes f4.\n"
              "CSV becomes f8, with NaN for missing values. In messages about CSV, file:line:column counts fields as "
              "columns.\n"
              "\n"
              "Exit code: 0 done; 2 usage; 3 a file is bad; 74 reading or writing failed.\n"
              "\n"
              "  hourglass import train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz -o "
              "experiments/data/mnist.h5:train\n"
              "  hourglass import CTG.csv --label NSP --drop FileName,Date,SegFile -o experiments/data/ctg.h5:all\n",
    .fields = import_fields,
    .least = 0, // import_check reports what is missing
    .most = -1,
};

static int parse_sources(int argc, char **argv, struct import_options *o, struct err *e)
{
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, o, &rest, e);

    if (parsed == 1)
        return 1;
    o->sources = (const char **)rest.v;
    o->n_sources = rest.n;
    if (rest.n == 0)
        err_add(e, ERR_USAGE, "no SRC given; see hourglass import --help");
    if (!o->output)
        err_add(e, ERR_USAGE, "--output: missing, allowed: FILE.h5:SPLIT, such as experiments/data/x.h5:train");

    return e->count ? -1 : 0;
}

int cmd_import(int argc, char **argv)
{
    struct import_options options = {0};
    struct err e = {0};

    if (parse_sources(argc, argv, &options, &e) == 0)
        import_with_summary(&options, &e);
    field_free(import_fields, &options);
    return err_print(&e);
}
