// Scales pictures as a whole, after their values were scaled one by one: smooths them, and divides by their own level.
#pragma once

enum { SMOOTH_MAX = 8, SMOOTH_SIDE_MAX = 4096 }; // largest deviation of the filter, and longest side of a picture

// Smooths a picture (height, width, channels) in place with a Gaussian filter of this deviation, in pixels. The filter
// ends at three deviations, and its weights add up to 1. Values beyond the border count as 0.
void picture_smooth(float *x, int height, int width, int channels, double deviation);
// Returns the root mean square of n values.
double picture_level(const float *x, int n);
// Divides the n values by their root mean square. Does not change them if all are 0.
void picture_normalize(float *x, int n);
