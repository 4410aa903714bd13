"""Yearly transitions through school and university by birth cohort, and the education people have attained.

A model of birth cohorts walks each cohort from 16 to 54 with the transitions that the simulation draws for single
people, and yields the shares of four attained levels by age. The transitions are logits at knots of the year of birth.
Without arguments, or with --check, the script computes the tables from the knots in education_knots.csv; --report
prints the comparison with the records in full. With --fit it first moves the knots until the model comes as close as
it can to the registers (damped Gauss-Newton, some seconds); --fit --afresh starts from the beliefs below.

Ages are those reached in the year. Within a year: students pass a year or leave, pupils leave or finish, adults
complete upper secondary, then those who have completed it enter higher education, in the same autumn.

The new definition of levels holds throughout: upper secondary is completed, and vocational college counts as upper
secondary. A tertiary level is attained with two years passed (the register asks for 120 credits), whether or not a
degree follows; the long one with five. Under the old definition, upper secondary is at least one year passed.
"""

import sys

import numpy as np

from common import SEXES, decimal, finish, grid, read

LEVELS = ("compulsory", "upper_secondary", "tertiary_short", "tertiary_long")
TRANSITIONS = (
    "start",
    "general",
    "leave_general",
    "leave_vocational",
    "finish_general",
    "finish_vocational",
    "finish_late",
    "tertiary_general",
    "tertiary_vocational",
    "tertiary_later",
    "long",
    "leave_tertiary",
    "adult_upper",
    "adult_tertiary",
    "extend",
)
FIRST, LAST = 16, 54  # ages at which somebody's education changes
COHORTS = np.arange(1855, 2011)
KNOTS = (1855, 1880, 1900, 1910, 1920, 1925, *range(1930, 2001, 5))  # the last is held to 2010
PRINTED = tuple(range(1930, 2011, 5))
ATTAINED_AGES = (20, 25, 30, 35, 40, 50, 60)
OPEN = 105

# Hazards of death relative to everybody's from 50 to 80, by level; they meet at 95 (assumed, rough).
MORTALITY = (1.25, 1.0, 0.85, 0.8)

# What the transitions are believed to be before the fit: (year of birth, women, men), straight lines between, and
# how far (logits) the fit may go without resistance, for cohorts before 1955 and from 1975.
BELIEFS = {
    "start": (((1855, 0.16, 0.20), (1880, 0.21, 0.27), (1900, 0.27, 0.34), (1920, 0.34, 0.42), (1930, 0.43, 0.50),
               (1940, 0.60, 0.66), (1950, 0.76, 0.80), (1960, 0.90, 0.91), (1970, 0.95, 0.955), (1980, 0.975, 0.975),
               (2000, 0.985, 0.98)), 0.8, 0.3),
    "general": (((1855, 0.25, 0.30), (1930, 0.30, 0.32), (1950, 0.40, 0.38), (1970, 0.48, 0.42), (1990, 0.56, 0.44),
                 (2000, 0.60, 0.46)), 0.4, 0.12),
    "leave_general": (((1855, 0.02, 0.02), (1945, 0.02, 0.02), (1960, 0.025, 0.03), (2000, 0.015, 0.02)), 0.4, 0.3),
    "leave_vocational": (((1855, 0.02, 0.02), (1945, 0.02, 0.02), (1960, 0.07, 0.06), (1990, 0.09, 0.10),
                          (2000, 0.07, 0.07)), 0.5, 0.3),
    "finish_general": (((1855, 0.95, 0.95), (1945, 0.93, 0.93), (1960, 0.88, 0.86), (1980, 0.84, 0.78),
                        (2000, 0.87, 0.83)), 0.4, 0.3),
    "finish_vocational": (((1855, 0.95, 0.95), (1945, 0.92, 0.93), (1960, 0.72, 0.76), (1980, 0.66, 0.60),
                           (2000, 0.70, 0.68)), 0.5, 0.4),
    "finish_late": (((1855, 0.35, 0.35), (2000, 0.45, 0.50)), 0.3, 0.3),
    "tertiary_general": (((1855, 0.10, 0.20), (1930, 0.16, 0.22), (1950, 0.25, 0.25), (1970, 0.35, 0.26),
                          (2000, 0.42, 0.30)), 0.6, 0.4),
    "tertiary_vocational": (((1855, 0.008, 0.012), (1930, 0.02, 0.025), (1950, 0.03, 0.03), (1970, 0.05, 0.03),
                             (2000, 0.08, 0.035)), 0.6, 0.4),
    "tertiary_later": (((1855, 0.002, 0.002), (1930, 0.006, 0.006), (1960, 0.015, 0.010), (2000, 0.025, 0.015)),
                       0.4, 0.4),
    "long": (((1855, 0.05, 0.45), (1930, 0.10, 0.42), (1950, 0.14, 0.38), (1970, 0.22, 0.34), (2000, 0.33, 0.40)),
             0.5, 0.4),
    "leave_tertiary": (((1855, 0.08, 0.08), (1950, 0.11, 0.11), (1967, 0.13, 0.13), (1980, 0.14, 0.14),
                        (2000, 0.12, 0.14)), 0.2, 0.2),
    "adult_upper": (((1855, 0.001, 0.001), (1930, 0.004, 0.004), (1950, 0.008, 0.008), (1970, 0.018, 0.018),
                     (1980, 0.032, 0.032), (2000, 0.032, 0.032)), 0.5, 0.5),
    "adult_tertiary": (((1855, 0.0003, 0.0003), (1930, 0.002, 0.001), (1950, 0.004, 0.0025), (2000, 0.005, 0.003)),
                       0.4, 0.4),
    "extend": (((1855, 0.004, 0.006), (1950, 0.008, 0.012), (1970, 0.015, 0.018), (1980, 0.035, 0.040),
                (2000, 0.055, 0.060)), 0.3, 0.3),
}  # fmt: skip


def logit(share):
    return np.log(share / (1 - share))


def chance(number):
    return 1 / (1 + np.exp(-number))


def beliefs():
    """(values, tolerances) as [sex, transition, knot]."""
    value = np.zeros((2, len(TRANSITIONS), len(KNOTS)))
    width = np.zeros_like(value)
    for i, name in enumerate(TRANSITIONS):
        points, early, late = BELIEFS[name]
        years, *shares = np.array(points).T
        for sex in range(2):
            value[sex, i] = logit(np.interp(KNOTS, years, shares[sex]))
        width[:, i] = np.interp(KNOTS, (1955, 1975), (early, late))
    return value, width


# From knots to single cohorts: straight lines of the probability, as the simulation reads its table.
TO_COHORT = np.array([np.interp(COHORTS, KNOTS, row) for row in np.eye(len(KNOTS))]).T


def by_cohort(vector):
    """{transition: probability [..., cohort]} of logits [..., transition, knot]."""
    found = chance(vector) @ TO_COHORT.T
    return {name: found[..., i, :] for i, name in enumerate(TRANSITIONS)}


def walk(p):
    """Shares of cohorts [..., cohort, age 16-54, group]. The first five groups are the levels, the lowest in two parts.

    Groups: less than a year of upper secondary passed; more without completing it; upper secondary; short and long
    tertiary; students of the autumn (counted above too); those who enter higher education in the year.
    """
    zero = np.zeros_like(p["start"])
    ages = LAST - FIRST + 1
    history = np.zeros((7, ages) + zero.shape)
    general, vocational = p["start"] * p["general"], p["start"] * (1 - p["general"])
    never, first_year, some = 1 - p["start"], zero, zero
    late_general = late_vocational = done_general = done_vocational = entered = zero
    short, long = [zero] * 3, [zero] * 5  # students by years passed
    graduates, extending = [zero] * 4, [zero] * 2  # by years since the short degree; by extra years passed
    settled = highest = zero
    leave, stay = p["leave_tertiary"], 1 - p["leave_tertiary"]
    for age in range(FIRST, LAST + 1):
        if age > FIRST:
            degree, final = short[2] * stay, long[4] * stay + extending[1] * stay
            entered = entered + leave * (short[0] + short[1] + long[0] + long[1])
            given_up = leave * (short[2] + long[2] + long[3] + long[4] + sum(extending))
            settled = settled + given_up + graduates[3] * (1 - p["extend"])
            begin = p["extend"] * sum(graduates)
            graduates = [degree] + [group * (1 - p["extend"]) for group in graduates[:3]]
            extending = [begin, extending[0] * stay]
            short = [zero, short[0] * stay, short[1] * stay]
            long = [zero] + [group * stay for group in long[:4]]
            highest = highest + final
        if age == 17:
            first_year = p["leave_general"] * general + p["leave_vocational"] * vocational
        if age == 18:
            some = p["leave_general"] * general + p["leave_vocational"] * vocational
        if age in (17, 18):
            general, vocational = general * (1 - p["leave_general"]), vocational * (1 - p["leave_vocational"])
        if age == 19:
            done_general, late_general = general * p["finish_general"], general * (1 - p["finish_general"])
            some = some + p["leave_vocational"] * vocational
            general, vocational = zero, vocational * (1 - p["leave_vocational"])
        if age == 20:
            done_vocational = vocational * p["finish_vocational"]
            late_vocational, vocational = vocational - done_vocational, zero
        if age == 21:
            some = some + (late_general + late_vocational) * (1 - p["finish_late"])
            done_general = done_general + late_general * p["finish_late"]
            done_vocational = done_vocational + late_vocational * p["finish_late"]
            late_general = late_vocational = zero
        if 22 <= age <= 49:
            done_vocational = done_vocational + p["adult_upper"] * (never + first_year + some)
            never, first_year, some = (group * (1 - p["adult_upper"]) for group in (never, first_year, some))
        enter = zero
        if 19 <= age <= 24:
            enter = p["tertiary_general"] * done_general
            done_general = done_general - enter
        if 20 <= age <= 25:
            more = p["tertiary_vocational"] * done_vocational
            done_vocational, enter = done_vocational - more, enter + more
        if 26 <= age <= 34:
            enter = p["tertiary_later"] * (done_general + done_vocational + entered)
            done_general, done_vocational, entered = (
                group * (1 - p["tertiary_later"]) for group in (done_general, done_vocational, entered)
            )
        short[0], long[0] = enter * (1 - p["long"]), enter * p["long"]
        if age >= 35:
            more = p["adult_tertiary"] * (done_general + done_vocational + entered)
            settled = settled + more
            done_general, done_vocational, entered = (
                group * (1 - p["adult_tertiary"]) for group in (done_general, done_vocational, entered)
            )
        at = history[:, age - FIRST]
        below = first_year + never
        # A pupil of 16 has no year behind; later pupils have one at least.
        pupils = general + vocational + late_general + late_vocational
        at[0] = below + (pupils if age == FIRST else 0)
        at[1] = some + (pupils if age > FIRST else 0)
        at[2] = done_general + done_vocational + entered + short[0] + short[1] + long[0] + long[1]
        at[3] = settled + sum(graduates) + sum(extending) + short[2] + long[2] + long[3] + long[4]
        at[4] = highest
        at[5] = sum(short) + sum(long) + sum(extending)
        at[6] = enter
    return np.moveaxis(history, (0, 1), (-1, -2))


def survival():
    """{sex: [cohort, age 0-105, level]} survival from 50, relative to that of people with the hazard of everybody."""
    rates = grid("mortality_register.csv", "rate")
    ratio = np.array(MORTALITY)
    found = {}
    for sex in SEXES:
        weight = np.ones((len(COHORTS), OPEN + 1, len(LEVELS)))
        for i, cohort in enumerate(COHORTS):
            hazard = np.zeros(len(LEVELS))
            for age in range(51, OPEN + 1):
                year = min(max(cohort + age, 1950), 2023)
                fade = np.clip((95 - age) / 15, 0, 1)
                hazard = hazard + rates[year, sex][age] * (1 + (ratio - 1) * fade)
                weight[i, age] = np.exp(-(hazard - hazard.mean()))
        found[sex] = weight
    return found


class Records:
    """What the model is compared with. Each record is a weighted sum of one number for women and one for men."""

    def __init__(self):
        self.population, self.alive = grid("population_register.csv", "count"), survival()
        self.rows = []  # (kind, label, sex weights, value, tolerance, function of (sex, p, history))
        self.education()
        self.barro_lee()
        self.school()
        self.value = np.array([row[3] for row in self.rows])
        self.tolerance = np.array([row[4] for row in self.rows])
        self.weights = np.array([row[2] for row in self.rows]).T  # [sex, record]

    def add(self, kind, label, sex, value, tolerance, function):
        weights = {"female": (1.0, 0.0), "male": (0.0, 1.0), "both": (0.5, 0.5), "sum": (1.0, 1.0)}[sex]
        self.rows.append((kind, label, weights, value, tolerance, function))

    def level(self, sex, year, low, high, definition, level):
        """Function that gives the per cent of a level in an age group of the population of the next 1 January."""
        ages = np.arange(low, high + 1)
        ages = ages[(year - ages >= COHORTS[0]) & (year - ages <= COHORTS[-1])]
        people = self.population[year + 1, sex][ages]
        at, column = year - ages - COHORTS[0], np.minimum(ages, LAST) - FIRST
        weight = people[:, None] * self.alive[sex][at, ages][:, (0, 0, 1, 2, 3)]

        def percent(_, history):
            mass = history[..., at, column, :5] * weight
            # Shares among the survivors of each age, then all ages.
            mass = mass * (people / mass.sum(axis=-1))[..., None]
            total = mass.sum(axis=-2)
            if definition == "new":
                parts = (total[..., 0] + total[..., 1], total[..., 2], total[..., 3], total[..., 4])
            else:
                parts = (total[..., 0], total[..., 1] + total[..., 2], total[..., 3], total[..., 4])
            return 100 * parts[level] / people.sum()

        return percent

    def education(self):
        cells = {}
        for row in read("education_register.csv"):
            key = row["sex"], int(row["year"]), int(row["age_from"]), int(row["age_to"]), row["definition"]
            cells.setdefault(key, {})[row["level"]] = float(row["percent"])
        for (sex, year, low, high, definition), shares in cells.items():
            total = sum(shares.values())
            for i, level in enumerate(LEVELS):
                tolerance = 0.8 if high < OPEN or low > 16 else 0.6
                if low < 20:
                    tolerance = 1.5 if high < OPEN else 0.6
                label = f"{sex} {year} {low}-{high} {definition} {level}"
                function = self.level(sex, year, low, high, definition, i)
                self.add("education", label, sex, 100 * shares[level] / total, tolerance, function)

    def barro_lee(self):
        """Tertiary shares of the oldest only. Levels and method are not the register's: the tolerance is wide."""
        for row in read("education_barro_lee.csv"):
            sex, year, low, high = row["sex"], int(row["year"]), int(row["age_from"]), int(row["age_to"])
            both = [self.level(sex, year, low, high, "new", i) for i in (2, 3)]
            label = f"{sex} {year} {low}-{high} tertiary"

            def percent(p, history, both=both):
                return both[0](p, history) + both[1](p, history)

            self.add("barro_lee", label, sex, float(row["tertiary_percent"]), 2.5, percent)

    def school(self):
        def cohort(year, age):
            return year - age - COHORTS[0]

        def finished(p, at):
            """(general on time, vocational on time, general late, vocational late), of the starters of the track."""
            q = {name: p[name][..., at] for name in TRANSITIONS}
            general, vocational = (1 - q["leave_general"]) ** 2, (1 - q["leave_vocational"]) ** 3
            return (
                general * q["finish_general"],
                vocational * q["finish_vocational"],
                general * (1 - q["finish_general"]) * q["finish_late"],
                vocational * (1 - q["finish_vocational"]) * q["finish_late"],
                q,
            )

        def mix(q, general, vocational):
            return 100 * (q["general"] * general + (1 - q["general"]) * vocational)

        def on_time(p, at):
            general, vocational, _, _, q = finished(p, at)
            return mix(q, general, vocational)

        def late(p, at):
            _, _, general, vocational, q = finished(p, at)
            return mix(q, general, vocational)

        def left(p, at):
            *_, q = finished(p, at)
            return mix(q, 1 - (1 - q["leave_general"]) ** 2, 1 - (1 - q["leave_vocational"]) ** 3)

        def by_21(p, at):
            return on_time(p, at) + late(p, at)

        def track(p, at, which):
            found = finished(p, at)
            if which == 0:
                return 100 * (found[0] + found[2])
            # The record is of six years after the start: one more year as an adult.
            q = found[4]
            done = found[1] + found[3]
            return 100 * (done + (1 - done) * q["adult_upper"])

        def outcome(p, at, what):
            q = {name: p[name][..., at] for name in TRANSITIONS}
            stay = 1 - q["leave_tertiary"]
            more = (1 - (1 - q["extend"]) ** 4) * stay**2
            if what == "no_degree":  # three years passed count as a short degree
                return 100 * (1 - stay**3)
            return 100 * (q["long"] * stay**5 + (1 - q["long"]) * stay**3 * more)

        def enrolled(sex, year, low, high):
            ages = np.arange(low, high + 1)
            people = self.population[year + 1, sex][ages]
            at = year - ages - COHORTS[0]
            return lambda _, h: 100 * (h[..., at, ages - FIRST, 5] * people).sum(axis=-1) / people.sum()

        def entrants(sex, year):
            ages = np.arange(19, 35)
            people = self.population[year + 1, sex][ages]
            at = year - ages - COHORTS[0]
            return lambda _, h: (h[..., at, ages - FIRST, 6] * people).sum(axis=-1) / 1000

        status = {"status_nominal": on_time, "status_late": late, "status_dropped_out": left}
        for row in read("school_register.csv"):
            kind, year, sex, value = row["indicator"], int(row["year"]), row["sex"], float(row["value"])
            everybody, label = row["group_kind"] == "all", f"{row['sex']} {row['year']} {row['indicator']}"
            if row["recalled"] == "yes":
                continue
            if kind in status and everybody and sex != "both":
                self.add("school", label, sex, value, 1.0, lambda p, _, at=cohort(year, 16), f=status[kind]: f(p, at))
            elif kind == "completed_nominal_time" and everybody:
                self.add("school", label, sex, value, 1.0, lambda p, _, at=cohort(year, 16): on_time(p, at))
            elif kind == "completed_5_years" and everybody:
                for start in (1999, 2003, 2007) if year == 1999 else (year,):
                    text = f"both {start} {kind}"
                    self.add("school", text, sex, value, 0.8, lambda p, _, at=cohort(start, 16): by_21(p, at))
            elif kind == "completed_nominal_plus_2" and row["group"] in ("general", "vocational"):
                which = ("general", "vocational").index(row["group"])
                text = f"{label} {row['group']}"
                self.add("school", text, sex, value, 1.0, lambda p, _, at=cohort(year, 16), w=which: track(p, at, w))
            elif kind == "completed_nominal_plus_2" and everybody:
                def both_tracks(p, _, at=cohort(year, 16)):
                    share = p["general"][..., at]
                    return share * track(p, at, 0) + (1 - share) * track(p, at, 1)

                self.add("school", label, sex, value, 1.0, both_tracks)
            elif kind in ("ten_years_no_degree", "ten_years_degree_long") and everybody:
                what = kind.removeprefix("ten_years_")
                at = cohort(year, 21)
                self.add("tertiary", label, sex, value, 2.5, lambda p, _, at=at, w=what: outcome(p, at, w))
            elif kind == "enrolled_tertiary" and sex != "both" and int(row["age_to"]) <= 24:
                low, high = int(row["age_from"]), int(row["age_to"])
                tolerance = 2.5 if low == high else 5.0  # studies last longer than the three and five years here
                self.add("tertiary", f"{label} {low}-{high}", sex, value, tolerance, enrolled(sex, year, low, high))
            elif kind == "new_students" and everybody:
                # Unlike the other records a sum over the sexes, in thousands.
                self.rows.append(("entrants", label, (1.0, 1.0), value / 1000, 4.0, None))
                functions = [entrants(who, year) for who in SEXES]
                self.rows[-1] = (*self.rows[-1][:5], functions)

    def answers(self, vector, sex):
        """What the model says, [..., record], as far as this sex contributes to it."""
        p = by_cohort(vector)
        history = walk(p)
        columns = []
        for row, weight in zip(self.rows, self.weights[sex]):
            if weight == 0:
                columns.append(np.zeros(vector.shape[:-2]))
                continue
            function = row[5][sex] if isinstance(row[5], list) else row[5]
            columns.append(weight * function(p, history))
        return np.stack(columns, axis=-1)


# How much a transition's distance from belief may bend between knots, in logits per five years.
BEND = {"start": 0.25, "finish_vocational": 0.2, "tertiary_general": 0.25, "tertiary_vocational": 0.25, "long": 0.2}


def penalty_matrix():
    """Rows that are linear in the distance from belief, for one sex: how far, and how bent."""
    _, width = beliefs()
    rows = []
    step = np.diff(KNOTS) / 5.0
    count = len(KNOTS)
    for i, name in enumerate(TRANSITIONS):
        for k in range(count):
            row = np.zeros((len(TRANSITIONS), count))
            row[i, k] = 1 / width[0, i, k]
            rows.append(row)
        bend = BEND.get(name, 0.15)
        for k in range(count - 1):
            row = np.zeros((len(TRANSITIONS), count))
            row[i, k + 1], row[i, k] = 1, -1
            # No record tells the cohorts before 1925 apart: they move together.
            rows.append(row / (2 * bend if KNOTS[k] >= 1925 else 0.05))
        for k in range(1, count - 1):
            row = np.zeros((len(TRANSITIONS), count))
            row[i, k - 1], row[i, k + 1] = 1 / step[k - 1], 1 / step[k]
            row[i, k] = -row[i, k - 1] - row[i, k + 1]
            rows.append(row / bend)
    return np.array(rows).reshape(len(rows), -1)


def fit(vector, rounds):
    records = Records()
    belief, _ = beliefs()
    penalty = penalty_matrix()
    size = belief[0].size

    def residuals(point, answer):
        parts = [(answer - records.value) / records.tolerance]
        return np.concatenate(parts + [penalty @ (point[sex] - belief[sex]).ravel() for sex in range(2)])

    def outcome(point):
        return sum(records.answers(point[sex], sex) for sex in range(2))

    best, damping = residuals(vector, outcome(vector)), 0.1
    for turn in range(rounds):
        blocks = []
        for sex in range(2):
            base = records.answers(vector[sex], sex)
            columns = []
            for begin in range(0, size, 45):
                block = np.arange(begin, min(begin + 45, size))
                moved = np.repeat(vector[sex].ravel()[None], len(block), axis=0)
                moved[np.arange(len(block)), block] += 1e-3
                columns.append((records.answers(moved.reshape(-1, *belief[0].shape), sex) - base) / 1e-3)
            blocks.append(np.concatenate(columns).T / records.tolerance[:, None])
        zero = np.zeros_like(penalty)
        jacobian = np.vstack([np.hstack(blocks), np.hstack([penalty, zero]), np.hstack([zero, penalty])])
        normal, slope = jacobian.T @ jacobian, jacobian.T @ best
        while True:
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -slope)
            trial = vector + np.clip(step, -0.8, 0.8).reshape(vector.shape)
            after = residuals(trial, outcome(trial))
            if after @ after < best @ best or damping > 1e4:
                break
            damping *= 4
        gain = best @ best - after @ after
        vector, best, damping = trial, after, damping / 4
        print(f"round {turn + 1}: {best @ best:.1f}, records {np.sum(best[: len(records.value)] ** 2):.1f}", flush=True)
        if gain < 0.3:
            break
    return vector


def report(vector, full):
    records = Records()
    answer = sum(records.answers(vector[sex], sex) for sex in range(2))
    error = answer - records.value
    pick = [i for i, row in enumerate(records.rows) if row[0] == "education"]
    labels = [row[1].split() for row in records.rows]
    print("education by sex and age: mean and worst absolute error in points, cells")

    def line(title, chosen):
        size = np.abs(error[chosen])
        worst = " ".join(labels[chosen[size.argmax()]])
        print(f"  {title:20}{size.mean():6.2f}{size.max():6.2f}{len(chosen):5}  worst {worst}")

    for sex in SEXES:
        for year in sorted({labels[i][1] for i in pick}):
            chosen = [i for i in pick if labels[i][:2] == [sex, year]]
            if chosen:
                line(f"{sex} {year}", chosen)
    for ages in sorted({labels[i][2] for i in pick}):
        line(f"ages {ages}", [i for i in pick if labels[i][2] == ages])
    line("all", pick)
    print("cells off by more than two points (model, recorded)")
    for i in sorted(pick, key=lambda i: -abs(error[i])):
        if abs(error[i]) > 2:
            print(f"  {' '.join(labels[i])}: {answer[i]:.1f}, {records.value[i]:.1f}")
    print("school, higher education (per cent; entrants in thousands) and Barro-Lee (model, recorded)")
    for i, row in enumerate(records.rows):
        if row[0] != "education" and (full or row[0] != "barro_lee"):
            print(f"  {row[0]} {row[1]}: {answer[i]:.1f}, {records.value[i]:.1f}")
    if full:
        print("transitions, women and men")
        for i, name in enumerate(TRANSITIONS):
            for sex in range(2):
                print(f"  {name:20}{SEXES[sex]:7}", *(f"{x:.3f}" for x in chance(vector[sex, i])))


def load():
    held = {}
    for row in read("education_knots.csv"):
        held[row["sex"], row["transition"], int(row["birth_year"])] = float(row["value"])
    return np.array([[[held[sex, name, year] for year in KNOTS] for name in TRANSITIONS] for sex in SEXES])


def attained(vector):
    alive = survival()
    rows = []
    for s, sex in enumerate(SEXES):
        history = walk(by_cohort(vector[s]))
        for year in range(COHORTS[0], COHORTS[-1] + 1, 5):
            for age in ATTAINED_AGES:
                at = year - COHORTS[0]
                groups = history[at, min(age, LAST) - FIRST]
                shares = np.array([groups[0] + groups[1], *groups[2:5]]) * alive[sex][at, age]
                shares = np.round(shares / shares.sum(), 5)
                shares[0] = 1 - shares[1:].sum()
                rows.append([sex, str(year), str(age)] + [decimal(x, 5) for x in shares])
    return rows


def main():
    if "--fit" in sys.argv[1:]:
        vector = fit(beliefs()[0] if "--afresh" in sys.argv[1:] else load(), 40)
        rows = [
            [sex, name, str(year), decimal(vector[s, i, k], 4)]
            for s, sex in enumerate(SEXES)
            for i, name in enumerate(TRANSITIONS)
            for k, year in enumerate(KNOTS)
        ]
        finish({"education_knots.csv": (["sex", "transition", "birth_year", "value"], rows, 0.0001)})
    vector = load()
    transitions = []
    for s, sex in enumerate(SEXES):
        p = by_cohort(vector[s])
        for year in PRINTED:
            for name in TRANSITIONS:
                transitions.append([sex, str(year), name, decimal(p[name][year - COHORTS[0]], 5)])
    header = ["sex", "birth_year", "age", *LEVELS]
    finish(
        {
            "school_transitions.csv": (["sex", "birth_year", "transition", "probability"], transitions, 1e-5),
            "education_attained.csv": (header, attained(vector), 1e-5),
        }
    )
    if "--check" not in sys.argv[1:]:
        report(vector, "--report" in sys.argv[1:])


if __name__ == "__main__":
    main()
