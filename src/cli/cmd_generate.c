// hourglass generate: writes new samples from a variational model.
#include "cli/cli.h"
#include "cli/code_command.h"
#include "cli/model_job.h"

static const struct field fields[] = {
    FIELD_ROW(code_options, count, "count", FIELD_INT, "samples; default: 100", .min = 1, .max = 2147483647),
    FIELD_ROW(code_options, seed, "seed", FIELD_INT, "of the codes: the same seed gives the same samples",
        .default_text = "1", .max = 9e15),
    FIELD_ROW(code_options, grid, "grid", FIELD_INT,
        "in place of count and seed, for codes of two values: N x N codes, the normal distribution's quantiles "
        "of "
        "a grid in the unit square",
        .min = 2, .max = 10000),
    FIELD_ROW(code_options, png, "png", FIELD_TEXT,
        "FILE.png: the samples side by side as a picture, with --grid as they lie on the grid; --force "
        "replaces one"),
    CODE_FIELDS};

static const struct command command = {
    .name = "generate",
    .usage = "MODEL --output FILE.h5:SPLIT [OPTION]...",
    .about = "Draws codes from the standard normal distribution, and writes what the decoder of a variational model\n"
             "(one with a gaussian code) makes of them, in the units of the data.\n" MODEL_HELP,
    .shorts = "o:output n:ranks t:threads",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad, or does not fit the model; 74 writing failed.\n"
              "\n"
              "  hourglass generate results/mnist-vae -o digits.h5:generated --count 400\n"
              "  hourglass generate results/mnist-vae -o digits.h5:manifold --grid 20 --png manifold.png\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

int cmd_generate(int argc, char **argv)
{
    return code_command(&command, TASK_GENERATE, argc, argv);
}
