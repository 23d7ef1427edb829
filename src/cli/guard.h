// Runs commands that read foreign files in a child process.
#pragma once

#include <stdbool.h>

// Runs a subcommand in a child process. Returns its exit code, or prints a message and returns ERR_DATA if it crashed.
int guard_run(int (*run)(int argc, char **argv), int argc, char **argv);
