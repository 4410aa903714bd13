"""The same bits whatever the instruction set and the optimisation.

`make test` builds the Rust tests, and with them the program, for any machine of this kind and with little optimisation; users build it
for their own machine and with all of it.
"""

import hashlib
import subprocess

import pytest

import runs

BASELINE = runs.ROOT / "target/baseline/debug/livslop"


def written(program, directory):
    command = [str(program), "run", "--people", "5000", "--until", "2060", "--lives", "100"]
    command += ["--out", str(directory / "run"), "--no-cache", "--progress", "none"]
    subprocess.run(command, cwd=runs.ROOT, check=True, capture_output=True)
    files = sorted((directory / "run").glob("*.arrow"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_build_for_any_machine_and_one_for_this_machine_write_the_same_bytes(tmp_path_factory):
    if not BASELINE.is_file():
        pytest.fail("target/baseline/debug/livslop is missing: run `make test-rust` first")
    native = written(runs.ROOT / "target/release/livslop", tmp_path_factory.mktemp("native"))
    baseline = written(BASELINE, tmp_path_factory.mktemp("baseline"))
    assert len(native) >= 6
    assert native == baseline
