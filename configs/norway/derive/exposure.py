"""Exposure at work by occupation and sex, about 2016: exposure.csv.

What is believed of each occupation (constants below) is shifted on the logit scale, all occupations of a sex alike, so
that the employed of 2016 have the shares that surveys recorded; injuries are multiplied. --report prints the odds of
compulsory against tertiary education that follow from the occupations of each level.
"""

import sys
from statistics import NormalDist

import numpy as np

import occupation_entry as occupation
import work_stocks as work
from common import SEXES, decimal, finish

YEAR = 2016
EXPOSURES = ("heavy", "noise", "cold", "vibration", "low_control", "strain")
# Per cent exposed, believed before the shift, by occupation in the order of occupation_entry.csv. Heavy work of
# farmers, fishers and builders is recorded as 44-59 %, strong noise of mechanics, builders and operators as 30 %, low
# control as 4-49 % over occupations; cold, noise and vibration by industry in 2006. The rest is assumed.
BELIEVED = {
    "heavy": {
        "male": (6, 3, 6, 10, 18, 49, 38, 27, 31),
        "female": (6, 4, 7, 5, 20, 47, 33, 22, 26),
    },
    "noise": {
        "male": (4, 1.5, 4, 4, 7, 18, 27, 26, 15),
        "female": (3, 2, 2.5, 2, 8, 11, 20, 26, 10),
    },
    "cold": {
        "male": (4, 1.5, 4, 6, 10, 32, 26, 16, 20),
        "female": (2, 0.8, 1.5, 2, 4.5, 25, 12, 9, 8),
    },
    "vibration": {
        "male": (2.5, 0.8, 2.5, 2, 2.5, 19, 15, 22, 9),
        "female": (0.5, 0.3, 0.5, 0.3, 1, 10, 8, 10, 2),
    },
    "low_control": {
        "male": (4, 6.5, 9, 25, 36, 14, 30, 48, 46),
        "female": (4, 11, 13, 30, 45, 20, 36, 49, 49),
    },
    "strain": {
        "male": (6, 8, 9, 14, 18, 9, 15, 24, 20),
        "female": (9, 12, 13, 17, 24, 11, 20, 30, 24),
    },
    "injuries": {
        "male": (3, 2.5, 5, 5, 11, 14, 18, 15, 14),
        "female": (2, 4, 5, 3, 9, 11, 10, 10, 7),
    },
}
# Per cent of the employed: heavy work 2016 (STAMI); noise a quarter of the day, 9 % of both sexes, divided as strong
# noise half the day (7 and 3 %); cold and vibration half the day, 2016; low control 25 % of both sexes (2019) and
# strain 15 % (European cohorts), divided between the sexes by assumption. Injuries a year per 1,000 employed: 8.3
# reported (2016).
RECORDED = {
    "heavy": {"male": 18, "female": 12},
    "noise": {"male": 12.3, "female": 5.3},
    "cold": {"male": 12, "female": 3},
    "vibration": {"male": 8, "female": 1},
    "low_control": {"male": 22, "female": 28.3},
    "strain": {"male": 12.5, "female": 17.7},
    "injuries": {"male": 10.2, "female": 6.1},
}


def mixes(tables):
    """{sex: occupation by level of the employed in YEAR}."""
    return {
        sex: sum(part * tables[sex, year] for year, part in ((2010, (2020 - YEAR) / 10), (2020, (YEAR - 2010) / 10)))
        for sex in SEXES
    }


def compute():
    mix = mixes(occupation.compute())
    found = {}
    for name, believed in BELIEVED.items():
        for sex in SEXES:
            weight = mix[sex].sum(1)
            value, goal = np.array(believed[sex], dtype=float), RECORDED[name][sex]
            if name == "injuries":
                value *= goal / (weight @ value)
            else:
                start, low, high = work.logit(value / 100), -5.0, 5.0
                for _ in range(60):
                    middle = (low + high) / 2
                    if weight @ work.expit(start + middle) < goal / 100:
                        low = middle
                    else:
                        high = middle
                value = work.expit(start + low)
            found[name, sex] = value
    return mix, found


def report(mix, found):
    employed = {"male": 0.53, "female": 0.47}
    for name in (*EXPOSURES, "injuries"):
        exposed = {}
        for sex in (*SEXES, "both"):
            parts = [(sex, 1.0)] if sex != "both" else list(employed.items())
            for level, pick in (
                ("compulsory", [0]),
                ("upper_secondary", [1]),
                ("tertiary", [2, 3]),
                ("all", [0, 1, 2, 3]),
            ):
                weight = sum(part * mix[s][:, pick].sum() for s, part in parts)
                exposed[sex, level] = sum(part * mix[s][:, pick].sum(1) @ found[name, s] for s, part in parts) / weight
        for sex in (*SEXES, "both"):
            low, high = exposed[sex, "compulsory"], exposed[sex, "tertiary"]
            text = f"  {name:12}{sex:7}" + " ".join(
                f"{level} {exposed[sex, level]:.4f}" for level in ("all", "compulsory", "upper_secondary", "tertiary")
            )
            if name == "injuries":
                print(text)
                continue
            odds = low / (1 - low) / (high / (1 - high))
            gap = NormalDist().inv_cdf(low) - NormalDist().inv_cdf(high)
            print(f"{text}  odds ratio {odds:.2f}, gap {gap:.2f} sd")
        if "--report" in sys.argv[1:]:
            for sex in SEXES:
                print("     ", sex, " ".join(f"{x:.3f}" for x in found[name, sex]))


def main():
    mix, found = compute()
    rows = [
        [sex, name]
        + [decimal(found[exposure, sex][k], 3) for exposure in EXPOSURES]
        + [decimal(found["injuries", sex][k], 1)]
        for sex in SEXES
        for k, name in enumerate(occupation.OCCUPATIONS)
    ]
    header = ["sex", "occupation", *EXPOSURES, "injuries_per_1000"]
    finish({"exposure.csv": (header, rows, 0.001)})
    if "--check" not in sys.argv[1:]:
        report(mix, found)


if __name__ == "__main__":
    main()
