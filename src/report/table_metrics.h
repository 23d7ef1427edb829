// Confusion matrices and classification reports as tables.
#pragma once

#include "metrics/metrics.h"
#include "report/table.h"

// Return new tables, to be freed with table_free.
//
// Rows are what samples are, columns what they are called.
struct table *table_confusion(const struct confusion *c);
// Precision, recall, F1 and support of each class, then accuracy, macro and weighted averages (the layout of
// scikit-learn's classification_report).
struct table *table_classification(const struct classification *c);
