"""Fertility by single age 1905-1949, to give women alive in 1950 a past with children.

The register has five-year averages of five-year ages. Single ages follow from a monotone curve through the
cumulated rates, single years from straight lines between the middles of the periods.
"""

import numpy as np

from common import decimal, finish, monotone_cubic, read

YEARS = range(1905, 1950)
AGES = range(12, 52)


def main():
    groups = {}
    for row in read("fertility_register_history.csv"):
        middle = (int(row["year_from"]) + int(row["year_to"])) / 2
        groups.setdefault(middle, []).append(5 * float(row["births_per_1000_women"]) / 1000)
    first_modern = {int(row["age"]): float(row["rate"]) for row in read("fertility_un.csv") if row["year"] == "1950"}

    # The youngest and oldest group hold the births outside 15-49 as well. Their share is that of 1950: a curve
    # without these two knots would put far too many births at 12-14.
    def share(part, whole):
        return sum(first_modern[age] for age in part) / sum(first_modern[age] for age in whole)

    below_15 = share(range(12, 15), range(12, 20))
    below_50 = share(range(45, 50), range(45, 52))
    knots = [12] + list(range(15, 51, 5)) + [52]
    edges = np.arange(AGES[0], AGES[-1] + 2)

    middles, profiles = [], []
    for middle, births in sorted(groups.items()):
        until = np.append(0.0, np.cumsum(births))
        heights = np.concatenate(
            ([0.0, below_15 * births[0]], until[1:-1], [until[-2] + below_50 * births[-1], until[-1]])
        )
        # Level ends: no births before 12 nor from 52.
        cumulated = monotone_cubic(knots, heights, edges, first_slope=0.0, last_slope=0.0)
        middles.append(middle)
        profiles.append(np.maximum(np.diff(cumulated), 0.0))
    # 1949 lies after the last middle (1948): lead into the first year of fertility_un.csv without a step.
    middles.append(1950)
    profiles.append(np.array([first_modern[age] for age in AGES]))

    profiles = np.array(profiles)
    rows = [
        [str(year), str(age), decimal(np.interp(year, middles, profiles[:, age - AGES[0]]), 6)]
        for year in YEARS
        for age in AGES
    ]
    finish({"fertility_history.csv": (["year", "age", "rate"], rows, 1e-6)})


if __name__ == "__main__":
    main()
