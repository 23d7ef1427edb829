// What layers over images and signals share: shapes, settings given once or per dimension, borders.
#pragma once

#include "nn/nn_impl.h"

extern const char *const padding_names[];
enum padding { PADDING_VALID, PADDING_SAME };

// The extent of an image. A signal is an image of height 1 whose width is the time.
struct extent {
    int height, width, channels;
};

// Sets *in to what a layer over `dims` dimensions (1: signals, 2: images) sees of its input. Returns -1 and an error if
// that has too few or too many dimensions.
int extent_of_input(const struct layer *l, int dims, const struct node *at, struct extent *in, struct err *e);
// Returns the shape of the layer's output.
struct shape extent_shape(int dims, struct extent out);
size_t extent_size(const struct extent *x);

// A setting that is one number for all dimensions, or a list of one each.
struct size_setting {
    const char *key;
    int dims;
    int defaults[2]; // of height and width, if nothing is given
};
// Makes `given` a list of one number per dimension, and sets `pair` (height, width) to it; the height of signals is 1.
// Returns -1 and an error if it has more numbers than dimensions.
int size_pair(
    const struct size_setting *s, struct field_ints *given, int pair[2], const struct node *at, struct err *e);

// The way of a window along a dimension: its stops, and the cells outside of the sample before it and behind it.
struct way {
    int stops, before, behind;
};
// Returns the stops and the padding of a window that moves along a dimension in steps of `stride`, as in TensorFlow.
// `same` gives length / stride stops, rounded up; if the padding is odd, its extra cell is at the end. `valid` gives 0
// stops if the window is longer than the sample.
struct way window_way(int length, int size, int stride, enum padding padding);
