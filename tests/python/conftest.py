"""Runs of the release binary, made once a session and shared by all tests."""

import subprocess

import pytest

from runs import ROOT

BINARY = ROOT / "target" / "release" / "livslop"

# Everything that a lever may do is left undone: an arm that must equal the reference in every row.
NULL_ARM = """
id = "nothing"
title = { en = "Nothing changes", no = "Ingenting endres" }
from = 2027

[[effect]]
lever = "death.all_causes"
form = "hazard-ratio"
value = 1.0
evidence = { unit = "hazard ratio", interval = [1.0, 1.0], kind = "assumed", note = "a test" }
"""


@pytest.fixture(scope="session")
def simulate(tmp_path_factory):
    """A function that runs the model with further arguments and returns the run directory."""
    assert BINARY.is_file(), "build the program first: cargo build --release"
    folder = tmp_path_factory.mktemp("runs")

    def simulate(name, *arguments, seed=1):
        out = folder / name
        command = [BINARY, "run", "--people", "20000", "--seed", str(seed), "--lives", "200"]
        command += ["--out", out, "--cache", folder / "cache", "--progress", "none", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"livslop ended with {done.returncode}:\n{done.stderr}"
        return out

    return simulate


@pytest.fixture(scope="session")
def run(simulate):
    """The default scenario among 20,000 people, seed 1."""
    return simulate("default")


@pytest.fixture(scope="session")
def null_run(simulate, tmp_path_factory):
    """An arm that changes nothing."""
    scenario = tmp_path_factory.mktemp("scenarios") / "nothing.toml"
    scenario.write_text(NULL_ARM, encoding="utf-8")
    return simulate("nothing", str(scenario))
