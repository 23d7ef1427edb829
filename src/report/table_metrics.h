// Confusion matrices and classification reports as tables.
#pragma once

#include "metrics/metrics.h"
#include "report/table.h"

// Rows are what samples are, columns what they are called.
struct table *table_confusion(const struct confusion *c);
// Precision, recall, F1 and support of each class; accuracy, macro and weighted averages below (scikit-learn's layout).
struct table *table_classification(const struct classification *c);
