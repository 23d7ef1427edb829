// Confusion matrices and classification reports as tables.
#pragma once

#include "metrics/metrics.h"
#include "report/table.h"

// Return new tables, to be freed with table_free.
//
// This table is the confusion matrix: rows are the true classes of samples, columns the predicted ones.
struct table *table_confusion(const struct confusion *c);
// This table has precision, recall, F1 and support of each class, then accuracy, macro and weighted averages, as in
// scikit-learn's classification_report.
struct table *table_classification(const struct classification *c);
