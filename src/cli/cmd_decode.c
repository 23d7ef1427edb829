// hourglass decode: writes the reconstructions of codes.
#include "cli/cli.h"
#include "cli/code_command.h"
#include "cli/model_job.h"

static const struct field fields[] = {CODE_FIELDS};

static const struct command command = {
    .name = "decode",
    .usage = "MODEL CODES.h5:SPLIT --output FILE.h5:SPLIT [OPTION]...",
    .about = "Writes what the decoder of a trained model makes of codes, in the units of the data that it was trained\n"
             "on. Labels are copied. CODES is a data set as encode writes it.\n" MODEL_HELP,
    .shorts = "o:output n:ranks t:threads",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad, or does not fit the model; 74 writing failed.\n"
              "\n"
              "  hourglass decode results/quickstart codes.h5:test -o reconstructions.h5:test\n",
    .fields = fields,
    .least = 2,
    .most = 2,
};

int cmd_decode(int argc, char **argv)
{
    return code_command(&command, TASK_DECODE, argc, argv);
}
