// Is one model better than another? Tests over several data sets, classes or seeds, after Demsar (2006, JMLR 7:1-30).
// Pure functions in double precision.
//
// A table score (n, k) holds the score of k models on n blocks, such as data sets; the higher the better. It has no
// NaN.
#pragma once

#include <stdint.h>

// Returns the two-sided p-value of the signed-rank test of Wilcoxon (1945, Biometrics Bulletin 1:80-83) for the paired
// differences d (n). Differences of 0 are dropped. Exact for at most 50 differences without ties and zeros, otherwise
// by the normal approximation with correction for ties and without one for continuity, as scipy.stats.wilcoxon. 1 if
// none remains.
double wilcoxon_signed_rank(const double *d, int n);

// Replaces the p-values p (n) by those that are adjusted for n comparisons after Holm (1979, Scand. J. Statist.
// 6:65-70): none exceeds 1, and their order is kept.
void holm_adjust(double *p, int n);

// rank (k) := the mean rank of each model over the blocks. Rank 1 is the best score of a block; ties share their mean
// rank.
void mean_ranks(const double *score, int n, int k, double *rank);

// Returns by how much the mean ranks of two of k models must differ to be significant at level alpha in (0, 1): the
// critical difference of Nemenyi (1963) for n blocks. NaN if n < 1 or k < 2.
double nemenyi_critical_difference(int n, int k, double alpha);
