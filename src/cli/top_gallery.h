// The gallery of the rows that `top` lists from a file of scores. The rows come from the data that was scored, and
// their reconstructions from the model.
#pragma once

#include "base/field.h"
#include "report/scores_list.h"

// Options, as given.
struct top_gallery {
    char *picture;           // FILE.png; NULL: none
    char *model;             // NULL: the one that the scores name
    struct field_texts data; // n = 0: the data that the scores name
};

bool top_gallery_is_given(const struct top_gallery *g);
// Adds errors for options that do not fit each other, or do not fit the format of the file of scores.
void top_gallery_check(const struct top_gallery *g, const char *scores, struct err *e);
// Draws the rows of the list, but at most the first GALLERY_SAMPLES_MAX, and sets *drawn to the number of rows drawn.
// Draws nothing if the list is empty. Returns -1 and an error if the model or the data is missing, or is not what was
// scored.
int top_gallery_draw(
    const struct top_gallery *g, const char *scores, const struct scores_list *list, int *drawn, struct err *e);
