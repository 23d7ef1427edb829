// Made by forest_reference.py. Do not edit.
#pragma once

enum { FOREST_TRAIN = 600, FOREST_NORMAL = 300, FOREST_ODD = 60, FOREST_COLUMNS = 5 };
static const double forest_auc_mean = 0.858831, forest_auc_deviation = 0.008575;
