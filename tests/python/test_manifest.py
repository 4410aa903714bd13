"""The manifest says what was written, from what."""

import hashlib
import json

from runs import ROOT


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest(run):
    return json.loads((run / "manifest.json").read_text(encoding="utf-8"))


def test_the_manifest_lists_exactly_the_tables_with_their_hashes_and_sizes(run):
    listed = {entry["path"]: (entry["sha256"], entry["bytes"]) for entry in manifest(run)["outputs"]}
    assert listed == {path.name: (sha256(path), path.stat().st_size) for path in run.glob("*.arrow")}


def test_nothing_else_is_in_the_run_directory(run):
    others = {path.name for path in run.iterdir() if path.suffix != ".arrow"}
    assert others == {"manifest.json", "scenario.resolved.toml"}


def test_the_inputs_have_the_hashes_of_the_files_here(run):
    inputs = manifest(run)["inputs"]
    assert inputs
    assert {entry["path"]: entry["sha256"] for entry in inputs} == {
        entry["path"]: sha256(ROOT / "configs" / "norway" / entry["path"]) for entry in inputs
    }


def test_the_manifest_says_how_fast_and_how_large_the_run_was(run):
    timing = manifest(run)["timing"]
    assert set(timing) >= {"person_years", "wall_s", "cpu_s", "ns_per_person_year", "peak_rss_bytes"}
    # 20,000 people of 2025 stand for everyone: some 12,000 of 1950 and 23,000 of 2100, with the arm 226 years in all.
    assert 3e6 < timing["person_years"] < 6e6


def test_the_seed_the_arms_and_the_version_are_told(run):
    told = manifest(run)
    assert (told["model"], told["schema_version"], told["seed"], told["people"]) == ("livslop", 2, 1, 20_000)
    assert [arm["id"] for arm in told["arms"]] == ["reference", "five-percent"]
