// Runs commands that read foreign files in a child process.
#pragma once

#include <stdbool.h>

// Runs a subcommand in a child process, or in this process if fork fails. Returns its exit code. If it crashed, prints
// a message and returns ERR_DATA.
int guard_run(int (*run)(int argc, char **argv), int argc, char **argv);
