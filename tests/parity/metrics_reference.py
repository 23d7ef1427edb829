#!/usr/bin/python3
# Makes metrics_reference.h: what scikit-learn, scipy and numpy say about a table of scores. Run by hand:
#   /usr/bin/python3 tests/parity/metrics_reference.py > tests/parity/metrics_reference.h
# Needs python3-sklearn (1.2). DeLong's variance comes from its definition, over all pairs.
import math
import warnings

import numpy
import scipy
import scipy.stats
import sklearn
from sklearn import metrics

warnings.simplefilter("ignore")
QUANTILES = [0, 0.05, 0.5, 0.95, 0.999, 1]
COUNTS = [1, 5, 10, 1000]


def cases():
    random = numpy.random.RandomState(20240229)

    def draw(n, share, ties=None):
        positive = (random.rand(n) < share).astype(int)
        score = random.gamma(2.0, 0.02, n) + 0.03 * positive * random.rand(n)
        return (numpy.round(score, ties) if ties else score), positive

    yield "separated", numpy.r_[numpy.linspace(0, 0.4, 20), numpy.linspace(0.5, 0.9, 9)], numpy.r_[[0] * 20, [1] * 9]
    yield "one_swap", numpy.arange(40) / 64, numpy.r_[[0] * 29, 1, 0, [1] * 9]
    yield "reversed", numpy.linspace(1, 0, 24), numpy.r_[[0] * 12, [1] * 12]
    yield "continuous", *draw(200, 0.2)
    yield "tied", *draw(200, 0.3, 2)
    yield "heavily_tied", *draw(120, 0.5, 1)
    yield "constant", numpy.full(30, 0.25), numpy.r_[[0] * 21, [1] * 9]
    yield "one_positive_first", numpy.r_[0.0583, random.rand(40) * 0.0244], numpy.r_[1, [0] * 40]
    yield "one_positive_tied", numpy.array([0.5, 0.5, 0.5, 0.1, 0.7]), numpy.array([0, 1, 0, 0, 0])
    yield "one_negative", random.rand(15), numpy.r_[[1] * 14, 0]
    yield "two", numpy.array([0.1, 0.2]), numpy.array([0, 1])
    yield "no_positives", random.rand(12), numpy.zeros(12, int)
    yield "only_positives", random.rand(12), numpy.ones(12, int)
    yield "signs_and_scales", numpy.r_[-0.0, 0.0, -1e-40, 1e-40, 1e30, -1e30, 3, -3, 1e-7, -1e-7], numpy.r_[[0, 1] * 5]
    yield "neighbouring_floats", 1 + numpy.arange(20) * 2.0**-23, numpy.r_[[0, 0, 1, 0, 1] * 4]


def delong(score, positive):
    x, y = score[positive == 1][:, None], score[positive == 0][None, :]
    m, n = x.size, y.size
    if m == 0 or n == 0:
        return [math.nan] * 4
    pairs = (x > y) + 0.5 * (x == y)
    auc = metrics.roc_auc_score(positive, score)
    if m == 1 or n == 1:
        return [auc] + [math.nan] * 3
    variance = numpy.var(pairs.mean(1), ddof=1) / m + numpy.var(pairs.mean(0), ddof=1) / n
    half = scipy.stats.norm.ppf(0.975) * math.sqrt(variance)
    return [auc, variance, max(0.0, auc - half), min(1.0, auc + half)]


def precision_at(score, positive, count):
    """The mean of precision over many orders of the ties, in closed form."""
    count = min(count, score.size)
    cut = numpy.sort(score)[::-1][count - 1]
    sure, tied = score > cut, score == cut
    return (positive[sure].sum() + (count - sure.sum()) * positive[tied].mean()) / count


def best_f1(score, positive):
    if not positive.any():
        return math.nan
    return max(metrics.f1_score(positive, score >= t) for t in numpy.unique(score))


def classification(positive, called):
    report = metrics.classification_report(positive, called, labels=[0, 1], output_dict=True, zero_division=0)
    rows = [report[k] for k in ("0", "1", "macro avg", "weighted avg")]
    values = [row[k] for row in rows for k in ("precision", "recall", "f1-score")]
    return values, metrics.accuracy_score(positive, called)


def literal(x, suffix=""):
    if math.isnan(x):
        return "NAN"
    mantissa, exponent = float(x).hex().split("p")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + "p" + exponent + suffix


def wrapped(words, indent):
    lines, line = [], indent
    for word in words:
        if len(line) + len(word) + 2 > 118:
            lines.append(line.rstrip())
            line = indent
        line += word + ", "
    return "\n".join(lines + [line.rstrip()])


def array(kind, name, words):
    return f"static const {kind} {name}[] = {{\n{wrapped(words, '    ')}\n}};\n"


def reals(values):
    words = [literal(v) for v in values]
    return "{" + ", ".join(words) + "}" if len(words) <= 4 else "{\n" + wrapped(words, " " * 12) + "\n        }"


def expected(name, score, positive, other):
    threshold = float(numpy.median(score))
    called = (score > threshold).astype(int)
    (tn, fp), (fn, tp) = metrics.confusion_matrix(positive, called, labels=[0, 1])
    report, accuracy = classification(positive, called)
    average_precision = metrics.average_precision_score(positive, score) if positive.any() else math.nan
    fields = {
        "name": f'"{name}"',
        "n": str(score.size),
        "score": f"{name}_score",
        "positive": f"{name}_positive",
        "other": f"{name}_other",
        "roc": reals(delong(score, positive)),
        "average_precision": literal(average_precision),
        "precision_at": reals(precision_at(score, positive, c) for c in COUNTS),
        "best_f1": literal(best_f1(score, positive)),
        "quantile": reals(numpy.quantile(score, QUANTILES)),
        "mean_plus_3_std": literal(score.mean() + 3 * score.std()),
        "threshold": literal(threshold),
        "confusion": f"{{{tp}, {fp}, {tn}, {fn}}}",
        "classification": reals(report),
        "accuracy": literal(accuracy),
        "spearman": literal(scipy.stats.spearmanr(score, other)[0]),
        "max_abs_difference": literal(numpy.abs(score - other).max()),
    }
    return "    {\n" + "".join(f"        .{k} = {v},\n" for k, v in fields.items()) + "    },\n"


def main():
    print("// What scikit-learn says about a table of scores. Made by metrics_reference.py with "
          f"scikit-learn {sklearn.__version__},\n// scipy {scipy.__version__} and numpy {numpy.__version__}.")
    print("#pragma once\n\n#include <math.h>\n#include <stdint.h>\n\n// clang-format off")
    print(f"enum {{ REFERENCE_QUANTILES = {len(QUANTILES)}, REFERENCE_COUNTS = {len(COUNTS)} }};")
    print("static const double reference_q[] = {" + ", ".join(map(repr, map(float, QUANTILES))) + "};")
    print("static const int64_t reference_count[] = {" + ", ".join(map(str, COUNTS)) + "};\n")
    random = numpy.random.RandomState(7)
    table = ""
    for name, score, positive in cases():
        score = numpy.asarray(score, numpy.float32)
        other = (score / 2 + random.randint(0, 5, score.size)).astype(numpy.float32)
        print(array("float", name + "_score", [literal(x, "f") for x in score]), end="")
        print(array("int8_t", name + "_positive", [str(p) for p in positive]), end="")
        print(array("float", name + "_other", [literal(x, "f") for x in other]))
        table += expected(name, score.astype(float), positive, other.astype(float))
    print("""static const struct reference {
    const char *name;
    int64_t n;
    const float *score;      // (n)
    const int8_t *positive;  // (n)
    const float *other;      // (n), to compare the scores with
    double roc[4];           // auc, variance, low, high
    double average_precision;
    double precision_at[REFERENCE_COUNTS];
    double best_f1;
    double quantile[REFERENCE_QUANTILES];
    double mean_plus_3_std;
    double threshold;          // the median score; the next three are at it
    int64_t confusion[4];      // true positives, false positives, true negatives, false negatives
    double classification[12]; // precision, recall, F1 of normal, anomaly, macro, weighted
    double accuracy;
    double spearman;
    double max_abs_difference;
} references[] = {""")
    print(table + "};\n// clang-format on")


main()
