// What layers over images and signals share: shapes, sizes given once or per dimension, borders.
#pragma once

#include "nn/nn_impl.h"

extern const char *const padding_names[];
enum padding { PADDING_VALID, PADDING_SAME };

// A signal is an image of height 1 whose width is the time.
struct image {
    int height, width, channels;
};

// What a layer over `dims` dimensions (1: signals, 2: images) sees of its input. -1 and an error where it has too few
// or too many dimensions.
int image_input(const struct layer *l, int dims, const struct node *at, struct image *in, struct err *e);
// The shape of the layer's output.
struct shape image_shape(int dims, struct image out);
size_t image_size(const struct image *i);

// A setting that is one number for all dimensions or a list of one each: makes it a list, and gives its values; those
// of dimensions that the layer does not have are 1. Nothing given: those of `standard`, of 2.
int image_pair(struct field_ints *given, int dims, const char *key, const int standard[2], const struct node *at,
    int pair[2], struct err *e);

// The way of a window of `size` along a dimension of `length` in steps of `stride`: its stops, and the cells outside of
// the sample before it and behind it. As TensorFlow: `same` gives length / stride stops, rounded up, and puts the odd
// cell behind. stops is 0 where the window is longer than the sample.
struct way {
    int stops, before, behind;
};
struct way window_way(int length, int size, int stride, enum padding padding);
