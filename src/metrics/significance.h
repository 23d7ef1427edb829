// Tests whether one model is better than another, over several data sets, classes or seeds, after Demsar (2006, JMLR
// 7:1-30). Pure functions in double precision.
//
// A table score (n, k) holds the score of k models on n blocks, such as data sets; higher is better. It has no NaN.
#pragma once

#include <stdint.h>

// Returns the two-sided p-value of the signed-rank test of Wilcoxon (1945, Biometrics Bulletin 1:80-83) for the paired
// differences d (n). Differences of 0 are dropped. The p-value is exact for at most 50 differences without ties and
// zeros. Otherwise it is the normal approximation, corrected for ties but not for continuity, as in
// scipy.stats.wilcoxon. It is 1 if no difference remains.
double wilcoxon_signed_rank(const double *d, int n);

// Adjusts the p-values p (n) for n comparisons, in place, after Holm (1979, Scand. J. Statist. 6:65-70). No result
// exceeds 1, and the order of the values is kept.
void holm_adjust(double *p, int n);

// rank (k) := the mean rank of each model over the blocks. Rank 1 is the best score of a block; ties share their mean
// rank.
void mean_ranks(const double *score, int n, int k, double *rank);

// Returns the critical difference of Nemenyi (1963) for k models on n blocks: the mean ranks of two models must differ
// by this much to be significant at level alpha in (0, 1). Returns NaN if n < 1 or k < 2.
double nemenyi_critical_difference(int n, int k, double alpha);
