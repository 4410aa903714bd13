"""Runs of the release binary, made once a session and shared by all tests."""

import subprocess

import pytest

from runs import ROOT

BINARY = ROOT / "target" / "release" / "livslop"

# Every lever is moved by nothing: an arm that must equal the reference in every row.
NULL_ARM = """
id = "nothing"
title = { en = "Nothing changes", no = "Ingenting endres" }
from = 2027

[[effect]]
lever = "death.all_causes"
form = "hazard-ratio"
value = 1.0
evidence = { unit = "hazard ratio", interval = [1.0, 1.0], kind = "assumed", note = "a test" }

[[effect]]
lever = "births.fertility"
form = "rate-ratio"
value = 1.0
evidence = { unit = "rate ratio", interval = [1.0, 1.0], kind = "assumed", note = "a test" }
"""


@pytest.fixture(scope="session")
def simulate(tmp_path_factory):
    """A function that runs the model with further arguments and returns the run directory."""
    assert BINARY.is_file(), "build the program first: cargo build --release"
    folder = tmp_path_factory.mktemp("runs")

    def simulate(name, *arguments, seed=1, lives="200"):
        out = folder / name
        command = [BINARY, "run", "--people", "20000", "--seed", str(seed), "--lives", lives]
        command += ["--out", out, "--progress", "none", *arguments]
        if "--no-cache" not in arguments:
            command += ["--cache", folder / "cache"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"livslop ended with {done.returncode}:\n{done.stderr}"
        return out

    return simulate


@pytest.fixture(scope="session")
def run(simulate):
    """A simple scenario among 20,000 people, seed 1, its history lived and not read."""
    return simulate("default", "five-percent", "--no-cache")


@pytest.fixture(scope="session")
def everyone(simulate):
    """The years to 1975 alone, with the life history of everyone simulated."""
    return simulate("everyone", "--no-cache", "--until", "1975", lives="all")


@pytest.fixture(scope="session")
def null_run(simulate, tmp_path_factory):
    """An arm that changes nothing."""
    scenario = tmp_path_factory.mktemp("scenarios") / "nothing.toml"
    scenario.write_text(NULL_ARM, encoding="utf-8")
    return simulate("nothing", str(scenario))
