// Compares the ensemble in a run's folder with the trials that the run has now.
#pragma once

// Warns if the model `name` is ensemble.h5 in the folder of a run, and the run has usable trials that the ensemble does
// not know, or no longer has some of its members. The file must have been walked (model_walk).
void ensemble_warn_of_age(const char *name);
