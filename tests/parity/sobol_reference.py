#!/usr/bin/python3
# Sobol's sequence as scipy (1.10) has it. Run by hand; needs python3-scipy:
#   /usr/bin/python3 tests/parity/sobol_reference.py table > src/search/sobol_table.h
#   /usr/bin/python3 tests/parity/sobol_reference.py points > tests/parity/sobol_reference.h
# The table holds the numbers of S. Joe and F. Y. Kuo, which scipy carries: of each dimension the primitive polynomial
# and the initial direction numbers.
import os
import sys

import numpy
import scipy.stats
from scipy.stats import qmc

KEYS = 40
POINTS = [1, 2, 3, 4, 5, 10, 63, 64, 100, 1023]


def table():
    numbers = numpy.load(os.path.join(os.path.dirname(scipy.stats.__file__), "_sobol_direction_numbers.npz"))
    print("// Primitive polynomials and initial direction numbers of Sobol's sequence: S. Joe and F. Y. Kuo 2008,")
    print('// "Constructing Sobol sequences with better two-dimensional projections", their file new-joe-kuo-6.21201.')
    print("// Made by tests/parity/sobol_reference.py. The numbers are Copyright (c) 2008, Frances Y. Kuo and Stephen Joe,")
    print("// all rights reserved, and come under the 3-clause BSD licence, as this program does.")
    print("#pragma once\n")
    print("#include <stdint.h>\n")
    print("static const struct {")
    print("    uint32_t polynomial; // its coefficients, from the highest")
    print("    uint32_t first[8];   // one for each degree")
    print("} sobol_table[] = {")
    for poly, vinit in zip(numbers["poly"][:KEYS], numbers["vinit"][:KEYS]):
        first = [int(v) for v in vinit if v]
        assert len(first) <= 8 and len(first) == max(1, int(poly).bit_length() - 1)
        print(f"    {{{int(poly)}, {{{', '.join(map(str, first))}}}}},")
    print("};")


def points():
    all_points = qmc.Sobol(KEYS, scramble=False).random(max(POINTS) + 1)
    print("// Points of Sobol's sequence by scipy, made by sobol_reference.py: in units of 2^-30, all exact.")
    print("#pragma once\n")
    print("#include <stdint.h>\n")
    print(f"enum {{ SOBOL_REFERENCE_KEYS = {KEYS} }};")
    print("static const struct {")
    print("    uint32_t number;")
    print("    uint32_t at[SOBOL_REFERENCE_KEYS];")
    print("} sobol_reference[] = {")
    for i in POINTS:
        row = [int(v * 2**30) for v in all_points[i]]
        assert all(r / 2**30 == v for r, v in zip(row, all_points[i]))
        print(f"    {{{i}, {{{', '.join(map(str, row))}}}}},")
    print("};")


if __name__ == "__main__":
    {"table": table, "points": points}[sys.argv[1]]()
