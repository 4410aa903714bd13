"""Rates at which people start and stop smoking daily, 1950-2025, and the stock of smokers they lead to.

A model of birth cohorts by sex, track at 16 and final education turns hazards of starting and probabilities of
quitting into shares of daily and former smokers. The hazards have knots in the year of birth, the probabilities in
the calendar year and age. Without arguments, or with --check, the script computes the tables from the knots in
smoking_knots.csv; --report prints the comparison with the surveys in full. With --fit it first moves the knots until
the model comes as close as it can to smoking_register.csv (damped Gauss-Newton, some minutes), and rewrites
smoking_knots.csv; --fit --afresh starts from the priors below.

Within a year: never smokers start, daily smokers quit, former smokers relapse, people die. Age is the age reached on
31 December. Education is the final one from age 25; at 19-24 those bound for tertiary education have upper secondary,
and below 19 everyone has compulsory. A quit counts if it has lasted to the end of the year.
"""

import sys

import numpy as np

from common import SEXES, decimal, finish, grid, read

EDUCATION = ("compulsory", "upper_secondary", "tertiary")
TRACKS = ("left_school", "vocational", "general")
SPANS = ((13, 15), (16, 18), (19, 24), (25, 29))
FIRST, LAST = 13, 100  # ages followed
COHORTS = np.arange(1849, 2013)
BIRTHS = tuple(range(1865, 2011, 5))
YEARS = tuple(range(1950, 2026, 5))
AGES = (20, 30, 40, 50, 60, 70)
BIRTHS_TRACK = (1865, 1905, 1925, 1935, 1945, 1955, 1965, 1975, 1985, 1995, 2010)
YEARS_EDUCATION = (1950, 1965, 1980, 1995, 2010, 2025)
YEARS_TILT = (1950, 1980, 1995, 2005, 2015, 2025)

# Former smokers who smoke daily again, by full years since they quit; nobody later. Assumed.
RELAPSE = (0.10, 0.05, 0.03, 0.02, 0.01)
DURATIONS = 18  # years since quitting: 0 to 16, and more
# Rate ratios of death to never smokers: of daily smokers by age, and of former smokers, whose log halves in 7 years.
# Who quits before 43 starts from 1.3 (Norwegian health surveys), who quits later from the ratio of daily smokers.
CURRENT_AGES, CURRENT_RATIO = (34, 35, 50, 65, 80, 90), (1.0, 2.2, 2.5, 2.4, 1.8, 1.3)
FORMER_RATIO, QUIT_EARLY, HALF_LIFE = 1.3, 43, 7.0

# Daily smokers of all who smoke now, where a survey counts occasional smokers too. Assumed from the years with both
# (1997: 0.74; 2006: 0.71; 2011: 0.61) and, before, from 65 of 70 per cent among men in the 1950s.
DAILY_OF_ANY = {1950: {"female": 0.82, "male": 0.92}, 1970: {"female": 0.80, "male": 0.86}, 2005: {"both": 0.52}}
DAILY_OF_ANY[1992] = {"female": 0.75}

# Final education by year of birth, definition of 2006: from Statistics Norway by age in 2011 and 2015, for the old
# cohorts from all adults in 1970-2000. Approximate.
BORN = (1860, 1880, 1900, 1915, 1925, 1935, 1945, 1952, 1960, 1970, 1978, 1983, 1990, 2000)
COMPULSORY = {
    "female": (82, 78, 71, 66, 60, 48, 30, 22, 23.9, 16.1, 15.6, 16.8, 17, 16),
    "male": (75, 70, 63, 58, 52, 40, 25, 20, 22.7, 17.8, 19, 22, 21, 19),
}
TERTIARY = {
    "female": (1, 1.5, 3, 5, 7.5, 12, 23, 29.2, 36, 47.3, 56, 58, 61, 61),
    "male": (3, 4, 6, 9, 13, 18, 27, 29.6, 29, 35, 39, 40, 42, 42),
}
# Tracks of people with a final education, rows as EDUCATION, columns as TRACKS. The share of upper secondary that
# came late, to people who had left school, rises with the year of birth. Assumed.
LEFT_BORN, LEFT_UPPER = (1900, 1945, 1955, 1965, 1975, 1985, 2000), (0.25, 0.15, 0.18, 0.22, 0.28, 0.33, 0.30)
VOCATIONAL_UPPER = 0.75  # of the others with upper secondary
TRACK_OTHER = {"compulsory": (0.97, 0.02, 0.01), "tertiary": (0.04, 0.10, 0.86)}

# First guesses: ever daily smokers at 30 without mortality, and how the cumulated hazard spreads over the spans.
EVER_BORN = (1865, 1890, 1905, 1920, 1935, 1945, 1955, 1965, 1975, 1985, 1990, 1995, 2000, 2010)
EVER = {
    "female": (0.02, 0.06, 0.13, 0.26, 0.42, 0.52, 0.55, 0.48, 0.43, 0.30, 0.20, 0.10, 0.06, 0.05),
    "male": (0.55, 0.66, 0.73, 0.78, 0.77, 0.70, 0.60, 0.50, 0.42, 0.30, 0.22, 0.12, 0.07, 0.06),
}
SPREAD = (0.22, 0.40, 0.30, 0.08)
# Log hazard at 16-29 of left_school over vocational, and of vocational over general: (middle, tolerance) by birth.
LEFT = {
    "female": (0, 0, 0, 0.1, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8),
    "male": (0, 0, 0, 0.1, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8),
}
GENERAL = {
    "female": (-0.8, -0.8, -0.7, -0.2, 0.4, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0),
    "male": (0, 0, 0, 0.2, 0.5, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0),
}
# Quitting at 45 with upper secondary, by year; its log by age; log ratios of compulsory and tertiary, by year.
QUIT = (0.010, 0.012, 0.016, 0.02, 0.028, 0.038, 0.035, 0.03, 0.03, 0.03, 0.035, 0.045, 0.055, 0.06, 0.06, 0.06)
QUIT_AGE = (-0.1, -0.1, 0.0, 0.0, 0.15, 0.3)
LESS = (0.0, -0.12, -0.25, -0.27, -0.3, -0.3)
MORE = (0.0, 0.12, 0.25, 0.27, 0.3, 0.3)

# Cigarettes a day (a gram of rolling or pipe tobacco counts as one) of daily smokers with upper secondary education,
# by year of birth, and ratios of the other levels. Levels: 11-13 among the middle-aged about 1995; the course over
# cohorts is assumed and checked against sales.
SMOKED_BORN = (1870, 1890, 1900, 1910, 1920, 1930, 1940, 1950, 1960, 1970, 1980, 1990, 2000, 2010)
SMOKED = {
    "female": (4, 6, 7, 8, 9, 10.5, 11.5, 12.5, 12.5, 11.5, 10, 8, 7, 7),
    "male": (7, 8, 9, 10.5, 12, 13.5, 14, 14, 13.5, 12.5, 11, 9, 8, 8),
}
SMOKED_RATIO = (1.05, 1.0, 0.88)  # EPIC: 13, 12.5 and 11 of both sexes


def between(knots, at):
    """Matrix that turns values at the knots into a curve: straight lines, held beyond both ends."""
    knots, at = np.asarray(knots, dtype=float), np.asarray(at, dtype=float)
    return np.array([np.interp(at, knots, row) for row in np.eye(len(knots))]).T


def guess_start(sex):
    ever = np.interp(BIRTHS, EVER_BORN, EVER[sex])
    total = -np.log(1 - ever)
    return np.array([np.log(total * part / (last - first + 1)) for (first, last), part in zip(SPANS, SPREAD)])


class Knots:
    """The free numbers: a vector, and where each block of it lies."""

    shapes = {}
    for _sex in SEXES:
        shapes[f"start_{_sex}"] = (len(SPANS), len(BIRTHS))
        shapes[f"left_{_sex}"] = (len(BIRTHS_TRACK),)
        shapes[f"general_{_sex}"] = (len(BIRTHS_TRACK),)
        shapes[f"quit_{_sex}"] = (len(YEARS),)
        shapes[f"age_{_sex}"] = (len(AGES),)
        shapes[f"tilt_{_sex}"] = (len(YEARS_TILT),)
        shapes[f"less_{_sex}"] = (len(YEARS_EDUCATION),)
        shapes[f"more_{_sex}"] = (len(YEARS_EDUCATION),)

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
        """(block, birth or year or age, first age of the span): keys of the rows of smoking_knots.csv."""
        axes = {"left": BIRTHS_TRACK, "general": BIRTHS_TRACK, "quit": YEARS, "age": AGES, "tilt": YEARS_TILT}
        axes |= {"less": YEARS_EDUCATION, "more": YEARS_EDUCATION}
        keys = []
        for name in cls.shapes:
            kind = name.split("_")[0]
            if kind == "start":
                keys += [(name, str(birth), str(first)) for first, _ in SPANS for birth in BIRTHS]
            else:
                keys += [(name, str(knot), "") for knot in axes[kind]]
        return keys

    @classmethod
    def guess(cls):
        parts = []
        for sex in SEXES:
            parts += [guess_start(sex).ravel(), LEFT[sex], GENERAL[sex], np.log(QUIT), QUIT_AGE]
            parts += [np.zeros(len(YEARS_TILT)), LESS, MORE]
        return np.concatenate(parts)


def penalties(vector, guess):
    """Residuals that hold the knots near what is believed and smooth where the surveys say nothing."""
    knots, middle, rows = Knots.blocks(vector), Knots.blocks(guess), []
    for sex in SEXES:
        change = knots[f"start_{sex}"] - middle[f"start_{sex}"]
        rows.append((change[1] / 1.0).ravel())
        rows.append((np.diff(change, axis=0) / 0.35).ravel())
        rows.append((np.diff(change, axis=1) / 0.4).ravel())
        rows.append((np.diff(change, n=2, axis=1) / 0.35).ravel())
        rows.append((np.diff(np.diff(change, axis=0), axis=1) / 0.2).ravel())
        for name, width in (("left", 0.5), ("general", 0.5)):
            off = knots[f"{name}_{sex}"] - middle[f"{name}_{sex}"]
            rows += [off / width, np.diff(off) / 0.25]
        off = knots[f"quit_{sex}"] - middle[f"quit_{sex}"]
        rows += [off / 0.7, np.diff(off) / 0.35, np.diff(off, n=2) / 0.35]
        off = knots[f"age_{sex}"] - middle[f"age_{sex}"]
        rows += [off / 0.4, np.diff(off) / 0.2]
        rows += [knots[f"tilt_{sex}"] / 0.8, np.diff(knots[f"tilt_{sex}"]) / 0.4]
        less = knots[f"less_{sex}"] - middle[f"less_{sex}"]
        more = knots[f"more_{sex}"] - middle[f"more_{sex}"]
        rows += [(less - more) / 0.18, (less + more) / 0.2, np.diff(less) / 0.15, np.diff(more) / 0.15]
    for name, width in (("start", 0.5), ("left", 0.4), ("general", 0.4), ("age", 0.3), ("less", 0.2), ("more", 0.2)):
        # The sexes differ in level, hardly in shape: differences from the guesses are alike.
        off = [knots[f"{name}_{sex}"] - middle[f"{name}_{sex}"] for sex in SEXES]
        rows.append(((off[0] - off[1]) / width).ravel())
    return np.concatenate(rows)


def hazards(knots, sex, births):
    """Hazard of starting by birth, age from 13 to 29, and track."""
    log = between(BIRTHS, births) @ knots[f"start_{sex}"].T
    left = between(BIRTHS_TRACK, births) @ knots[f"left_{sex}"]
    general = between(BIRTHS_TRACK, births) @ knots[f"general_{sex}"]
    shift = np.stack([left, np.zeros(len(left)), -general], axis=1)
    ages = [np.repeat(log[:, [s]], 3, axis=1) + (shift if s else 0) for s in range(len(SPANS))]
    return np.exp(np.stack([ages[s] for s, (a, b) in enumerate(SPANS) for _ in range(a, b + 1)], axis=1))


def quitting(knots, sex, years, ages):
    """Probability of quitting by year, age and education."""
    by_year, ages = between(YEARS, years), np.asarray(ages, dtype=float)
    age = between(AGES, ages) @ knots[f"age_{sex}"]
    tilt = (between(YEARS_TILT, years) @ knots[f"tilt_{sex}"])[:, None] * (np.clip(ages, 20, 70) - 45)[None, :] / 25
    base = (by_year @ knots[f"quit_{sex}"])[:, None] + age[None, :] + tilt
    step = between(YEARS_EDUCATION, years)
    less, more = step @ knots[f"less_{sex}"], step @ knots[f"more_{sex}"]
    return np.minimum(np.exp(base[:, :, None] + np.stack([less, 0 * less, more], axis=1)[:, None, :]), 0.5)


def tabled(knots):
    """The rates as the tables have them: rounded knots, straight lines between. {sex: (hazards, quitting)}."""
    result = {}
    for sex in SEXES:
        births = hazards(knots, sex, np.array(BIRTHS))
        start = np.round(births[:, [first - FIRST for first, _ in SPANS], :], 5)
        stop = np.round(quitting(knots, sex, np.array(YEARS), np.array(AGES)), 4)
        result[sex] = (start, stop)
    return result


def shares(sex):
    """Shares of cohorts by birth, track and final education."""
    compulsory, tertiary = (np.interp(COHORTS, BORN, table[sex]) / 100 for table in (COMPULSORY, TERTIARY))
    left = np.interp(COHORTS, LEFT_BORN, LEFT_UPPER)
    result = np.zeros((len(COHORTS), 3, 3))
    result[:, :, 0] = compulsory[:, None] * np.array(TRACK_OTHER["compulsory"])
    upper = np.stack([left, (1 - left) * VOCATIONAL_UPPER, (1 - left) * (1 - VOCATIONAL_UPPER)], axis=1)
    result[:, :, 1] = (1 - compulsory - tertiary)[:, None] * upper
    result[:, :, 2] = tertiary[:, None] * np.array(TRACK_OTHER["tertiary"])
    return result


class Model:
    """Shares of each cohort by age: daily, former, quits less relapses, and all; by final education.

    The fifth is the share of deaths that smoking causes, in the place of the first level.
    """

    def __init__(self):
        register, projected = grid("mortality_register.csv", "rate"), grid("mortality_un.csv", "rate")
        population = grid("population_register.csv", "count")
        ages = np.arange(FIRST, LAST + 1)
        self.shares = {sex: shares(sex) for sex in SEXES}
        self.death, self.people = {}, {}
        for sex in SEXES:
            death = np.zeros((len(COHORTS), len(ages)))
            people = np.zeros((len(COHORTS), len(ages)))
            for i, birth in enumerate(COHORTS):
                for j, age in enumerate(ages):
                    year = min(max(birth + age, 1950), 2040)
                    death[i, j] = (register if (year, sex) in register else projected)[year, sex][age]
                    if (birth + age + 1, sex) in population:
                        people[i, j] = population[birth + age + 1, sex][age]
            self.death[sex], self.people[sex] = death, people
        self.current = np.interp(ages, CURRENT_AGES, CURRENT_RATIO)
        since = np.arange(DURATIONS)
        early = ages[:, None] - since < QUIT_EARLY
        current = np.log(self.current)[:, None]
        first = np.where(early, np.minimum(np.log(FORMER_RATIO), current), current)
        self.former = np.exp(first * 0.5 ** (since / HALF_LIFE))
        self.relapse = np.zeros(DURATIONS)
        self.relapse[: len(RELAPSE)] = RELAPSE

    def run(self, sex, start, stop, pick):
        """`start` by birth, age and track; `stop` by birth, age and education at that age; of the cohorts `pick`."""
        count = len(COHORTS[pick])
        never = self.shares[sex][pick].copy()
        current, former = np.zeros_like(never), np.zeros((*never.shape, DURATIONS))
        result = np.zeros((5, count, LAST - FIRST + 1, 3))
        for j, age in enumerate(range(FIRST, LAST + 1)):
            quits = current * stop[:, j, None, :]
            back = former * self.relapse
            current += back.sum(axis=3) - quits
            if j < start.shape[1]:
                starts = never * -np.expm1(-start[:, j, :, None])
                never, current = never - starts, current + starts
            left = former - back
            former = np.empty_like(left)
            former[..., 1:] = left[..., :-1]
            former[..., -1] += left[..., -1]
            former[..., 0] = quits
            result[2, :, j] = (quits - back.sum(axis=3)).sum(axis=1)
            alike = self.former[j]
            # Deaths of the cohort are those of the register, spread in proportion to the rate ratios.
            here = never.sum(axis=(1, 2)) + current.sum(axis=(1, 2)) + former.sum(axis=(1, 2, 3))
            ratio = self.current[j]
            weighted = never.sum(axis=(1, 2)) + ratio * current.sum(axis=(1, 2))
            weighted += (former * alike).sum(axis=(1, 2, 3))
            result[4, :, j, 0] = 1 - here / weighted
            rate = (self.death[sex][pick, j] * here / weighted)[:, None, None]
            never, current = never * np.exp(-rate), current * np.exp(-rate * ratio)
            former = former * np.exp(-rate[..., None] * alike)
            gone = former.sum(axis=3)
            result[0, :, j], result[1, :, j] = current.sum(axis=1), gone.sum(axis=1)
            result[3, :, j] = (never + current + gone).sum(axis=1)
        result[:4] /= result[3].sum(axis=2)[None, :, :, None]
        return result

    def rates(self, knots, sex, pick):
        """The rates by cohort and age, straight lines between the knots as in the tables."""
        births = COHORTS[pick]
        start = np.einsum("bk,kat->bat", between(BIRTHS, births), hazards(knots, sex, np.array(BIRTHS)))
        surface = quitting(knots, sex, np.array(YEARS), np.array(AGES))
        ages = np.arange(FIRST, LAST + 1)
        by_age = np.einsum("aj,yje->yae", between(AGES, ages), surface)
        weight = between(YEARS, np.arange(births[0] + FIRST, births[-1] + LAST + 1))
        full = np.einsum("yk,kae->yae", weight, by_age)
        index = (births[:, None] + ages[None, :]) - (births[0] + FIRST)
        stop = full[index, np.arange(len(ages))[None, :]]
        stop[:, ages < 19, :] = stop[:, ages < 19, :1]
        young = (ages >= 19) & (ages < 25)
        stop[:, young, 2] = stop[:, young, 1]
        return start, stop

    def outcome(self, knots, sex, pick=slice(None)):
        return self.run(sex, *self.rates(knots, sex, pick), pick)


def target_list():
    """Rows of smoking_register.csv, numbers as numbers."""
    rows = []
    for row in read("smoking_register.csv"):
        row = dict(row)
        for key in ("age_from", "age_to", "birth_from", "birth_to", "year_from", "year_to", "respondents"):
            row[key] = int(row[key]) if row[key] else None
        row["percent"] = float(row["percent"])
        rows.append(row)
    return rows


def wanted(row):
    """What the model, which knows daily smoking only, should show for a row, and how closely."""
    value, measure, source = row["percent"], row["measure"], row["source"]
    wide = 0.5 if row["status"] == "recalled" else 0.0
    if source == "ehis":
        spread = 100 * np.sqrt(max(value, 3) * (100 - max(value, 3)) / 1e4 / row["respondents"])
        return value, np.hypot(1.4 * spread, 1.0)
    if measure == "any":
        if row["sex"] == "both" and row["year_from"] == 2022:
            return 7.0, 1.5
        width = {"vedoy": 2.5, "lund": 2.5, "epic": 8.0}[source]
        return value * DAILY_OF_ANY[row["year_from"]][row["sex"]], width
    if measure == "never":
        # Occasional smokers who never smoked daily are never smokers of the model.
        return (value, 7.0) if source == "epic" else (value + 6, 4.0)
    if measure == "former":
        return value - 2, 3.0
    if source == "kraft":
        return value, 3.0
    if row["education"] != "all":
        return value, 0.7
    if row["age_to"] == 24:
        return value, 1.0 if value < 10 else 1.5
    if row["age_from"] == 16 and row["age_to"] == 74:
        return value, (0.8 if row["year_to"] < 2000 else 1.0 if row["sex"] != "both" else 1.2) + wide
    return value, 2.0 + wide


class Observer:
    """Turns the model's shares into the answers of the surveys."""

    def __init__(self, model):
        self.people, self.rows = model.people, target_list()
        self.index, self.weight = {sex: [] for sex in SEXES}, {sex: [] for sex in SEXES}
        shape = (len(COHORTS), LAST - FIRST + 1, 3)
        for row in self.rows:
            for sex in SEXES:
                index, weight = self.cells(row, sex, shape)
                self.index[sex].append(index)
                self.weight[sex].append(weight)

    def cells(self, row, sex, shape):
        if row["sex"] not in (sex, "both"):
            return np.zeros(0, dtype=int), np.zeros(0)
        index, weight = [], []
        for age in range(max(row["age_from"], FIRST), min(row["age_to"], LAST) + 1):
            groups = range(3) if row["education"] == "all" else (EDUCATION.index(row["education"]),)
            if row["education"] != "all" and age < 25:
                held = (0, 0, 0) if age < 19 else (0, 1, 1)
                groups = [e for e in range(3) if held[e] == EDUCATION.index(row["education"])]
            for year in range(row["year_from"] - 1, row["year_to"] + 1):
                birth = year - age
                if row["birth_from"] and not row["birth_from"] <= birth <= row["birth_to"]:
                    continue
                i = birth - COHORTS[0]
                edge = 0.5 if year in (row["year_from"] - 1, row["year_to"]) else 1.0
                for group in groups:
                    index.append(np.ravel_multi_index((i, age - FIRST, group), shape))
                    weight.append(edge * self.people[sex][i, age - FIRST])
        return np.array(index, dtype=int), np.array(weight)

    def answers(self, outcome):
        top, bottom = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        for sex in SEXES:
            flat = outcome[sex].reshape(5, -1)
            for i, (row, index, weight) in enumerate(zip(self.rows, self.index[sex], self.weight[sex])):
                if not len(index):
                    continue
                part = {"former": flat[1]}.get(row["measure"], flat[0])[index]
                if row["measure"] == "never":
                    part = flat[3][index] - flat[0][index] - flat[1][index]
                top[i] += part @ weight
                bottom[i] += flat[3][index] @ weight
        return 100 * top / bottom

    def quits(self, outcome, first=2005, last=2014):
        """Thousands of 25-74 who quit a year, less those who relapse."""
        total = 0.0
        for sex in SEXES:
            for age in range(25, 75):
                births = slice(first - age - COHORTS[0], last - age - COHORTS[0] + 1)
                people = self.people[sex][births, age - FIRST]
                total += (outcome[sex][2, births, age - FIRST].sum(axis=1) * people).sum()
        return total / (last - first + 1) / 1000


def deaths(model, outcome, year):
    """Deaths from smoking in a year and their share of all deaths from 35."""
    caused = total = 0.0
    for sex in SEXES:
        ages = np.arange(35, LAST + 1)
        at = year - ages - COHORTS[0], ages - FIRST
        died = model.death[sex][at] * model.people[sex][at]
        caused, total = caused + (outcome[sex][4, *at, 0] * died).sum(), total + died.sum()
    return caused, 100 * caused / total


PHYSICIANS = {"female": 36.0, "male": 68.0}  # daily smokers of physicians 1952 (44 and 74 % smoke), tolerance 8


def physicians(outcome, sex):
    births = slice(1888 - COHORTS[0], 1925 - COHORTS[0])
    ages = 1952 - COHORTS[births] - FIRST
    cells = outcome[sex][:, np.arange(len(COHORTS))[births], ages, 2]
    return 100 * cells[0].sum() / cells[3].sum()


class Fit:
    def __init__(self):
        self.model, self.guess = Model(), Knots.guess()
        self.watch = Observer(self.model)
        self.value, self.tolerance = np.array([wanted(row) for row in self.watch.rows]).T
        self.labels = Knots.labels()

    def residuals(self, vector, outcome):
        answer = self.watch.answers(outcome)
        extra = [(self.watch.quits(outcome) - 30) / 8]
        extra += [(physicians(outcome, sex) - PHYSICIANS[sex]) / 8 for sex in SEXES]
        return np.concatenate([(answer - self.value) / self.tolerance, extra, penalties(vector, self.guess)])

    def touched(self, label):
        """The cohorts that a knot matters to."""
        block, knot, _ = label
        kind = block.split("_")[0]
        axis = {"start": BIRTHS, "left": BIRTHS_TRACK, "general": BIRTHS_TRACK}.get(kind)
        if axis is None:
            return slice(None)
        at = axis.index(int(knot))
        low = axis[at - 1] - COHORTS[0] if at else 0
        high = axis[at + 1] - COHORTS[0] + 1 if at + 1 < len(axis) else len(COHORTS)
        return slice(low, high)

    def solve(self, vector, rounds):
        damping = 0.1
        outcome = {sex: self.model.outcome(Knots.blocks(vector), sex) for sex in SEXES}
        best = self.residuals(vector, outcome)
        print(f"start: {best @ best:.1f}", flush=True)
        for turn in range(rounds):
            columns = []
            for i, label in enumerate(self.labels):
                moved = vector.copy()
                moved[i] += 1e-3
                sex, pick = label[0].split("_")[1], self.touched(label)
                other = dict(outcome)
                other[sex] = outcome[sex].copy()
                other[sex][:, pick] = self.model.outcome(Knots.blocks(moved), sex, pick)
                columns.append((self.residuals(moved, other) - best) / 1e-3)
            jacobian = np.array(columns).T
            normal, slope = jacobian.T @ jacobian, jacobian.T @ best
            while True:
                step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-3), -slope)
                trial = vector + np.clip(step, -0.7, 0.7)
                other = {sex: self.model.outcome(Knots.blocks(trial), sex) for sex in SEXES}
                after = self.residuals(trial, other)
                if after @ after < best @ best or damping > 1e4:
                    break
                damping *= 4
            gain = best @ best - after @ after
            vector, best, outcome, damping = trial, after, other, damping / 5
            print(f"round {turn + 1}: {best @ best:.1f} (damping {damping:.2g})", flush=True)
            if gain < 0.3:
                break
        return vector


def load():
    """Knots of smoking_knots.csv, in the order of the vector."""
    held = {(row["block"], row["knot"], row["age"]): float(row["value"]) for row in read("smoking_knots.csv")}
    labels = Knots.labels()
    assert set(held) == set(labels)
    return np.array([held[label] for label in labels])


def report(vector, full):
    fit = Fit()
    outcome = {sex: fit.model.outcome(Knots.blocks(vector), sex) for sex in SEXES}
    answer = fit.watch.answers(outcome)
    error = answer - fit.value
    rows = fit.watch.rows

    def show(title, pick):
        pick = [i for i, row in enumerate(rows) if pick(row)]
        if not pick:
            return
        worst = max(pick, key=lambda i: abs(error[i]))
        row = rows[worst]
        where = f"{row['year_from']} {row['sex']} {row['age_from']}-{row['age_to']} {row['education']}"
        mean, bias = np.abs(error[pick]).mean(), error[pick].mean()
        print(f"  {title:46}{len(pick):4}{mean:6.2f}{bias:7.2f}{error[worst]:7.1f}  {where}")

    print("points: cells, mean absolute error, mean error, worst")

    def everybody(row):
        return row["measure"] == "daily" and row["education"] == "all"

    def total(row):
        return everybody(row) and (row["age_from"], row["age_to"]) == (16, 74)

    def by_education(row):
        return row["measure"] == "daily" and row["education"] != "all" and row["source"] != "ehis"

    for sex in (*SEXES, "both"):
        show(f"daily, {sex}, 16-74, to 1999", lambda r: total(r) and r["sex"] == sex and r["year_to"] < 2000)
        show(f"daily, {sex}, 16-74, from 2000", lambda r: total(r) and r["sex"] == sex and r["year_from"] >= 2000)
    show("2019 by education, over 500 respondents", lambda r: r["source"] == "ehis" and r["respondents"] > 500)
    show("2019 by education, 200-500 respondents", lambda r: r["source"] == "ehis" and 200 < r["respondents"] <= 500)
    show("2019 by education, fewer", lambda r: r["source"] == "ehis" and r["respondents"] <= 200)
    show("by education, before 2019", by_education)
    show("other ages", lambda r: everybody(r) and not total(r) and not r["birth_from"])
    show("birth cohorts", lambda r: bool(r["birth_from"]))
    show("never, former", lambda r: r["measure"] in ("never", "former"))
    show("all who smoke, as daily", lambda r: r["measure"] == "any" and not r["birth_from"])
    print(f"thousands who quit a year 2005-2014, 25-74: {fit.watch.quits(outcome):.0f} (19-38)")
    medical = (f"{sex} {physicians(outcome, sex):.0f} ({PHYSICIANS[sex]:.0f})" for sex in SEXES)
    print("physicians 1952, all with tertiary education in the model: " + ", ".join(medical))
    # Published: 7,500 in 1993-1995, 6,700 (16 %) in 2003, 5,100 (13 %) in 2009, 6,000 in 2016.
    killed = {year: deaths(fit.model, outcome, year) for year in (1975, 1994, 2003, 2009, 2016)}
    listed = (f"{year} {number:.0f} ({share:.0f} %)" for year, (number, share) in killed.items())
    print("deaths from smoking (share of deaths from 35): " + ", ".join(listed))
    sales = read("cigarette_sales_register.csv")
    sold = {int(row["year"]): float(row["cigarettes_per_adult_per_day"]) for row in sales}
    years = (1950, 1960, 1970, 1980, 1990, 2000, 2010)
    per_adult = (f"{year} {consumption(fit.model, outcome, year):.1f} ({sold[year]})" for year in years)
    print("cigarettes a day per adult, of daily smokers (sold): " + ", ".join(per_adult))
    if full:
        print("source, year, sex, ages, education, measure: model, aim (recorded); respondents of 2019")
        for i, row in enumerate(rows):
            n = f" n {row['respondents']}" if row["respondents"] else ""
            birth = f" born {row['birth_from']}-{row['birth_to']}" if row["birth_from"] else ""
            print(
                f"  {row['source']} {row['year_from']}-{row['year_to']} {row['sex']}"
                f" {row['age_from']}-{row['age_to']}{birth} {row['education']} {row['measure']}:"
                f" {answer[i]:.1f}, {fit.value[i]:.1f} ({row['percent']:g}){n}"
            )


def stock(model, outcome):
    """Rows of people on 1 January by completed age."""
    rows = []
    for sex in SEXES:
        for year in YEARS:
            for age in range(15, 91, 5):
                cell = outcome[sex][:, year - 1 - age - COHORTS[0], age - FIRST]
                for e, education in enumerate(EDUCATION):
                    held = [0, 1, 2] if age < 19 else [1, 2] if age < 25 and e == 1 else [e]
                    daily, former = cell[0, held].sum() / cell[3, held].sum(), cell[1, held].sum() / cell[3, held].sum()
                    rows.append([sex, str(year), str(age), education, decimal(daily, 4), decimal(former, 4)])
    return rows


def smoked(sex, births):
    """Cigarettes a day by birth and education."""
    return np.interp(births, SMOKED_BORN, SMOKED[sex])[:, None] * np.array(SMOKED_RATIO)


def consumption(model, outcome, year):
    """Cigarettes a day of daily smokers per adult of 15 and over."""
    total = people = 0.0
    for sex in SEXES:
        births = np.arange(year - 90, year - 14)
        at = births - COHORTS[0], year - births - FIRST
        cells, count = outcome[sex][:, *at], model.people[sex][at]
        total += ((cells[0] * smoked(sex, births)).sum(axis=1) * count).sum()
        people += count.sum()
    return total / people


def main():
    if "--fit" in sys.argv[1:]:
        fit = Fit()
        vector = fit.solve(fit.guess if "--afresh" in sys.argv[1:] else load(), 30)
        rows = [[*label, decimal(x, 4)] for label, x in zip(Knots.labels(), vector)]
        finish({"smoking_knots.csv": (["block", "knot", "age", "value"], rows, 0.0001)})
    vector = load()
    knots = Knots.blocks(vector)
    table = tabled(knots)
    initiation = [
        [sex, str(birth), track, *(decimal(table[sex][0][k, s, t], 5) for s in range(len(SPANS)))]
        for sex in SEXES
        for k, birth in enumerate(BIRTHS)
        for t, track in enumerate(TRACKS)
    ]
    cessation = [
        [sex, str(year), str(age), education, decimal(table[sex][1][y, a, e], 4)]
        for sex in SEXES
        for y, year in enumerate(YEARS)
        for a, age in enumerate(AGES)
        for e, education in enumerate(EDUCATION)
    ]
    model = Model()
    outcome = {sex: model.outcome(knots, sex) for sex in SEXES}
    intensity = [
        [sex, str(birth), education, decimal(smoked(sex, np.array([birth]))[0, e], 1)]
        for sex in SEXES
        for birth in range(1870, 2011, 10)
        for e, education in enumerate(EDUCATION)
    ]
    spans = [f"hazard_{first}_{last}" for first, last in SPANS]
    finish(
        {
            "smoking_initiation.csv": (["sex", "birth_year", "group", *spans], initiation, 1e-5),
            "smoking_cessation.csv": (["sex", "year", "age", "education", "probability"], cessation, 1e-4),
            "smoking_stock.csv": (["sex", "year", "age", "education", "daily", "former"], stock(model, outcome), 1e-4),
            "smoking_intensity.csv": (["sex", "birth_year", "education", "cigarettes_per_day"], intensity, 0.1),
        }
    )
    if "--check" not in sys.argv[1:]:
        report(vector, "--report" in sys.argv[1:])


if __name__ == "__main__":
    main()
