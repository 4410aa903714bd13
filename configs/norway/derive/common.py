"""Shared by the scripts of this folder: reading and writing tables, and a monotone split to single ages.

Every script reads only files of ../tables, so a derived table can always be traced to recorded ones.
Run a script without arguments to rewrite its tables, or with --check to compare them with the files on disk.
"""

import csv
import math
import sys
from pathlib import Path

import numpy as np

TABLES = Path(__file__).resolve().parent.parent / "tables"
SEXES = ("female", "male")


def read(name):
    """Rows of a table as dictionaries of strings."""
    with open(TABLES / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grid(name, value, first_age=0):
    """{(year, sex): array by age} of a table with one row for each year, sex and age."""
    columns = {}
    for row in read(name):
        columns.setdefault((int(row["year"]), row["sex"]), []).append((int(row["age"]), float(row[value])))
    for key, cells in columns.items():
        assert [age for age, _ in cells] == list(range(first_age, first_age + len(cells))), (name, key)
        columns[key] = np.array([number for _, number in cells])
    return columns


def decimal(number, places):
    """Plain decimal notation, and never "-0", so that files do not change without a change of value."""
    text = f"{number:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def finish(tables):
    """Write {name: (header, rows of strings, tolerance)}, or compare with the disk when asked to --check.

    The tolerance is one unit of the last printed digit: another numpy may round the last bit differently.
    """
    check = "--check" in sys.argv[1:]
    for name, (header, rows, tolerance) in tables.items():
        path = TABLES / name
        if not check:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write("\n".join(",".join(row) for row in [header] + rows) + "\n")
            print(f"{name}: {len(rows)} rows written")
            continue
        if not path.exists():
            sys.exit(f"{name}: the file is missing")
        with open(path, encoding="utf-8", newline="") as file:
            disk = list(csv.reader(file))
        if disk[0] != list(header) or len(disk) - 1 != len(rows):
            sys.exit(f"{name}: header or number of rows differ from the recomputed table")
        for line, (old, new) in enumerate(zip(disk[1:], rows), start=2):
            for left, right in zip(old, new):
                if left != right and not _close(left, right, tolerance):
                    sys.exit(f"{name}: line {line}: the file has {left}, recomputed {right}")
        print(f"{name}: {len(rows)} rows agree")


def _close(left, right, tolerance):
    try:
        return math.isclose(float(left), float(right), rel_tol=0.0, abs_tol=1.0001 * tolerance)
    except ValueError:
        return False


def monotone_cubic(x, y, at, first_slope=None, last_slope=None):
    """Cubic through (x, y) that never turns where the points do not (Fritsch and Butland's slopes, as in PCHIP).

    Through cumulated counts it yields single ages that add up to the recorded groups and are never negative.
    End slopes default to a three-point estimate kept within the monotone range.
    """
    x, y, at = (np.asarray(values, dtype=float) for values in (x, y, at))
    step = np.diff(x)
    chord = np.diff(y) / step
    slope = np.zeros(len(x))
    for i in range(1, len(x) - 1):
        if chord[i - 1] * chord[i] > 0:
            left, right = 2 * step[i] + step[i - 1], step[i] + 2 * step[i - 1]
            slope[i] = (left + right) / (left / chord[i - 1] + right / chord[i])
    slope[0] = _end_slope(step[0], step[1], chord[0], chord[1]) if first_slope is None else first_slope
    slope[-1] = _end_slope(step[-1], step[-2], chord[-1], chord[-2]) if last_slope is None else last_slope
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(step) - 1)
    t = (at - x[i]) / step[i]
    return (
        y[i] * (1 + 2 * t) * (1 - t) ** 2
        + y[i + 1] * t**2 * (3 - 2 * t)
        + step[i] * slope[i] * t * (1 - t) ** 2
        - step[i] * slope[i + 1] * t**2 * (1 - t)
    )


def _end_slope(near, far, chord_near, chord_far):
    slope = ((2 * near + far) * chord_near - near * chord_far) / (near + far)
    if slope * chord_near <= 0:
        return 0.0
    if chord_near * chord_far <= 0 and abs(slope) > abs(3 * chord_near):
        return 3 * chord_near
    return slope
