// Shared by layers over images and signals: shapes, settings that are given once or per dimension, and borders.
#pragma once

#include "nn/nn_impl.h"

extern const char *const padding_names[];
enum padding { PADDING_VALID, PADDING_SAME };

// The extent of an image. A signal is an image of height 1, and its time is the width.
struct extent {
    int height, width, channels;
};

// Sets *in to the extent of the input of a layer over `dims` dimensions (1: signals, 2: images). Returns -1 and an
// error if the input has too few or too many dimensions.
int extent_of_input(const struct layer *l, int dims, const struct node *at, struct extent *in, struct err *e);
// Returns the shape of an output with extent `out`.
struct shape extent_shape(int dims, struct extent out);
size_t extent_size(const struct extent *x);

// A setting that is one number for all dimensions, or a list with one number per dimension.
struct size_setting {
    const char *key;
    int dims;
    int defaults[2]; // for height and width, if the setting is not given
};
// Extends `given` to one number per dimension, with the defaults if it is empty. Sets `pair` to height and width; the
// height is 1 for signals. Returns -1 and an error if `given` has more numbers than dimensions.
int size_pair(
    const struct size_setting *s, struct field_ints *given, int pair[2], const struct node *at, struct err *e);

// How a window moves along a dimension: its number of stops, and the cells of padding before and after the sample.
struct way {
    int stops, before, behind;
};
// Returns the stops and the padding of a window that moves along a dimension in steps of `stride`, as in TensorFlow.
// `same` gives length / stride stops, rounded up; if the padding is odd, its extra cell is at the end. `valid` gives 0
// stops if the window is longer than the sample.
struct way window_way(int length, int size, int stride, enum padding padding);
