// Opens the file and the trial that the name of a model selects.
#pragma once

#include "base/err.h"

struct store_file;

#define MODEL_ENSEMBLE_ID "ensemble" // id of an ensemble, and the name of its error

// Returns the part of RUN:ID behind the colon, borrowed from `name`. Returns NULL if there is none, or if a file has
// the whole name.
const char *model_id(const char *name);
// Returns the file that the name of a model selects, in new memory.
char *model_file(const char *name);
// Walks the part of the file that model_load reads. Call it on one rank before MPI starts, because it forks.
int model_walk(const char *name, struct err *e);
// Opens the file that holds the model; model_walk must have walked it. Sets *prefix, in new memory, to the prefix of
// the paths of its objects: "" in a trial's file, otherwise "trials/ID/". Returns NULL and an error if there is no such
// trial.
struct store_file *model_open(const char *name, char **prefix, struct err *e);
