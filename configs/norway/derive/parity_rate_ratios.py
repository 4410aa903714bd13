"""How much likelier a (further) birth is for women with 0, 1, 2 or 3+ children than for all women of that age.

The register shows how women of a birth cohort divide over numbers of children at five ages. Between two of these
ages, the gain of the share with more than k children is the number of women who went from k to k+1. The ratios are
those which, applied year by year with the recorded age pattern of fertility, turn the first division into the
second.

Ages in the result are ages on 1 January. The recorded divisions belong to 31 December of the year in which the
cohort reaches the age (cumulated fertility rates agree with that reading only), so those from "20" to "25" span
five calendar years that women start aged 20 to 24.
"""

import sys

import numpy as np

from common import decimal, finish, read

BANDS = ((12, 19), (20, 24), (25, 29), (30, 34), (35, 51))
# The last age of a band, plus one, is the recorded age; the oldest band has been observed to 40 only.
RECORDED = {19: 20, 24: 25, 29: 30, 34: 35, 51: 40}
# One set of ratios does not fit all cohorts: see the README. The open ends are wide enough for every cohort.
COHORTS = ((1850, 1944), (1945, 1959), (1960, 2100))
SHARES = ("children_0", "children_1", "children_2", "children_3", "children_4_or_more")
LARGE = 4  # shares are kept for 0, 1, 2, 3 and "4 or more"; the last two have the same ratio
# Its shares (96.1, 3.5, 0.4) contradict the printed mean of 0.02 children, and so do the register's birth rates.
DOUBTFUL = ((1999, 20),)


def fertility():
    rates = {}
    for name in ("fertility_history.csv", "fertility_un.csv"):
        for row in read(name):
            rates[int(row["year"]), int(row["age"])] = float(row["rate"])
    return rates


def cohort_rate(rates, cohort, age):
    """Births per woman in the calendar year that the cohort starts at this age: half of it is lived a year older."""
    year = cohort + age + 1
    return (rates.get((year, age), 0.0) + rates.get((year, age + 1), 0.0)) / 2


def divisions():
    """{(cohort, age): shares}. The 2011 edition first: only there one can follow a cohort beyond 25."""
    recorded = {}
    for row in read("parity_register.csv"):
        key = int(row["birth_cohort"]), int(row["age"])
        shares = np.array([float(row[column]) for column in SHARES])
        if key not in recorded and key not in DOUBTFUL:
            recorded[key] = shares / shares.sum()  # printed shares add up to 99.8-100.2
    return recorded


def step(shares, rate, ratios):
    """One year in which no woman has two births. Returns the new shares and the women who left each class."""
    level = ratios[np.minimum(np.arange(LARGE + 1), 3)]
    chance = rate * level / (shares @ level)
    moved = (shares * np.minimum(chance, 1.0))[:LARGE]
    return shares + np.append(0.0, moved) - np.append(moved, 0.0), moved


def estimate(start, end, yearly):
    """Ratios that lead from the first division to the second, by correcting each transition until it fits."""
    observed = np.maximum(np.cumsum(start)[:LARGE] - np.cumsum(end)[:LARGE], 0.0)
    ratios, scale = np.ones(4), 1.0
    for _ in range(400):
        shares, gained = start, np.zeros(LARGE)
        relative, weight = np.zeros(4), 0.0
        for rate in yearly:
            level = shares @ ratios[[0, 1, 2, 3, 3]]
            relative, weight = relative + rate * ratios / level, weight + rate
            shares, moved = step(shares, scale * rate, ratios)
            gained += moved
        # The cohort may have had more or fewer births than the rates of all women say: that is not parity.
        scale *= observed.sum() / gained.sum()
        ratios = ratios * np.where(gained > 0, observed / np.maximum(gained, 1e-300), 1.0)
        ratios = ratios / ratios[0]
    return relative / weight


def table(recorded, rates, cohorts):
    """{(cohorts, band, parity): estimates of single cohorts}."""
    found = {}
    for span in cohorts:
        for first, last in BANDS:
            for cohort in sorted({cohort for cohort, _ in recorded}):
                young, old = (cohort, first), (cohort, RECORDED[last])
                if not span[0] <= cohort <= span[1] or old not in recorded:
                    continue
                if first > 12 and young not in recorded:
                    continue
                start = recorded[young] if first > 12 else np.eye(LARGE + 1)[0]
                yearly = [cohort_rate(rates, cohort, age) for age in range(first, RECORDED[last])]
                estimates = estimate(start, recorded[old], yearly)
                if first == 12:
                    # Printed shares of 0.0 or 0.1 say nothing about a fourth child.
                    estimates[3] = estimates[2]
                for parity in range(4):
                    found.setdefault((span, (first, last), parity), []).append(estimates[parity])
    # Cohort 1935 alone was observed after 35. Later cohorts get its ratios, moved as far as those of the band
    # before have moved since cohort 1935.
    before, oldest = BANDS[-2:]
    for span in cohorts[1:]:
        for parity in range(4):
            alone, origin = found[cohorts[0], oldest, parity][0], found[cohorts[0], before, parity][0]
            found[span, oldest, parity] = [alone * later / origin for later in found[span, before, parity]]
    return found


def bounds(values):
    """10th and 90th percentile over cohorts; the extremes where there are fewer than five."""
    return np.percentile(values, (10, 90)) if len(values) >= 5 else (min(values), max(values))


def misfit(recorded, rates, cohorts, found):
    """Walk each cohort from no children at 12 and compare with the register, in percentage points."""
    errors = {}
    for cohort in sorted({cohort for cohort, _ in recorded}):
        span = next(span for span in cohorts if span[0] <= cohort <= span[1])
        shares = np.eye(LARGE + 1)[0]
        for age in range(12, 40):
            band = next(band for band in BANDS if band[0] <= age <= band[1])
            ratios = np.array([np.mean(found[span, band, parity]) for parity in range(4)])
            shares, _ = step(shares, cohort_rate(rates, cohort, age), ratios)
            if (cohort, age + 1) in recorded:
                errors[cohort, age + 1] = 100 * (shares - recorded[cohort, age + 1])
    return errors


def report(errors):
    for age in (20, 25, 30, 35, 40):
        block = np.array([error for (_, reached), error in errors.items() if reached == age])
        print(f"age {age}: mean error {np.abs(block).mean():.2f}, worst {np.abs(block).max():.2f} percentage points")
    block = np.array(list(errors.values()))
    worst = max(errors, key=lambda key: np.abs(errors[key]).max())
    print(f"all: mean {np.abs(block).mean():.2f}, worst {np.abs(block).max():.2f} (cohort, age {worst})")


def main():
    recorded, rates = divisions(), fertility()
    found = table(recorded, rates, COHORTS)
    rows = [
        [str(span[0]), str(span[1]), str(band[0]), str(band[1]), str(parity)]
        + [decimal(number, 3) for number in (np.mean(values), *bounds(values))]
        for (span, band, parity), values in sorted(found.items(), key=lambda item: item[0])
    ]
    header = ["cohort_from", "cohort_to", "age_from", "age_to", "parity", "ratio", "lower", "upper"]
    finish({"parity_rate_ratios.csv": (header, rows, 0.001)})
    if "--report" in sys.argv[1:]:
        report(misfit(recorded, rates, COHORTS, found))


if __name__ == "__main__":
    main()
