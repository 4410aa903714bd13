"""What people do, by sex, age, year and education, 1950-2025: work_stocks.csv and disabled_at_work.csv.

The labour force, the unemployed and the disabled of each sex and age start from what is believed (constants below) and
are moved, as little and as smoothly as possible, until they agree with labour force surveys and registers. The rest is
divided into sick, students without a job, retired and other. A last step divides each of these by education so that
the levels add up to the whole (iterative proportional fitting), with differences between the levels fitted to the
surveys. All steps are repeated whenever the script runs; --report prints the comparison with every recorded figure.

People with a disability pension and a job count as disabled here and as employed in the surveys. They are the share
`disabled_at_work.csv` of the disabled: add them to `employed` before comparing with a survey.
"""

import sys
from functools import cache

import numpy as np

from common import SEXES, decimal, finish, read

YEARS = np.arange(1950, 2026, 5)
BANDS = (15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 62, 65, 67, 70)
AGES = np.arange(15, 75)
BAND = np.searchsorted(BANDS, AGES, side="right") - 1
LEVELS = ("compulsory", "upper_secondary", "tertiary_short", "tertiary_long")
STATES = ("employed", "unemployed", "sick", "disabled", "retired", "other", "education")
AT_WORK = np.array([0.19, 0.23, 0.33, 0.33])  # disabled with a job, by level; 2018 had 19 and 33 %
AT_WORK_ALL = 0.22  # the same for all levels together
SMALLEST = 0.004  # of residents neither at work nor unemployed, sick or disabled

# Per cent in the labour force, by band: believed, and corrected below. Before 1972 women are counted as the survey
# counts them, one hour a week and family members on farms included, not as the censuses did.
LABOUR_FORCE = {
    "male": {
        1950: (64, 89, 96, 98, 98, 98, 97.5, 97, 95, 92, 90, 83, 68, 42),
        1960: (52, 85, 94, 97.5, 97.5, 97.5, 97, 96.5, 94, 91, 88, 80, 60, 27),
        1970: (45, 78, 91, 96, 97, 97, 96.5, 95.5, 92, 87, 82, 72, 48, 20),
        1975: (43, 76, 91, 96, 97, 96, 95.5, 94, 90, 84, 78, 62, 34, 14),
        1980: (48, 77, 91, 96, 96.5, 96, 95, 92, 88, 80, 72, 55, 27, 11),
        1985: (46, 79, 91, 95.5, 96, 95.5, 94.5, 91.5, 86, 78, 68, 50, 22, 9),
        1990: (45, 77, 88, 92.5, 93.5, 94, 92.5, 89.5, 82, 72, 60, 38, 17, 8),
        1995: (41, 73, 86.5, 91.5, 92.5, 92.5, 91, 88.5, 81, 69, 55, 33, 13, 6.5),
        2000: (51, 77, 88.5, 92, 92, 91.5, 91, 88.5, 83, 73, 54, 36, 14, 6.5),
        2005: (44, 74, 86, 90.5, 91, 90.5, 89, 87, 82, 74, 54, 37, 16, 7),
        2010: (40, 75, 86, 92, 93, 91, 90, 88, 83, 77, 61, 45, 21, 10),
        2015: (38, 71, 86, 90, 91, 90, 89, 87, 84, 78, 65, 49, 21, 10),
        2020: (40, 72, 86.5, 90, 91, 90, 89.5, 87.5, 85, 79, 67, 52, 22, 10),
        2025: (44, 76, 88, 91, 91.5, 91, 90, 88, 86, 81, 69, 55, 24, 11),
    },
    "female": {
        1950: (55, 62, 40, 30, 29, 30, 31, 31, 30, 27, 25, 20, 15, 9),
        1960: (46, 58, 36, 27, 28, 31, 33, 34, 32, 28, 26, 20, 14, 7),
        1970: (41, 60, 44, 40, 44, 48, 50, 49, 45, 38, 34, 26, 16, 7),
        1975: (41, 62, 51, 50, 55, 59, 60, 56, 49, 41, 36, 25, 12, 5),
        1980: (46, 69, 65, 66, 71, 74, 74, 67, 57, 46, 39, 27, 11, 5),
        1985: (46, 73, 72, 74, 77, 79, 79, 73, 61, 49, 42, 29, 11, 4.5),
        1990: (45, 69, 74, 77, 80, 82, 82, 76, 63, 50, 42, 25, 9, 4),
        1995: (39, 66, 76, 79, 81, 83, 82, 78, 65, 52, 41, 23, 8, 3.5),
        2000: (52, 71, 81, 82, 83, 84, 83.5, 80, 71, 58, 43, 28, 8, 3),
        2005: (46, 68, 78, 81.5, 83, 83.5, 82.5, 80, 72, 61, 45, 30, 9, 3),
        2010: (44, 70, 81, 85, 86, 86, 84.5, 82, 76, 66, 51, 37, 13, 5),
        2015: (41, 68, 80, 84, 85, 85.5, 84, 82, 77, 69, 55, 42, 14, 6),
        2020: (42, 70, 81, 85, 86, 86, 85, 83, 79, 72, 60, 45, 15, 6),
        2025: (47, 75, 84, 87, 88, 87.5, 86.5, 85, 82, 76, 63, 49, 18, 7),
    },
}
# Per cent of residents with a disability pension. The pension began in 1961; it ended at 70 until 1972, at 67 since.
DISABLED = {
    "male": {
        1955: (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.2, 2, 3, 4, 5, 3, 0),
        1960: (0.1, 0.3, 0.4, 0.5, 0.7, 0.9, 1.2, 1.8, 3, 5, 6.5, 8, 6, 0),
        1965: (0.3, 0.7, 0.9, 1.1, 1.4, 1.9, 2.7, 4.2, 7.5, 12, 16, 21, 20, 0),
        1970: (0.4, 0.9, 1.2, 1.5, 1.9, 2.6, 3.7, 5.8, 10, 16, 21, 29, 28, 0),
        1980: (0.4, 0.9, 1.3, 1.7, 2.2, 3, 4.6, 7.4, 13, 21, 28, 37, 0, 0),
        1990: (0.4, 1, 1.6, 2.3, 3.1, 4.3, 6.2, 10, 18, 28, 36, 46, 0, 0),
        2000: (0.5, 1.1, 1.8, 2.6, 3.7, 5.3, 7.8, 11.2, 18, 27, 33, 42, 0, 0),
        2005: (0.6, 1, 1.6, 2.3, 3.4, 5.1, 7.7, 11, 17.9, 26.5, 31, 40.2, 0, 0),
        2010: (0.5, 1.2, 1.5, 2, 2.8, 4.2, 6.3, 9.9, 15.6, 24, 29, 33.7, 0, 0),
        2015: (0.6, 1.5, 2, 2.3, 3.1, 4.5, 6.3, 9.4, 14, 20.5, 25, 30, 0, 0),
        2020: (0.7, 2, 3, 3.5, 4.2, 5.2, 7, 9.8, 13.8, 19, 23.5, 28, 0, 0),
        2025: (0.7, 1.9, 3.1, 3.9, 4.8, 5.8, 7.2, 9.6, 13, 18, 22, 27, 0, 0),
    },
    "female": {
        1955: (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.2, 2, 2.5, 3, 4, 2, 0),
        1960: (0.1, 0.2, 0.4, 0.5, 0.7, 0.9, 1.2, 1.8, 3, 4, 5, 6, 5, 0),
        1965: (0.2, 0.5, 0.8, 1.1, 1.5, 2.1, 3, 4.4, 7, 10, 13, 17, 16, 0),
        1970: (0.3, 0.7, 1, 1.4, 2, 2.8, 4.2, 6.2, 10, 14, 18, 23, 22, 0),
        1980: (0.3, 0.8, 1.1, 1.7, 2.5, 3.9, 6, 9, 14, 20, 25, 31, 0, 0),
        1990: (0.3, 0.8, 1.4, 2.3, 3.5, 5.3, 8.3, 13, 20, 28, 34, 42, 0, 0),
        2000: (0.4, 0.9, 1.7, 2.9, 4.9, 7.7, 11.5, 17, 26, 34.5, 40, 47, 0, 0),
        2005: (0.5, 0.8, 1.4, 2.3, 4.2, 7, 10.8, 16.7, 26.9, 35, 40.5, 47.6, 0, 0),
        2010: (0.4, 0.9, 1.2, 1.7, 2.9, 5.3, 8.9, 14.2, 23.4, 33.5, 39.5, 44.5, 0, 0),
        2015: (0.5, 1.2, 1.7, 2.3, 3.9, 6.6, 10, 15.3, 21.5, 29.5, 36, 42, 0, 0),
        2020: (0.5, 1.6, 2.5, 3.6, 5.1, 7.6, 11.5, 16.3, 22.5, 29, 34, 40, 0, 0),
        2025: (0.5, 1.5, 2.6, 3.8, 5.6, 8, 11.5, 16.3, 22, 28.5, 33, 39, 0, 0),
    },
}
# Per cent disabled of all aged 18-66, from numbers of pensioners remembered: 107,000 (1967), 133,000 (1970), 160,000
# (1980), 196,000 (1985); 1970 and before include some aged 67-69, who are left out here.
DISABLED_RECALLED = {1967: 4.2, 1970: 5.1, 1975: 5.9, 1980: 6.5, 1985: 7.7}
UNEMPLOYED_AGE = (3.3, 2.2, 1.4, 1, 0.85, 0.7, 0.65, 0.65, 0.6, 0.6, 0.6, 0.5, 0.3, 0.2)
UNEMPLOYED_YEAR = {1950: 1.3, 1960: 1.3, 1970: 1.4, 1980: 1.8, 1985: 2.7, 1990: 5.2, 1995: 5, 2000: 3.4, 2005: 4.5,
                   2010: 3.5, 2015: 4.3, 2020: 4.2, 2025: 4}  # fmt: skip
# Per cent of people aged 18-66 long-term sick or on work assessment allowance (before 2010 rehabilitation) and not at
# work: 70 % of those on the allowance, 4.1 % of residents in 2018.
SICK_YEAR = {1950: 1.5, 1960: 1.2, 1970: 1.2, 1980: 1.4, 1985: 1.7, 1990: 2.3, 1995: 2.2, 2000: 2.5, 2005: 3.2,
             2010: 3.7, 2015: 3.2, 2020: 3, 2025: 3.2}  # fmt: skip
SICK_AGE = (0.25, 0.7, 0.95, 1.1, 1.15, 1.15, 1.15, 1.15, 1.15, 1, 0.6, 0.25, 0, 0)
SICK_SEX = {"female": 1.15, "male": 0.85}
# Shares of those left over who are students and who are retired; what remains is `other` (homemakers and the rest).
STUDENTS = {
    "male": {
        1950: (0.60, 0.55, 0.35, 0.15, 0.06, 0.02, 0, 0, 0, 0, 0, 0, 0, 0),
        1970: (0.92, 0.70, 0.50, 0.25, 0.10, 0.05, 0.02, 0.01, 0, 0, 0, 0, 0, 0),
        1990: (0.95, 0.75, 0.50, 0.25, 0.12, 0.06, 0.03, 0.02, 0, 0, 0, 0, 0, 0),
        2020: (0.96, 0.75, 0.50, 0.28, 0.15, 0.08, 0.05, 0.02, 0, 0, 0, 0, 0, 0),
    },
    "female": {
        1950: (0.50, 0.08, 0.02, 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        1970: (0.85, 0.28, 0.06, 0.02, 0.01, 0.01, 0, 0, 0, 0, 0, 0, 0, 0),
        1980: (0.93, 0.45, 0.12, 0.05, 0.03, 0.02, 0.01, 0, 0, 0, 0, 0, 0, 0),
        1990: (0.95, 0.58, 0.22, 0.10, 0.07, 0.05, 0.03, 0.01, 0, 0, 0, 0, 0, 0),
        2000: (0.96, 0.66, 0.32, 0.17, 0.12, 0.08, 0.05, 0.02, 0, 0, 0, 0, 0, 0),
        2020: (0.96, 0.74, 0.40, 0.24, 0.17, 0.12, 0.08, 0.04, 0, 0, 0, 0, 0, 0),
    },
}
RETIRED = {  # bands 55, 60, 62, 65, 67, 70; pension age 70 until 1972 and 67 since, early retirement from 1989
    "male": {
        1950: (0.05, 0.25, 0.3, 0.45, 0.6, 1),
        1970: (0.05, 0.3, 0.4, 0.6, 0.7, 1),
        1975: (0.08, 0.35, 0.45, 0.65, 1, 1),
        1985: (0.1, 0.4, 0.5, 0.75, 1, 1),
        1990: (0.12, 0.45, 0.65, 0.85, 1, 1),
        2000: (0.12, 0.45, 0.92, 0.95, 1, 1),
        2025: (0.1, 0.4, 0.9, 0.96, 1, 1),
    },
    "female": {
        1950: (0.01, 0.04, 0.06, 0.1, 0.2, 1),
        1970: (0.01, 0.06, 0.1, 0.2, 0.35, 1),
        1975: (0.02, 0.08, 0.12, 0.25, 1, 1),
        1985: (0.02, 0.1, 0.18, 0.35, 1, 1),
        1990: (0.03, 0.12, 0.3, 0.5, 1, 1),
        2000: (0.05, 0.25, 0.7, 0.8, 1, 1),
        2025: (0.08, 0.35, 0.86, 0.94, 1, 1),
    },
}
# Log odds against upper secondary of being in a state rather than employed, before the fit: compulsory, short, long.
PRIOR_GAP = {
    "unemployed": (0.75, -0.30, -0.30),
    "sick": (0.80, -0.45, -0.80),
    "disabled": (0.85, -0.75, -1.20),
    "retired": (0.35, -0.20, -0.60),
    "other": (0.70, -0.40, -0.60),
}
GAP_YEARS = (1976, 1990, 2001, 2012, 2019)  # knots of what is added to all of these, by sex: compulsory, tertiary


def interpolate(table, at, width):
    """Rows of {year: values} at these years: straight lines, held beyond both ends."""
    knots = sorted(table)
    values = np.array([table[k] for k in knots], dtype=float).reshape(len(knots), width)
    return np.array([np.interp(at, knots, values[:, i]) for i in range(width)]).T


def logit(share):
    return np.log(share / (1 - share))


def expit(x):
    return 1 / (1 + np.exp(-x))


def population():
    """{(year, sex): people by single age 15-74}, mean of both 1 Januaries."""
    counts = {}
    for row in read("population_register.csv"):
        age = int(row["age"])
        if 15 <= age <= 74:
            counts[int(row["year"]), row["sex"], age] = float(row["count"])
    last = max(year for year, _, _ in counts)
    return {
        (year, sex): np.array([(counts[year, sex, a] + counts[min(year + 1, last), sex, a]) / 2 for a in AGES])
        for year in range(1950, last + 1)
        for sex in SEXES
    }


PEOPLE = population()


@cache
def weights(sex, low, high, year, at_most=74):
    """Shares of the people meant, [2, years, bands]: straight lines between the years of the table."""
    cell = np.zeros((2, len(YEARS), len(BANDS)))
    right = min(max(np.searchsorted(YEARS, year), 1), len(YEARS) - 1)
    part = min((year - YEARS[right - 1]) / 5, 1.0)
    inside = (AGES >= low) & (AGES <= min(high, at_most))
    for s, name in enumerate(SEXES):
        if sex in (name, "both"):
            people = np.bincount(BAND, PEOPLE[year, name] * inside, len(BANDS))
            cell[s, right - 1] += (1 - part) * people
            cell[s, right] += part * people
    return cell / cell.sum()


def cells(table, width):
    return np.array([interpolate(table[sex], YEARS, width) for sex in SEXES])


def smooth(start, targets, loose, by_year, by_age, alike, rounds=8):
    """Moves logits from `start` [2, years, bands] so that weighted means of shares meet the targets.

    A target is (weights, share, tolerance). The change of the logits is held small (`loose`), smooth over years
    (second differences, `by_year`) and over bands (first differences, `by_age`), and nearly the same for both sexes (`alike`).
    """
    shape, size = start.shape, start.size
    index = np.arange(size).reshape(shape)
    rows = []

    def add(entries, width):
        row = np.zeros(size)
        for at, value in entries:
            row[at] += value
        rows.append(row / width)

    for at in index.ravel():
        add([(at, 1)], loose)
    for s in range(2):
        for b in range(shape[2]):
            for t in range(1, shape[1] - 1):
                add([(index[s, t - 1, b], 1), (index[s, t, b], -2), (index[s, t + 1, b], 1)], by_year)
    for t in range(shape[1]):
        for b in range(shape[2]):
            if b + 1 < shape[2]:
                for s in range(2):
                    add([(index[s, t, b], 1), (index[s, t, b + 1], -1)], by_age)
            add([(index[0, t, b], 1), (index[1, t, b], -1)], alike)
    penalty = np.array(rows)
    weight = np.array([w.ravel() for w, _, _ in targets])
    goal = np.array([share for _, share, _ in targets])
    scale = np.array([tolerance for _, _, tolerance in targets])
    first = start.ravel()
    x = first.copy()
    for _ in range(rounds):
        share = expit(x)
        jacobian = weight * (share * (1 - share)) / scale[:, None]
        residual = (weight @ share - goal) / scale
        normal = jacobian.T @ jacobian + penalty.T @ penalty
        step = np.linalg.solve(normal, -(jacobian.T @ residual + penalty.T @ (penalty @ (x - first))))
        x = x + np.clip(step, -1, 1)
    return expit(x).reshape(shape)


TOLERANCE = {"lfs": 0.005, "lfs_count": 0.007, "lfs_q2": 0.012, "lfs_q3": 0.012, "register": 0.025, "census": 0.03}


def recorded(measure, kinds=TOLERANCE, education="all"):
    """Rows of employment_register.csv: (sex, low, high, year, share, tolerance, row)."""
    for row in read("employment_register.csv"):
        if row["measure"] == measure and row["kind"] in kinds and row["education"] == education:
            if (row["measure"], row["kind"]) != ("labour_force", "census"):
                tolerance = 0.008 if row["verified"] != "yes" else TOLERANCE[row["kind"]]
                place = row["sex"], int(row["age_from"]), int(row["age_to"]), int(row["year"])
                yield (*place, float(row["percent"]) / 100, tolerance, row)


def labour_market():
    """Labour force and unemployment rate, [2, years, bands]."""
    force = start = cells(LABOUR_FORCE, len(BANDS)) / 100
    level = interpolate(UNEMPLOYED_YEAR, YEARS, 1) / 100
    rate = begin = np.broadcast_to(level * np.array(UNEMPLOYED_AGE), start.shape).copy()
    for _ in range(3):
        targets = []
        for sex, low, high, year, share, tolerance, _ in recorded("unemployed_rate"):
            weight = weights(sex, low, high, year) * force
            targets.append((weight / weight.sum(), share, max(0.5 * tolerance, 0.15 * share)))
        rate = smooth(logit(begin), targets, 0.5, 0.4, 0.3, 0.1)
        targets = []
        for sex, low, high, year, share, tolerance, _ in recorded("labour_force"):
            targets.append((weights(sex, low, high, year), share, tolerance))
        for sex, low, high, year, share, tolerance, _ in recorded("employed"):
            weight = weights(sex, low, high, year)
            inside = (weight * force).sum()
            jobless = (weight * force * rate).sum() / inside
            targets.append((weight, share / (1 - jobless), tolerance))
        force = smooth(logit(start), targets, 0.5, 0.15, 0.25, 0.5)
    return force, rate


def disability():
    """Share with a disability pension, [2, years, bands]."""
    start = np.maximum(cells(DISABLED, len(BANDS)) / 100, 1e-6)
    targets = []
    for sex, low, high, year, share in disabled_recorded():
        weight = weights(sex, low, high, year, 66)
        targets.append((grown(weight) if low == 18 else weight, share, 0.0015 if low == 18 else 0.003))
    for year, percent in DISABLED_RECALLED.items():
        targets.append((weights("both", 18, 66, year), percent / 100, 0.003))
    share = smooth(logit(start), targets, 0.6, 0.3, 0.3, 0.6)
    share[:, YEARS >= 1975, BANDS.index(67)] = 0
    share[:, :, BANDS.index(70)] = 0
    return share


def disabled_recorded():
    """Rows of disability_register.csv for all levels together: (sex, low, high, year, share)."""
    for row in read("disability_register.csv"):
        if row["education"] == "all" and row["kind"] != "percent_standardised":
            place = row["sex"], int(row["age_from"]), int(row["age_to"]), int(row["year"])
            yield (*place, float(row["percent"]) / 100)


def grown(weight):
    """Of those aged 15-19, only the ages 18 and 19 can have a disability pension."""
    weight = weight.copy()
    weight[:, :, 0] *= 2.5
    return weight


def attained():
    """{sex: [birth years, ages, 4]} of education_attained.csv, with its birth years and ages."""
    held = {}
    for row in read("education_attained.csv"):
        held[row["sex"], int(row["birth_year"]), int(row["age"])] = [float(row[level]) for level in LEVELS]
    births, ages = (sorted({key[i] for key in held}) for i in (1, 2))
    return {sex: np.array([[held[sex, birth, age] for age in ages] for birth in births]) for sex in SEXES}, births, ages


def schooling():
    """Shares of the four levels, [2, years, bands, 4]: those of the cohort in the middle of the band."""
    table, births, ages = attained()
    shares = np.zeros((2, len(YEARS), len(BANDS), 4))
    for b, (low, end) in enumerate(zip(BANDS, BANDS[1:] + (75,))):
        age = max((low + end - 1) / 2, ages[0])
        for s, sex in enumerate(SEXES):
            by_age = np.array([[np.interp(age, ages, row) for row in cohort.T] for cohort in table[sex]])
            birth = YEARS - (low + end - 1) / 2
            shares[s, :, b] = np.array([np.interp(birth, births, by_age[:, k]) for k in range(4)]).T
    young = shares[:, :, 0]  # at 20; of those aged 15-19 two in five of these have completed upper secondary
    young[..., 1] = 0.4 * young[..., 1:].sum(-1)
    young[..., 0], young[..., 2:] = 1 - young[..., 1], 0
    return shares / shares.sum(-1, keepdims=True)


def totals():
    """Shares of the seven states, [2, years, bands, 7], all levels of education together."""
    force, rate = labour_market()
    disabled = disability()
    sick = interpolate(SICK_YEAR, YEARS, 1)[None] / 100 * np.array(SICK_AGE)
    sick = sick * np.array([SICK_SEX[sex] for sex in SEXES])[:, None, None]
    states = np.zeros(force.shape + (7,))
    both = AT_WORK_ALL * disabled
    unemployed, employed = force * rate, force * (1 - rate) - both
    left = 1 - employed - unemployed - disabled - sick
    room = np.maximum(SMALLEST - left, 0)
    taken = np.minimum(room, 0.35 * sick)
    sick, employed = sick - taken, employed - (room - taken)
    left = np.maximum(left, SMALLEST)
    students = cells(STUDENTS, len(BANDS))
    retired = np.zeros_like(force)
    retired[:, :, BANDS.index(55)] = cells(RETIRED, 6)[:, :, 0]
    retired[:, :, BANDS.index(60) :] = cells(RETIRED, 6)[:, :, 1:]
    for i, part in enumerate((employed, unemployed, sick, disabled, left * retired)):
        states[..., i] = part
    states[..., 5] = left * (1 - students - retired)
    states[..., 6] = left * students
    assert states.min() >= 0 and np.allclose(states.sum(-1), 1)
    return states


def by_level(states, shares, gaps, rounds=300):
    """Shares of the states within each level, [2, years, bands, 4, 7], that average to `states`."""
    seed = np.zeros(states.shape[:3] + (4, 7))
    for i, name in enumerate(STATES):
        if name in PRIOR_GAP:
            low, short, long = PRIOR_GAP[name]
            seed[..., 0, i], seed[..., 2, i], seed[..., 3, i] = low, short, long
            if name != "disabled":
                seed[..., 0, i] += gaps["compulsory"][:, :, None]
                seed[..., 2, i] += gaps["tertiary"][:, :, None]
                seed[..., 3, i] += gaps["tertiary"][:, :, None]
            else:
                seed[..., 0, i] += gaps["disabled_compulsory"][:, None, None]
                seed[..., 2:, i] += gaps["disabled_tertiary"][:, None, None, None]
    school = STATES.index("education")
    for band, values in (
        (0, (0.5, 0, 0, 0)),
        (1, (-0.7, 0, -0.2, -1)),
        (2, (-0.8, 0, 0.2, -0.5)),
        (3, (-0.4, 0, 0.2, 0)),
    ):
        seed[:, :, band, :, school] = values
    table = np.exp(seed) * shares[..., None] * states[..., None, :]
    wanted = states[..., None, :]
    for _ in range(rounds):
        table *= np.divide(wanted, table.sum(-2, keepdims=True), out=np.ones_like(wanted), where=wanted > 0)
        sums = table.sum(-1)
        table *= np.divide(shares, sums, out=np.ones_like(shares), where=sums > 0)[..., None]
    return np.divide(table, shares[..., None], out=np.zeros_like(table), where=shares[..., None] > 0)


def survey(levels):
    """Employed, in the labour force and disabled as surveys count them, [2, years, bands, 4] each."""
    employed = levels[..., 0] + AT_WORK * levels[..., 3]
    return {"employed": employed, "labour_force": employed + levels[..., 1], "disabled": levels[..., 3]}


PICK = {
    "compulsory": (0,), "upper_secondary": (1,), "tertiary_short": (2,), "tertiary_long": (3,), "tertiary": (2, 3),
    "all": (0, 1, 2, 3),
}  # fmt: skip


def education_targets():
    """(measure, sex, low, high, year, level, share, tolerance): what sets the differences between the levels."""
    held = {}
    for row in read("employment_register.csv"):
        if (
            row["education"] != "all"
            and row["kind"] in ("lfs", "lfs_oecd", "census")
            and row["measure"] != "unemployed_rate"
        ):
            key = row["measure"], row["sex"], int(row["age_from"]), int(row["age_to"]), int(row["year"])
            held.setdefault(key, {})[row["education"]] = float(row["percent"]) / 100
    for key, found in held.items():
        if "upper_secondary_1" in found:
            first, second = found.pop("upper_secondary_1"), found.pop("upper_secondary_2")
            found["upper_secondary"] = 0.6 * first + 0.4 * second
        if "upper_secondary_general" in found:
            general, trade = found.pop("upper_secondary_general"), found.pop("upper_secondary_vocational")
            found["upper_secondary"] = 0.35 * general + 0.65 * trade
        for level, share in found.items():
            yield (*key, level, share, 0.01)
    for row in read("disability_register.csv"):
        if row["education"] != "all" and not (row["sex"] == "both" and row["year"] == "2016"):
            low, high = int(row["age_from"]), int(row["age_to"])
            yield (
                "disabled",
                row["sex"],
                low,
                high,
                int(row["year"]),
                row["education"],
                float(row["percent"]) / 100,
                0.008,
            )


def mean(found, shares, sex, low, high, year, level):
    """Mean of a quantity [2, years, bands, 4] over these people."""
    weight = weights(sex, low, high, year)[..., None] * shares
    pick = list(PICK[level])
    return (weight * found)[..., pick].sum() / weight[..., pick].sum()


def unpack(vector):
    size = 2 * len(GAP_YEARS)
    low, high = vector[:size].reshape(2, -1), vector[size : 2 * size].reshape(2, -1)
    return {
        "compulsory": np.array([np.interp(YEARS, GAP_YEARS, row) for row in low]),
        "tertiary": np.array([np.interp(YEARS, GAP_YEARS, row) for row in high]),
        "disabled_compulsory": vector[2 * size : 2 * size + 2],
        "disabled_tertiary": vector[2 * size + 2 :],
    }


def fit_levels(states, shares):
    """The differences between the levels that come nearest to the surveys (Gauss-Newton)."""
    targets = list(education_targets())
    goal = np.array([t[6] for t in targets])
    scale = np.array([t[7] for t in targets])
    size = 4 * len(GAP_YEARS)
    width = np.concatenate([np.full(size, 0.6), np.full(4, 0.4)])

    def residuals(vector):
        found = survey(by_level(states, shares, unpack(vector), 30))
        answer = np.array([mean(found[t[0]], shares, *t[1:6]) for t in targets])
        # A census counts whoever worked 100 hours in the year: only the differences between its levels are compared.
        census = np.array([t[4] == 2001 for t in targets])
        shift = np.zeros(len(targets))
        for sex in ("female", "male", "both"):
            pick = census & np.array([t[1] == sex for t in targets])
            if pick.any():
                shift[pick] = (answer - goal)[pick].mean()
        knots = vector[:size].reshape(4, -1)
        calm = np.diff(knots, axis=1).ravel() / 0.5
        alike = (knots[::2] - knots[1::2]).ravel() / 0.5
        return np.concatenate([(answer - shift - goal) / scale, vector / width, calm, alike])

    vector = np.zeros(size + 4)
    for _ in range(5):
        now = residuals(vector)
        jacobian = np.array([(residuals(vector + 1e-3 * unit) - now) / 1e-3 for unit in np.eye(len(vector))]).T
        step = np.linalg.solve(jacobian.T @ jacobian, -jacobian.T @ now)
        vector = vector + np.clip(step, -0.7, 0.7)
    return vector, targets


def show(name, errors):
    """One line of the report: mean and worst error in points."""
    if errors:
        size = [abs(e) for e, _ in errors]
        worst = max(errors, key=lambda e: abs(e[0]))
        print(
            f"  {name:42}{np.mean(size):6.2f}{np.mean([e for e, _ in errors]):7.2f}{len(errors):5}"
            f"  worst {worst[0]:.1f}: {worst[1]}"
        )


def report(states, shares, levels, targets):
    found = survey(levels)
    found["unemployed"] = levels[..., 1]
    print("mean absolute error, mean error (points), figures, worst")
    groups = {}
    for measure in ("employed", "labour_force", "unemployed_rate"):
        for sex, low, high, year, share, _, row in recorded(measure):
            if measure == "unemployed_rate":
                weight = weights(sex, low, high, year)[..., None] * shares
                model = (weight * found["unemployed"]).sum() / (weight * found["labour_force"]).sum()
            else:
                model = mean(found[measure], shares, sex, low, high, year, "all")
            error = 100 * (model - share)
            text = f"{sex} {low}-{high} {year} {100 * model:.1f}, recorded {100 * share:.1f}"
            kind = row["kind"] if row["kind"] in ("register", "census") else "lfs"
            groups.setdefault((measure, kind, "all"), []).append((error, text))
            groups.setdefault((measure, kind, sex), []).append((error, text))
            if kind == "lfs" and measure != "unemployed_rate":
                groups.setdefault(("work", "age", f"{low}-{high}"), []).append((error, text))
                groups.setdefault(("work", "decade", f"{year // 10 * 10}"), []).append((error, text))
    for key in sorted(groups):
        show(" ".join(key), groups[key])
    groups = {}
    for sex, low, high, year, share in disabled_recorded():
        weight = weights(sex, low, high, year, 66)
        weight = grown(weight) if low == 18 else weight
        model = 100 * (weight[..., None] * shares * found["disabled"]).sum()
        text = f"{sex} {low}-{high} {year} {model:.1f}, recorded {100 * share:.1f}"
        groups.setdefault("disabled, all", []).append((model - 100 * share, text))
        groups.setdefault(f"disabled {sex}", []).append((model - 100 * share, text))
        groups.setdefault(f"disabled {low}-{high}", []).append((model - 100 * share, text))
    for key in sorted(groups):
        show(key, groups[key])
    groups = {}
    for measure, sex, low, high, year, level, share, _ in targets:
        model = 100 * mean(found[measure], shares, sex, low, high, year, level)
        text = f"{sex} {low}-{high} {year} {level} {model:.1f}, recorded {100 * share:.1f}"
        groups.setdefault(f"by education: {measure}", []).append((model - 100 * share, text))
        if "--report" in sys.argv[1:]:
            print("   ", measure, text)
    for row in read("employment_register.csv"):
        if row["measure"] == "unemployed_rate" and row["education"] != "all":
            low, high, year = int(row["age_from"]), int(row["age_to"]), int(row["year"])
            pick = list(PICK[row["education"]])
            weight = (weights(row["sex"], low, high, year)[..., None] * shares)[..., pick]
            model = (
                100
                * (weight * found["unemployed"][..., pick]).sum()
                / (weight * found["labour_force"][..., pick]).sum()
            )
            text = f"{row['sex']} {low}-{high} {year} {row['education']} {model:.1f}, recorded {row['percent']}"
            groups.setdefault("by education: unemployed_rate", []).append((model - float(row["percent"]), text))
    for row in read("activity_register.csv"):
        if row["measure"] in ("share_of_employed", "share_of_employees") and row["group"] != "unknown":
            year = int(row["year"])
            unknown = [
                float(other["percent"])
                for other in read("activity_register.csv")
                if (other["measure"], other["sex"], other["year"], other["group"])
                == (row["measure"], row["sex"], row["year"], "unknown")
            ][0]
            weight = weights(row["sex"], int(row["age_from"]), 74, year)[..., None] * shares * found["employed"]
            model = 100 * weight[..., PICK[row["group"]][0]].sum() / weight.sum()
            goal = float(row["percent"]) / (1 - unknown / 100)
            text = f"{row['sex']} {year} {row['group']} {model:.1f}, recorded {goal:.1f}"
            groups.setdefault(f"education: {row['measure']} {year}", []).append((model - goal, text))
    for key in sorted(groups):
        show(key, groups[key])
    if "--report" in sys.argv[1:]:
        print("women by main activity (model, recorded)")
        for row in read("activity_register.csv"):
            if row["measure"].startswith("main_activity"):
                weight = weights("female", int(row["age_from"]), int(row["age_to"]), int(row["year"]))
                line = " ".join(f"{name} {100 * (weight * states[..., i]).sum():.1f}" for i, name in enumerate(STATES))
                print(
                    f"  {row['age_from']}-{row['age_to']} {row['year']} {row['measure'][14:]} {row['percent']}: {line}"
                )
        print("people without work, unemployment, sickness or disability (per cent), smallest")
        rest = states[..., 4:].sum(-1)
        for at in np.argsort(rest.ravel())[:12]:
            s, t, b = np.unravel_index(at, rest.shape)
            print(f"  {SEXES[s]} {YEARS[t]} {BANDS[b]}: {100 * rest[s, t, b]:.1f}")


def compute():
    states, shares = totals(), schooling()
    vector, targets = fit_levels(states, shares)
    return states, shares, by_level(states, shares, unpack(vector)), targets


def main():
    states, shares, levels, targets = compute()
    rows = []
    for t, year in enumerate(YEARS):
        for s, sex in enumerate(SEXES):
            for b, age in enumerate(BANDS):
                for k, level in enumerate(LEVELS):
                    values = levels[s, t, b, k] if shares[s, t, b, k] > 0 else states[s, t, b]
                    rows.append([sex, str(year), str(age), level] + [decimal(x, 4) for x in values[:6]])
    work = [[level, decimal(share, 2)] for level, share in zip(LEVELS, AT_WORK)]
    finish(
        {
            "work_stocks.csv": (["sex", "year", "age", "level", *STATES[:6]], rows, 0.0005),
            "disabled_at_work.csv": (["level", "share"], work, 0.01),
        }
    )
    if "--check" not in sys.argv[1:]:
        report(states, shares, levels, targets)


if __name__ == "__main__":
    main()
