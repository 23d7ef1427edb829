// The file and the trial in it that the name of a model means.
#pragma once

#include "base/err.h"

struct store_file;

// Returns the file that such a name means, in new memory.
char *model_file(const char *name);
// Walks what model_load reads of the file. Called on one rank before MPI starts, because it forks.
int model_walk(const char *name, struct err *e);
// Opens the file that holds the objects of the model, which was walked. Sets *prefix, in new memory, to what their
// paths begin with: "" in a trial's file, else "trials/ID/". Returns NULL and an error if there is no such trial.
struct store_file *model_open(const char *name, char **prefix, struct err *e);
