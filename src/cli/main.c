// hourglass COMMAND: finds the subcommand and hands over.
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return argc > 1 ? cmd_import(argc - 1, argv + 1) : 2;
}
