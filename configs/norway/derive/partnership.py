"""Rates at which women enter unions, marry the man they live with, and part, 1950-2100.

A model of the union histories of birth cohorts of women turns such rates into shares of women (and, through the
difference in age between the partners, of men) who are married or cohabiting, into marriages and into divorces. The
rates are smooth surfaces with knots in year and age. Without arguments, or with --check, the script computes the
tables from the knots in union_knots.csv; --report prints the comparison with the records in full. With --fit it first
moves the knots until the model comes as close as it can to the register and the surveys (damped Gauss-Newton, some
minutes), and rewrites union_knots.csv; --fit --afresh starts from the priors below.

Within a year: unions end by separation, unions form, cohabiting couples marry, husbands die. Age is the age reached
on 31 December. Durations are differences of calendar years. A union counts as ended when the couple parts, one year
before the divorce is recorded: the law asks for a year of separation.
"""

import sys

import numpy as np

from common import decimal, finish, monotone_cubic, read

FIRST, LAST, OLDEST = 16, 79, 110  # ages at which unions start, and the last age followed
STARTS = np.arange(FIRST, LAST + 1)
GAPS = np.arange(-20, 31)  # his age less hers, whole years
PAST, START, END = 1855, 1950, 2100
SEPARATED = 1  # years between parting and recorded divorce
PARTNERED = 1.0  # mortality of men in unions relative to all men: the fit makes no difference, the simulation does (death.toml)
NEVER_DIVORCED = 3.0  # women separated on paper for each divorce of the year (1999: 29,800 and 9,124)

AGES_FIRST = (16, 18, 20, 22, 24, 27, 31, 36, 43, 53, 79)
YEARS_FIRST = (1900, 1930, 1946, 1951, 1956, 1961, 1966, 1971, 1976, 1981, 1986, 1991, 1996, 2001, 2008, 2015, 2022)
AGES_AGAIN = (16, 25, 35, 45, 55, 65, 79)
YEARS_AGAIN = (1900, 1950, 1970, 1980, 1990, 2000, 2010, 2022)
YEARS_KIND = (1950, 1960, 1966, 1971, 1976, 1981, 1986, 1991, 1996, 2001, 2010, 2022)
YEARS_MARRY = (1950, 1970, 1976, 1982, 1988, 1994, 2000, 2006, 2014, 2022)
DURATIONS_MARRY = (0, 1, 3, 6, 10, 20, 30)
YEARS_PART = (1950, 1985, 2000, 2022)
DURATIONS_PART = (0, 1, 2, 4, 7, 12, 20, 30)
YEARS_DIVORCE = (1960, 1970, 1980, 1990, 2000, 2005, 2010, 2016, 2022)

# Where the knots start and, with the given tolerance (log or logit), what they are believed to be without data.
PRIOR_MARRY = (0.06, 0.10, 0.13, 0.12, 0.07, 0.03, 0.015)
PRIOR_PART = (0.075, 0.085, 0.08, 0.065, 0.045, 0.03, 0.018, 0.012)
PRIOR_AGAIN = (0.25, 0.22, 0.13, 0.07, 0.03, 0.012, 0.002)
PRIOR_KIND = (0.975, 0.97, 0.95, 0.85, 0.6, 0.35, 0.2, 0.12, 0.10, 0.09, 0.08, 0.07)
GAP_NAMES = ("mean_0", "slope_0", "sd_0", "widening_0", "mean_1", "slope_1", "sd_1", "widening_1")
PRIOR_GAP = (2.9, -0.05, 3.3, 0.06, 3.2, -0.03, 5.0, 0.05)
TOLERANCE_GAP = (0.3, 0.03, 0.1, 0.02, 0.5, 0.04, 0.5, 0.03)


def logit(share):
    return np.log(share / (1 - share))


def between(knots, at):
    """Matrix that turns values at the knots into a curve: straight lines, held beyond both ends."""
    knots, at = np.asarray(knots, dtype=float), np.asarray(at, dtype=float)
    return np.array([np.interp(at, knots, row) for row in np.eye(len(knots))]).T


def spline(knots, at):
    """Matrix of the natural cubic spline through the knots."""
    knots, at = np.asarray(knots, dtype=float), np.asarray(at, dtype=float)
    count, step = len(knots), np.diff(knots)
    left, right = np.zeros((count, count)), np.zeros((count, count))
    left[0, 0] = left[-1, -1] = 1
    for i in range(1, count - 1):
        left[i, i - 1 : i + 2] = step[i - 1], 2 * (step[i - 1] + step[i]), step[i]
        right[i, i - 1 : i + 2] = 6 / step[i - 1], -6 / step[i - 1] - 6 / step[i], 6 / step[i]
    curvature = np.linalg.solve(left, right)
    i = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, count - 2)
    h, eye = step[i][:, None], np.eye(count)
    low, high = (knots[i + 1] - at)[:, None] / h, (at - knots[i])[:, None] / h
    bend = (low**3 - low) * curvature[i] + (high**3 - high) * curvature[i + 1]
    return low * eye[i] + high * eye[i + 1] + bend * h**2 / 6


class Knots:
    """The free numbers: a vector, and where each block of it lies."""

    shapes = {
        "first": (len(YEARS_FIRST), len(AGES_FIRST)),
        "again_age": (len(AGES_AGAIN),),
        "again_young": (len(YEARS_AGAIN),),
        "again_old": (len(YEARS_AGAIN),),
        "kind": (len(YEARS_KIND),),
        "marry_duration": (len(DURATIONS_MARRY),),
        "marry_year": (len(YEARS_MARRY),),
        "part_duration": (len(DURATIONS_PART),),
        "part_year": (len(YEARS_PART),),
        "divorce_year": (len(YEARS_DIVORCE),),
        "gap": (len(GAP_NAMES),),
    }

    @classmethod
    def blocks(cls, vector):
        found, at = {}, 0
        for name, shape in cls.shapes.items():
            size = int(np.prod(shape))
            found[name] = vector[at : at + size].reshape(shape)
            at += size
        assert at == len(vector)
        return found

    @classmethod
    def labels(cls):
        """(block, year or duration or age, age): keys of the rows of union_knots.csv."""
        axes = {
            "again_age": AGES_AGAIN,
            "again_young": YEARS_AGAIN,
            "again_old": YEARS_AGAIN,
            "kind": YEARS_KIND,
            "marry_duration": DURATIONS_MARRY,
            "marry_year": YEARS_MARRY,
            "part_duration": DURATIONS_PART,
            "part_year": YEARS_PART,
            "divorce_year": YEARS_DIVORCE,
            "gap": GAP_NAMES,
        }
        keys = [("first", str(year), str(age)) for year in YEARS_FIRST for age in AGES_FIRST]
        return keys + [(name, str(knot), "") for name, knots in axes.items() for knot in knots]


def first_guess():
    """Entry into the first union before any fitting: a hump over age, around an age and up to a height by year."""
    rows = []
    peaks = {1900: 26, 1930: 26, 1946: 25.5, 1956: 24, 1966: 22.5, 1976: 22, 1991: 22.5, 2008: 23.5, 2022: 25}
    heights = {1900: 0.12, 1930: 0.12, 1946: 0.17, 1956: 0.23, 1966: 0.28, 1976: 0.26, 1991: 0.24, 2022: 0.22}
    for year in YEARS_FIRST:
        peak = np.interp(year, list(peaks), list(peaks.values()))
        height = np.interp(year, list(heights), list(heights.values()))
        age = np.array(AGES_FIRST, dtype=float)
        young, old = np.minimum(age - peak, 0), np.maximum(age - peak, 0)
        rows.append(np.log(height) - 0.05 * young**2 - 0.075 * old)
    return np.maximum(np.array(rows), np.log(2e-4))


def prior():
    """(values, tolerances): tolerances of infinity are free."""
    free = np.inf
    blocks = [
        (first_guess().ravel(), free),
        (np.log(PRIOR_AGAIN), 0.5),
        (np.zeros(len(YEARS_AGAIN)), 0.5),
        (np.zeros(len(YEARS_AGAIN)), 0.5),
        (logit(np.array(PRIOR_KIND)), np.array([0.15, 0.3, 0.5] + [1.0] * 5 + [0.3] * 4)),
        (np.log(PRIOR_MARRY), 0.25),
        (np.zeros(len(YEARS_MARRY)), 0.7),
        (np.log(PRIOR_PART), 0.12),
        (np.zeros(len(YEARS_PART)), 0.2),
        (np.zeros(len(YEARS_DIVORCE)), 0.1),
        (np.array(PRIOR_GAP), np.array(TOLERANCE_GAP)),
    ]
    values = np.concatenate([np.asarray(block, dtype=float) for block, _ in blocks])
    tolerances = np.concatenate([np.broadcast_to(scale, np.shape(block)) for block, scale in blocks])
    return values, tolerances


# Matrices from knots to single years, ages and durations. Years before 1950 take part for the founders only.
YEARS = np.arange(PAST, END + 1)
TO_FIRST_YEAR, TO_FIRST_AGE = between(YEARS_FIRST, YEARS), spline(AGES_FIRST, STARTS)
TO_AGAIN_YEAR, TO_AGAIN_AGE = between(YEARS_AGAIN, YEARS), spline(AGES_AGAIN, STARTS)
TO_KIND, TO_MARRY = between(YEARS_KIND, YEARS), between(YEARS_MARRY, YEARS)
TO_MARRY_DURATION = spline(np.log1p(DURATIONS_MARRY), np.log1p(np.arange(31)))
TO_PART, TO_PART_DURATION = between(YEARS_PART, YEARS), spline(np.log1p(DURATIONS_PART), np.log1p(np.arange(31)))
TO_DIVORCE = between(YEARS_DIVORCE, YEARS)
OLD = np.clip((STARTS - 40) / 25.0, 0, 1)  # 0 to 40, 1 from 65


def divorce_shape():
    """{parting hazard by year, duration 0-60} from the per cent divorced by duration, before its level is fitted."""
    recorded = {}
    for row in read("divorce_register.csv"):
        recorded.setdefault(int(row["year"]), []).append((float(row["duration"]), float(row["percent"])))
    years = sorted(recorded)
    at = np.arange(0, 63) + 0.5
    hazards = []
    for year in years:
        duration, percent = np.array(sorted(recorded[year])).T
        # Few divorces come in the first year. The curve through the points starts level.
        x = np.concatenate([[0.0], duration, [80.0]])
        y = np.concatenate([[0.0], -np.log1p(-percent / 100), [-np.log1p(-percent[-1] / 100)]])
        hazards.append(np.diff(monotone_cubic(x, y, at, first_slope=0.0, last_slope=0.0)))  # duration 1, 2, ...
    hazards = np.array(hazards)
    # The slope of the cumulated curve has kinks at the recorded durations: five durations, triangular weights.
    wide = np.pad(hazards, ((0, 0), (2, 2)), mode="edge")
    hazards = sum(w * wide[:, i : i + hazards.shape[1]] for i, w in enumerate((1, 2, 3, 2, 1))) / 9
    smooth = np.empty_like(hazards)
    for i in range(len(years)):  # five years, triangular weights
        near = [j for j in range(i - 2, i + 3) if 0 <= j < len(years)]
        weight = np.array([3 - abs(i - j) for j in near], dtype=float)
        smooth[i] = weight @ hazards[near] / weight.sum()
    index = np.clip(YEARS + SEPARATED - years[0], 0, len(years) - 1)
    return smooth[index][:, SEPARATED - 1 : SEPARATED + 60]


DIVORCE = divorce_shape()


def rates(vector):
    """Rates by year (from PAST) and age or duration."""
    knots = Knots.blocks(vector)
    first = np.exp(TO_FIRST_YEAR @ knots["first"] @ TO_FIRST_AGE.T)
    young, old = TO_AGAIN_YEAR @ knots["again_young"], TO_AGAIN_YEAR @ knots["again_old"]
    again = np.exp(knots["again_age"] @ TO_AGAIN_AGE.T + np.outer(young, 1 - OLD) + np.outer(old, OLD))
    kind = 1 / (1 + np.exp(-(TO_KIND @ knots["kind"])))
    marry = np.exp(np.add.outer(TO_MARRY @ knots["marry_year"], TO_MARRY_DURATION @ knots["marry_duration"]))
    part = np.exp(np.add.outer(TO_PART @ knots["part_year"], TO_PART_DURATION @ knots["part_duration"]))
    divorce = DIVORCE * np.exp(TO_DIVORCE @ knots["divorce_year"])[:, None]
    kind = np.where(YEARS < START, 1.0, kind)  # all unions before 1950 are taken as marriages
    return {
        "first": np.minimum(first, 1.5),
        "again": np.minimum(again, 1.5),
        "kind": kind,
        "marry": np.minimum(marry, 1.5),
        "part": np.minimum(part, 1.5),
        "divorce": divorce,
        "gap": gap(knots["gap"]),
    }


def gap(knots):
    """(mean, sd) by age at the start of the union, for first and later unions: straight lines over age, with limits."""
    mean_0, slope_0, sd_0, widening_0, mean_1, slope_1, sd_1, widening_1 = knots
    mean = np.array([mean_0 + slope_0 * (STARTS - 25), mean_1 + slope_1 * (STARTS - 40)]).T
    sd = np.array([sd_0 + widening_0 * (STARTS - 25), sd_1 + widening_1 * (STARTS - 40)]).T
    return np.clip(mean, -1.0, 6.0), np.clip(sd, 2.5, 7.0)


def gap_shares(mean, sd):
    """Shares of whole-year gaps by age at start and kind of union. He is at least 16."""
    density = np.exp(-0.5 * ((GAPS - mean[..., None]) / sd[..., None]) ** 2)
    density = np.where(STARTS[:, None, None] + GAPS >= 16, density, 0.0)
    return density / density.sum(axis=-1, keepdims=True)


class Men:
    """Survival of men: exp(-hazard) cumulated along birth cohorts, by calendar year."""

    def __init__(self, cohorts):
        table = {}
        for name in ("mortality_register.csv", "mortality_un.csv"):
            for row in read(name):
                if row["sex"] == "male":
                    table[int(row["year"]), int(row["age"])] = float(row["rate"])
        rate = np.array([[table[year, age] for age in range(111)] for year in range(START, END + 1)])
        # Before 1950: heavier mortality below 70, by 1.2 % for each year back to 1900 (assumed).
        back = np.minimum(START - np.arange(PAST, START), 50)
        young = np.clip((90 - np.arange(111)) / 20.0, 0.15, 1)
        rate = np.vstack([rate[0] * np.exp(0.012 * np.outer(back, young)), rate])
        self.first = min(cohorts) - GAPS[-1]  # the oldest husband's year of birth
        births = np.arange(self.first, max(cohorts) - GAPS[0] + 1)
        age = YEARS[None, :] - births[:, None]
        known = np.clip(age, 1, 110)
        line = np.arange(len(YEARS))[None, :]
        hazard = np.where(age >= 16, PARTNERED * (rate[line, known] + rate[line, known - 1]) / 2, 0.0)
        self.alive = np.exp(-np.cumsum(hazard, axis=1))  # by birth cohort and year


class Model:
    """Cohorts of women stepped through calendar years. State at the end of the year, shares of the cohort."""

    def __init__(self, cohorts, last_year):
        self.cohorts = np.array(cohorts)
        self.last = last_year
        self.men = Men(cohorts)
        self.base_flow = {}

    def widowing(self, shares):
        """Chance that the partner dies in the year: [kind of union, year, cohort, age at start]."""
        alive, c = self.men.alive, self.cohorts
        years = self.last - PAST + 1
        result = np.zeros((2, years, len(c), len(STARTS)), dtype=np.float64)
        for i, cohort in enumerate(c):
            husbands = alive[cohort - GAPS - self.men.first][:, :years]  # gap x year
            line = cohort + STARTS - PAST - 1  # the year before the union starts
            ok = (line >= -1) & (line < years - 1)
            begin = np.where(line[:, None] >= 0, husbands[:, np.clip(line, 0, years - 1)].T, 1.0)  # start x gap
            for kind in range(2):
                left = (shares[:, kind] / np.maximum(begin, 1e-12)) @ husbands  # start x year
                ratio = np.ones_like(left)
                ratio[:, 1:] = left[:, 1:] / np.maximum(left[:, :-1], 1e-300)
                start = np.clip(line + 1, 0, years - 1)
                ratio[np.arange(len(STARTS)), start] = left[np.arange(len(STARTS)), start]
                result[kind, :, i, :] = np.where(ok[:, None], 1 - np.clip(ratio, 0, 1), 0.0).T
        return result

    def run(self, rate, widowing, snapshots=None, begin=PAST):
        """Fill self.state and self.flow by year. Starts from a snapshot of an earlier run if begin is later."""
        c, n = self.cohorts, len(self.cohorts)
        if begin > PAST:
            state = tuple(part.copy() for part in snapshots[begin - 1])
            self.state = {year: kept for year, kept in snapshots.items() if year < begin}
        else:
            state = (np.ones(n), np.zeros((n, 2)), np.zeros((n, len(STARTS), 3)), np.zeros((n, len(STARTS), 2)))
            self.state = {}
        if begin > PAST:
            self.flow = {year: kept for year, kept in self.base_flow.items() if year < begin}
        else:
            self.flow = {}
        never, before, living, married = state
        for year in range(begin, self.last + 1):
            line, age = year - PAST, year - c
            here = np.nonzero((age >= FIRST) & (age <= OLDEST))[0]
            if not len(here):
                self.state[year] = (never.copy(), before.copy(), living.copy(), married.copy())
                continue
            low, high = here[0], here[-1] + 1
            now = slice(low, high)
            age = age[now]
            duration = age[:, None] - STARTS[None, :]
            begun = duration >= 0
            short, long = np.clip(duration, 0, 30), np.clip(duration, 0, 60)
            N, B, C, M = never[now], before[now], living[now], married[now]
            # Unions end.
            if year >= START:
                gone = C * (1 - np.exp(-rate["part"][line][short]))[:, :, None]
                C -= gone
                lost = gone.sum(axis=1)
                B[:, 0] += lost[:, 0] + lost[:, 1]
                B[:, 1] += lost[:, 2]
            chance = 1 - np.exp(-rate["divorce"][line][long])
            gone = M * np.where(begun, chance, 0.0)[:, :, None]
            M -= gone
            ended = gone.sum(axis=(1, 2))
            B[:, 1] += ended
            # Unions form.
            at = np.minimum(age, LAST) - FIRST
            able = age <= LAST
            new = N * np.where(able, 1 - np.exp(-rate["first"][line][at]), 0.0)
            again = B * np.where(able, 1 - np.exp(-rate["again"][line][at]), 0.0)[:, None]
            N -= new
            B -= again
            k, row = rate["kind"][line], np.arange(len(age))
            M[row, at, 0] += k * new
            M[row, at, 1] += k * again.sum(axis=1)
            wed, first_wed = k * (new + again.sum(axis=1)), k * (new + again[:, 0])
            later = k * again.sum(axis=1)
            if year >= START:
                C[row, at, 0] += (1 - k) * new
                C[row, at, 1] += (1 - k) * again[:, 0]
                C[row, at, 2] += (1 - k) * again[:, 1]
                # Cohabiting couples marry: at the woman's present age the marriage starts.
                marry = C * np.where(begun, 1 - np.exp(-rate["marry"][line][short]), 0.0)[:, :, None]
                C -= marry
                total = marry.sum(axis=1)
                M[row, at, 0] += total[:, 0]
                M[row, at, 1] += total[:, 1] + total[:, 2]
                wed += total.sum(axis=1)
                later += total[:, 1] + total[:, 2]
                first_wed += total[:, 0] + total[:, 1]
                gone = C[:, :, :1] * widowing[0, line, now][:, :, None]
                C[:, :, :1] -= gone
                B[:, 0] += gone.sum(axis=(1, 2))
                gone = C[:, :, 1:] * widowing[1, line, now][:, :, None]
                C[:, :, 1:] -= gone
                lost = gone.sum(axis=1)
                B[:, 0] += lost[:, 0]
                B[:, 1] += lost[:, 1]
            gone = M * np.moveaxis(widowing[:, line, now], 0, -1)
            M -= gone
            B[:, 1] += gone.sum(axis=(1, 2))
            self.state[year] = (never.copy(), before.copy(), living.copy(), married.copy())
            self.flow[year] = (now, wed, first_wed, ended, gone.sum(axis=(1, 2)), later)


class Population:
    """People on 31 December by age reached, which is the completed age on the next 1 January."""

    def __init__(self):
        self.count = {}
        for row in read("population_register.csv"):
            people = self.count.setdefault((int(row["year"]) - 1, row["sex"]), np.zeros(OLDEST + 1))
            people[int(row["age"])] = float(row["count"])


def target_list():
    """Observations: (source, kind, sex, year, age_from, age_to, value, tolerance).

    Kinds of shares are in per cent of the group; totals are in thousands of persons.
    """
    found = []
    for row in read("couples_survey.csv"):
        year, low, high = int(row["year"]), int(row["age_from"]), int(row["age_to"])
        # One survey of a few thousand women each in 1977 and 1988; later years have some hundred people in a cell,
        # and people who live alone answer less often, which no averaging removes.
        tolerance = 2.5 if year < 1990 else 2.5 if year == 2021 else 6.0 if row["sex"] == "female" else 9.0
        found.append(("survey", row["status"], row["sex"], year, low, high, float(row["percent"]), tolerance))
    whole = {}
    for row in read("couples_register.csv"):
        key = int(row["year"]), row["sex"], int(row["age_from"]), int(row["age_to"])
        whole.setdefault(key, {})[row["status"]] = float(row["count"])
    for (year, sex, low, high), counts in whole.items():
        if low < 18:
            continue
        for status in ("married", "cohabiting"):
            # Students are registered with their parents: young cohabiting couples are missed.
            tolerance = (0.7 if status == "married" else 6.0 if low == 18 else 1.0) * (1 if sex == "female" else 1.5)
            tolerance *= 3 if low >= 67 else 1  # the married live longer, which the model leaves out
            value = 100 * counts[status] / sum(counts.values())
            found.append(("register", status, sex, year - 1, low, min(high, OLDEST), value, tolerance))
    groups = {}
    for row in read("marital_status_register.csv"):
        groups.setdefault((int(row["age_from"]), int(row["age_to"])), {})[row["status"]] = float(row["count"])
    for (low, high), counts in groups.items():
        total = sum(counts.values())
        if low >= 20:
            share = 100 * counts["married"] / total
            tolerance = 1.2 if low < 70 else 3.0
            found.append(("marital status", "married", "both", 1999, low, min(high, OLDEST), share, tolerance))
        if low >= 80:  # mostly women
            share = 100 * counts["never_married"] / total
            found.append(("marital status", "never", "female", 1999, low, min(high, OLDEST), share, 1.0))
    listed = {}
    for row in read("marriages_register.csv"):
        listed.setdefault(row["indicator"], {})[int(row["year_from"]), int(row["year_to"])] = float(row["value"])
    for (low, high), value in listed["marriages"].items():
        found.append(("marriages", "weddings", "", (low, high), 0, 0, value / 1000, 0.025 * value / 1000))
    for span, value in listed["divorces"].items():
        found.append(("divorces", "partings", "", span, 0, 0, value / 1000, 0.02 * value / 1000))
        rate = listed["dissolved_by_death_per_1000_married_women"].get(span)
        if rate:
            women = listed["marriages_dissolved_by_death"][span] / rate
            women -= NEVER_DIVORCED * value / 1000
            tolerance = (0.009 if span[0] < 1991 else 0.012) * women
            found.append(("married women", "wives", "", span, 0, 0, women, tolerance))
    for row in read("marital_status_history.csv"):
        if row["status"] == "married":  # both sexes: half of them are women
            women, year = float(row["count"]) / 2000, int(row["year"])
            found.append(("married women", "wives_at_end", "", (year, year), 0, 0, women, 0.008 * women))
    for row in read("first_marriage_ages_register.csv"):
        if row["sex"] == "female":
            span = int(row["year_from"]), int(row["year_to"])
            low, high, share = int(row["age_from"]), int(row["age_to"]), float(row["percent"])
            found.append(("first marriage ages", "first_weddings", "", span, low, high, share, 0.8))
    men = {row["year_from"]: row for row in read("marriage_ages_register.csv") if row["sex"] == "male"}
    for row in read("marriage_ages_register.csv"):
        if row["sex"] == "female":
            span = int(row["year_from"]), int(row["year_to"])
            older = float(men[row["year_from"]]["mean_age_all_marriages"]) - float(row["mean_age_all_marriages"])
            found.append(("mean ages", "gap", "", span, 0, 0, older, 0.2))
            first, every = float(row["mean_age_first_marriage"]), float(row["mean_age_all_marriages"])
            found.append(("mean ages", "mean_first", "", span, 0, 0, first, 0.2))
            found.append(("mean ages", "mean_all", "", span, 0, 0, every, 0.25))
    return found


class Observer:
    """What the model has to say about each observation."""

    def __init__(self, model, population):
        self.model, self.population = model, population
        self.ages = np.arange(FIRST, OLDEST + 1)
        self.between = {}

    def spread(self, year, values):
        """Values by cohort to values by single age: a cubic spline where the fit leaves out every second cohort."""
        age = year - self.model.cohorts[::-1]
        near = (age >= FIRST - 4) & (age <= OLDEST + 4)
        key = tuple(age[near][[0, -1]])
        if key not in self.between:
            self.between[key] = spline(age[near], self.ages)
        return self.between[key] @ values[::-1][near]

    def women(self, year):
        never, before, living, married = self.model.state[year]
        return {
            "married": self.spread(year, married.sum(axis=(1, 2))),
            "cohabiting": self.spread(year, living.sum(axis=(1, 2))),
            "never": self.spread(year, never + before[:, 0] + living[:, :, :2].sum(axis=(1, 2))),
        }

    def husbands(self, year, shares):
        """Men with a wife or a woman they live with, by his age: persons."""
        _, _, living, married = self.model.state[year]
        people = self.population.count[year, "female"]
        alive, first, line = self.model.men.alive, self.model.men.first, year - PAST
        result = {}
        cohorts = self.model.cohorts
        here = np.nonzero((year - cohorts >= FIRST) & (year - cohorts <= OLDEST))[0]
        c = cohorts[here]
        age = year - c
        start = c[:, None] + STARTS[None, :] - PAST - 1
        born = c[:, None] - GAPS[None, :] - first
        begin = alive[born[:, None, :], np.clip(start, 0, line)[:, :, None]]
        left = alive[born, line][:, None, :] / np.maximum(begin, 1e-12)  # cohort, start, gap
        spacing = np.gradient(cohorts.astype(float))[here] if len(cohorts) > 1 else np.ones(len(here))
        weight = people[age] * spacing
        for status, held in (("married", married[here]), ("cohabiting", living[here])):
            both = np.zeros(left.shape[0:1] + (len(GAPS),))
            for kind in range(2):
                mass = held[:, :, 0] if kind == 0 else held[:, :, 1:].sum(axis=2)
                joint = shares[None, :, kind, :] * left
                joint /= np.maximum(joint.sum(axis=2, keepdims=True), 1e-12)
                both += (mass[:, :, None] * joint).sum(axis=1)
            men = np.zeros(OLDEST + 40)
            np.add.at(men, np.clip(age[:, None] + GAPS[None, :], 0, OLDEST + 39), both * weight[:, None])
            if spacing.max() > 1.5:  # every second cohort only: spread over neighbouring ages
                men = np.convolve(men, np.array([1, 2, 1]) / 4)[1:-1]
            result[status] = men[FIRST : OLDEST + 1]
        return result

    def flows(self, year):
        """Women who marry, marry first, part, become widows, marry in a later union, by age: persons."""
        people = self.population.count[year, "female"][self.ages]
        now, *columns = self.model.flow[year]
        result = []
        for column in columns:
            full = np.zeros(len(self.model.cohorts))
            full[now] = column
            result.append(self.spread(year, full) * people)
        return result

    def answers(self, targets, shares):
        cache, men, flow, answer = {}, {}, {}, []

        def group(counts, people, low, high):
            pick = (self.ages >= low) & (self.ages <= high)
            return counts[pick].sum(), people[pick].sum()

        for source, kind, sex, year, low, high, _, _ in targets:
            if sex:
                top = 0.0
                bottom = 0.0
                # Surveys and mean populations belong to the middle of the year.
                for end in (year,) if source == "register" else (year - 1, year):
                    if end not in cache:
                        cache[end] = self.women(end)
                    if sex != "male":
                        people = self.population.count[end, "female"][self.ages]
                        part, whole = group(cache[end][kind] * people, people, low, high)
                        top, bottom = top + part, bottom + whole
                    if sex != "female":
                        if end not in men:
                            men[end] = self.husbands(end, shares)
                        people = self.population.count[end, "male"][self.ages]
                        part, whole = group(men[end][kind], people, low, high)
                        top, bottom = top + part, bottom + whole
                answer.append(100 * top / bottom)
                continue
            first, last = year
            span = range(first, last + 1)
            for each in span:
                for wanted in (each, each - SEPARATED):
                    if wanted not in flow and wanted in self.model.flow and (wanted, "female") in self.population.count:
                        flow[wanted] = self.flows(wanted)
            if kind == "weddings":
                answer.append(np.mean([flow[each][0].sum() for each in span]) / 1000)
            elif kind == "partings":
                answer.append(np.mean([flow[each - SEPARATED][2].sum() for each in span]) / 1000)
            elif kind in ("wives", "wives_at_end"):
                counts = []
                for each in span:
                    for end in (each - 1, each) if kind == "wives" else (each,):
                        if end not in cache:
                            cache[end] = self.women(end)
                        counts.append(cache[end]["married"] @ self.population.count[end, "female"][self.ages])
                answer.append(np.mean(counts) / 1000)
            else:
                if kind == "gap":
                    mean = shares @ GAPS
                    total, later = (sum(flow[each][column] for each in span) for column in (0, 4))
                    total, later = total[: len(STARTS)], later[: len(STARTS)]
                    answer.append(((total - later) @ mean[:, 0] + later @ mean[:, 1]) / total.sum())
                    continue
                total = sum(flow[each][0 if kind == "mean_all" else 1] for each in span if each in flow)
                if kind == "first_weddings":
                    # By completed age at the wedding: half of those who reach an age in the year are a year younger.
                    total = (total + np.append(total[1:], 0.0)) / 2
                    answer.append(100 * group(total, total, low, high)[0] / total.sum())
                else:
                    # Mean exact age: people reach the age in the year, half of them after the wedding.
                    answer.append((total @ self.ages) / total.sum())
        return np.array(answer)


def penalties(vector):
    """Roughness: residuals that hold the surfaces smooth where data say nothing."""
    knots, rows = Knots.blocks(vector), []
    guess = first_guess()
    change = knots["first"] - guess
    step = np.diff(YEARS_FIRST)[:, None] / 5.0
    rows.append((np.diff(change, axis=0) / np.sqrt(step) / 0.35).ravel())
    slope = np.diff(knots["first"], axis=0) / step
    rows.append((np.diff(slope, axis=0) / 0.25).ravel())
    rows.append((np.diff(change, n=2, axis=1) / 0.6).ravel())
    rows.append((change[0] / 0.3).ravel())
    rows.append(np.diff(knots["again_age"], n=2)[1:] / 0.5)
    rows.append(np.diff(knots["marry_duration"] - np.log(PRIOR_MARRY), n=2) / 0.4)
    for name, years, tolerance in (
        ("again_young", YEARS_AGAIN, 0.3),
        ("again_old", YEARS_AGAIN, 0.4),
        ("kind", YEARS_KIND, 0.6),
        ("marry_year", YEARS_MARRY, 0.25),
        ("part_year", YEARS_PART, 0.15),
        ("divorce_year", YEARS_DIVORCE, 0.15),
    ):
        step = np.diff(years) / 6.0
        rows.append(np.diff(knots[name]) / np.sqrt(step) / tolerance)
    return np.concatenate(rows)


def fit(vector, rounds):
    population, targets = Population(), target_list()
    value = np.array([target[6] for target in targets])
    tolerance = np.array([target[7] for target in targets])
    belief, width = prior()
    model = Model(list(range(1842, 2009, 2)), 2023)
    watch = Observer(model, population)
    labels = Knots.labels()

    def begin(label):
        """The first year a knot matters in: the years before need not be repeated."""
        block, key, _ = label
        axis = {
            "first": YEARS_FIRST,
            "again_young": YEARS_AGAIN,
            "again_old": YEARS_AGAIN,
            "kind": YEARS_KIND,
            "marry_year": YEARS_MARRY,
            "part_year": YEARS_PART,
            "divorce_year": YEARS_DIVORCE,
        }.get(block)
        if axis is None:
            return START if block in ("marry_duration", "part_duration") else PAST
        at = axis.index(int(key))
        return PAST if at == 0 else max(PAST, axis[at - 1] + 1)

    def residuals(point, answer):
        return np.concatenate([(answer - value) / tolerance, (point - belief) / width, penalties(point)])

    def outcome(point, start=PAST, snapshots=None, widowing=None):
        rate = rates(point)
        shares = gap_shares(*rate["gap"])
        if widowing is None:
            widowing = model.widowing(shares)
        model.run(rate, widowing, snapshots, start)
        return watch.answers(targets, shares), widowing

    damping = 0.3
    answer, widowing = outcome(vector)
    best = residuals(vector, answer)
    for turn in range(rounds):
        snapshots, model.base_flow = dict(model.state), dict(model.flow)
        base_widowing = widowing
        columns = []
        for i, label in enumerate(labels):
            moved = vector.copy()
            moved[i] += 1e-3
            if label[0] == "gap":
                other, _ = outcome(moved)
            else:
                other, _ = outcome(moved, begin(label), snapshots, base_widowing)
            columns.append((residuals(moved, other) - best) / 1e-3)
        jacobian = np.array(columns).T
        while True:
            normal = jacobian.T @ jacobian
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-3), -jacobian.T @ best)
            trial = vector + np.clip(step, -0.7, 0.7)
            other, widowing = outcome(trial)
            after = residuals(trial, other)
            if after @ after < best @ best or damping > 1e4:
                break
            damping *= 4
        gain = best @ best - after @ after
        vector, best, damping = trial, after, damping / 4
        print(f"round {turn + 1}: {best @ best:.1f} (damping {damping:.2g})", flush=True)
        if gain < 0.2:
            break
    return vector


def report(vector, full):
    """How close the model with these rates comes to the observations."""
    population, targets = Population(), target_list()
    model = Model(list(range(1840, 2010)), 2023)
    rate = rates(vector)
    shares = gap_shares(*rate["gap"])
    model.run(rate, model.widowing(shares))
    answer = Observer(model, population).answers(targets, shares)
    error = answer - np.array([target[6] for target in targets])
    print("\nper cent of the group: mean absolute error, mean error (points), cells")
    for sex in ("female", "male", "both"):
        for source in ("survey", "register", "marital status"):
            for status in ("married", "cohabiting", "never"):
                pick = [i for i, target in enumerate(targets) if target[:3] == (source, status, sex)]
                if pick:
                    size, bias = np.abs(error[pick]).mean(), error[pick].mean()
                    print(f"  {sex:7}{source:15}{status:11}{size:6.2f}{bias:7.2f}{len(pick):5}")
    for sex in ("female", "male", "both"):
        print(f"ten worst cells, {sex} (model, recorded)")
        pick = [i for i, target in enumerate(targets) if target[2] == sex]
        for i in sorted(pick, key=lambda i: -abs(error[i]))[:10]:
            source, status, _, year, low, high, value, _ = targets[i]
            print(f"  {source} {year} {status} {low}-{high}: {answer[i]:.1f}, {value:.1f}")
    print("register at the end of 2007, marital status 1999 (model, recorded)")
    for i, (source, status, sex, year, low, high, value, _) in enumerate(targets):
        if source in ("register", "marital status") and year in (1999, 2007):
            print(f"  {source} {sex} {status} {low}-{high}: {answer[i]:.1f}, {value:.1f}")
    print("thousands a year, thousands of married women, per cent and mean ages (model, recorded)")
    for i, (source, kind, sex, year, low, high, value, _) in enumerate(targets):
        if not sex and (full or year[0] % 5 == 1 or year[0] >= 2019 or kind == "wives_at_end"):
            if full or kind != "first_weddings" or year[0] in (1951, 1966, 1981):
                ages = f" {low}-{high}" if kind == "first_weddings" else ""
                print(f"  {kind} {year[0]}-{year[1]}{ages}: {answer[i]:.2f}, {value:.2f}")
    if full:
        print("surveys averaged over years (model, recorded)")
        periods = ((1977, 1977), (1988, 1988), (1993, 1998), (1999, 2003), (2004, 2008), (2009, 2013), (2014, 2019))
        for sex in ("female", "male"):
            for status in ("married", "cohabiting"):
                for begin, end in periods:
                    cells = {}
                    for i, (source, kind, who, year, low, high, value, _) in enumerate(targets):
                        if (source, kind, who) == ("survey", status, sex) and begin <= year <= end:
                            cells.setdefault((low, high), []).append((answer[i], value))
                    means = {ages: np.mean(pairs, axis=0) for ages, pairs in sorted(cells.items())}
                    text = "  ".join(f"{a}-{b}: {model:.0f} {share:.0f}" for (a, b), (model, share) in means.items())
                    if text:
                        print(f"  {sex} {status} {begin}-{end}: {text}")


def load():
    """Knots of union_knots.csv, in the order of the vector."""
    held = {(row["block"], row["knot"], row["age"]): float(row["value"]) for row in read("union_knots.csv")}
    labels = Knots.labels()
    assert set(held) == set(labels)
    return np.array([held[label] for label in labels])


def founders(vector):
    """Women by completed age on 1 January 1950."""
    model = Model(list(range(START - 1 - OLDEST, START - FIRST)), START - 1)
    rate = rates(vector)
    model.run(rate, model.widowing(gap_shares(*rate["gap"])))
    never, before, _, married = model.state[START - 1]
    rows = []
    for cohort in reversed(range(START - 1 - OLDEST, START - FIRST)):
        at = cohort - model.cohorts[0]
        shares = np.round([never[at], married[at].sum()], 5)
        rows.append([str(START - 1 - cohort)] + [decimal(x, 5) for x in (shares[0], shares[1], 1 - shares.sum())])
    return rows


def main():
    if "--fit" in sys.argv[1:]:
        start = prior()[0] if "--afresh" in sys.argv[1:] else load()
        vector = fit(start, 30)
        rows = [[*label, decimal(x, 4)] for label, x in zip(Knots.labels(), vector)]
        finish({"union_knots.csv": (["block", "knot", "age", "value"], rows, 0.0001)})
    vector = load()
    rate = rates(vector)
    mean, sd = rate["gap"]
    years = range(START, END + 1)
    line = {year: year - PAST for year in years}
    durations = {"marry": 31, "part": 31, "divorce": 61}

    def by_duration(name):
        return [
            [str(year), str(d), decimal(rate[name][line[year], d], 5)] for year in years for d in range(durations[name])
        ]

    formation = [
        [str(year), str(age), str(before), decimal(rate[("first", "again")[before]][line[year], age - FIRST], 5)]
        for year in years
        for age in range(FIRST, LAST + 1)
        for before in range(2)
    ]
    kind = [[str(year), decimal(rate["kind"][line[year]], 4)] for year in years]
    ages = [
        [str(age), str(before), decimal(mean[age - FIRST, before], 2), decimal(sd[age - FIRST, before], 2)]
        for age in range(FIRST, LAST + 1)
        for before in range(2)
    ]
    finish(
        {
            "union_formation.csv": (["year", "age", "before", "rate"], formation, 1e-5),
            "union_kind.csv": (["year", "marries_directly"], kind, 1e-4),
            "union_marriage.csv": (["year", "duration", "rate"], by_duration("marry"), 1e-5),
            "union_breakup.csv": (["year", "duration", "rate"], by_duration("part"), 1e-5),
            "divorce_rates.csv": (["year", "duration", "rate"], by_duration("divorce"), 1e-5),
            "union_founders.csv": (["age", "never", "married", "previously"], founders(vector), 1e-5),
            "partner_age_gap.csv": (["age", "before", "mean", "sd"], ages, 0.01),
        }
    )
    if "--check" not in sys.argv[1:]:
        report(vector, "--report" in sys.argv[1:])


if __name__ == "__main__":
    main()
