// Writes pictures as PNG files. Only this file uses libpng for writing.
#pragma once

#include "base/err.h"

// Writes rgb (height, width, 3) to `path`, whole or not at all: a temporary file in the same folder is synced and then
// renamed. Returns -1 with ERR_IO, or ERR_USAGE as picture_check_replace does.
int picture_write(const char *path, int width, int height, const unsigned char *rgb, struct err *e);
// Checks that a picture may be written to `path`. Returns -1 with ERR_USAGE if the file exists and is not a PNG file.
int picture_check_replace(const char *path, struct err *e);
