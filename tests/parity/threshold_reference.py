#!/usr/bin/python3
# Makes threshold_reference.h: generalized Pareto fits of scipy, p-values that scipy's Benjamini-Hochberg procedure
# rejects. Run by hand, with scipy 1.11 or later:
#   python3 tests/parity/threshold_reference.py > tests/parity/threshold_reference.h
import math

import numpy
import scipy
import scipy.optimize
import scipy.stats


def best_fit(y):
    """The likelihood of scipy's best fit, from several starting points."""
    def cost(p):
        return -numpy.sum(scipy.stats.genpareto.logpdf(y, p[0], scale=math.exp(p[1])))
    best = None
    for shape in (-0.4, -0.1, 0.1, 0.5, 1.0):
        found = scipy.optimize.minimize(cost, [shape, math.log(y.mean())], method="Nelder-Mead",
                                        options={"xatol": 1e-12, "fatol": 1e-12, "maxiter": 20000, "maxfev": 20000})
        if best is None or found.fun < best.fun:
            best = found
    return best.x[0], math.exp(best.x[1])


def numbers(name, values):
    print(f"static const double {name}[] = {{" + ", ".join(f"{v:.17g}" for v in values) + "};")


print("// Made by threshold_reference.py, with scipy", scipy.__version__ + ". Do not edit.")
print("#pragma once\n")
random = numpy.random.RandomState(20240302)
cases = [(0.3, 2.0, 60), (-0.25, 0.01, 80), (0.02, 1.0, 100), (0.9, 5e-4, 40)]
fits = []
for i, (shape, scale, n) in enumerate(cases):
    y = scipy.stats.genpareto.rvs(shape, scale=scale, size=n, random_state=random)
    y = y.astype(numpy.float32).astype(float)
    numbers(f"excess_{i}", y)
    fits.append((n, *best_fit(y)))
print("static const struct {\n    const double *excess;\n    int n;\n    double shape, scale;\n} pareto_fits[] = {")
for i, (n, shape, scale) in enumerate(fits):
    print(f"    {{excess_{i}, {n}, {shape:.17g}, {scale:.17g}}},")
print("};")
p = numpy.sort(numpy.r_[random.rand(40), random.rand(15) ** 8])
numbers("p_values", p)
adjusted = scipy.stats.false_discovery_control(p, method="bh")
print("static const struct {\n    double alpha;\n    int rejected;\n} false_discoveries[] = {")
for alpha in (0.001, 0.01, 0.05, 0.1, 0.3):
    print(f"    {{{alpha}, {int(numpy.sum(adjusted <= alpha))}}},")
print("};")
