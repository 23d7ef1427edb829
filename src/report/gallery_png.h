// Pictures as PNG files. The one door to libpng for writing.
#pragma once

#include "base/err.h"

// Writes rgb (height, width, 3) to `path`, whole or not at all: a temporary file beside it, synced, then renamed. -1
// and ERR_IO.
int picture_write(const char *path, int width, int height, const unsigned char *rgb, struct err *e);
// Only a new file or a PNG file may be replaced. Returns -1 and ERR_USAGE if PATH is another one.
int picture_check_replace(const char *path, struct err *e);
