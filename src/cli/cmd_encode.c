// hourglass encode: writes the codes of a data set under a trained model.
#include "cli/cli.h"
#include "cli/code_command.h"
#include "cli/model_job.h"

static const struct field fields[] = {CODE_FIELDS};

static const struct command command = {
    .name = "encode",
    .usage = "MODEL DATA.h5:SPLIT --output FILE.h5:SPLIT [OPTION]...",
    .about = "Writes the codes of a data set under a trained model as a data set. Labels are copied.\n" MODEL_HELP,
    .shorts = "o:output n:ranks t:threads",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad, or does not fit the model; 74 writing failed.\n"
              "\n"
              "  hourglass encode results/quickstart experiments/data/fashion-mnist.h5:test -o codes.h5:test\n",
    .fields = fields,
    .least = 2,
    .most = 2,
};

int cmd_encode(int argc, char **argv)
{
    return code_command(&command, TASK_ENCODE, argc, argv);
}
