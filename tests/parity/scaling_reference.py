#!/usr/bin/python3
# Makes scaling_reference.h: what scikit-learn's scalers say about a table with gaps. Run by hand:
#   /usr/bin/python3 tests/parity/scaling_reference.py > tests/parity/scaling_reference.h
# Needs python3-sklearn (1.2 or later).
import numpy
import sklearn
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, RobustScaler, StandardScaler

ROWS, COLUMNS = 61, 6
random = numpy.random.RandomState(20240301)
x = numpy.empty((ROWS, COLUMNS))
x[:, 0] = random.normal(5, 2, ROWS)
x[:, 1] = numpy.exp(random.normal(3, 1, ROWS))  # skewed
x[:, 2] = random.randint(0, 9, ROWS)  # ties
x[:, 3] = random.normal(-1e6, 1e-3, ROWS)  # a narrow column far from 0
x[:, 4] = numpy.where(numpy.arange(ROWS) % 5 == 0, random.rand(ROWS), 0.25)  # mostly equal: the quartiles are equal
x[:, 5] = random.uniform(-3, 3, ROWS)
for column in (0, 2):
    x[random.choice(ROWS, 7, replace=False), column] = numpy.nan
x[0, 5] = numpy.nan  # an even number of values


def robust():
    scaler = RobustScaler().fit(x)
    return scaler.center_, scaler.scale_ / 1.349


def standard():
    scaler = StandardScaler().fit(x)
    return scaler.mean_, scaler.scale_


def min_max():
    scaler = MinMaxScaler().fit(x)
    return scaler.data_min_, scaler.data_range_


def log1p():
    logs = FunctionTransformer(lambda v: numpy.sign(v) * numpy.log1p(numpy.abs(v))).fit_transform(x)
    scaler = StandardScaler().fit(logs)
    return scaler.mean_, scaler.scale_


def numbers(values):
    return ", ".join("NAN" if numpy.isnan(v) else float(v).hex() for v in values)


print("// What scikit-learn's scalers say about a table with gaps. Made by scaling_reference.py with scikit-learn")
print(f"// {sklearn.__version__} and numpy {numpy.__version__}.")
print("#pragma once\n\n#include <math.h>\n\n// clang-format off")
print(f"enum {{ SCALING_ROWS = {ROWS}, SCALING_COLUMNS = {COLUMNS} }};")
print("static const double scaling_x[SCALING_ROWS][SCALING_COLUMNS] = {")
for row in x:
    print(f"    {{{numbers(row)}}},")
print("};")
print("// The centre and the scale of each column; the scale of an interquartile range of 0 is not compared.")
print("static const struct {\n    const char *method;\n    double center[SCALING_COLUMNS], scale[SCALING_COLUMNS];\n} scaling_reference[] = {")
for name, fit in (("standard", standard), ("min_max", min_max), ("robust", robust), ("log1p", log1p)):
    center, scale = fit()
    print(f'    {{"{name}",\n        {{{numbers(center)}}},\n        {{{numbers(scale)}}}}},')
print("};")
