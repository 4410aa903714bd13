"""The notebooks run from the first cell to the last, in a fresh kernel, on a run of their own."""

import jupytext
import nbclient
import pytest

from runs import ROOT

# The run that each notebook reads, and how many charts it draws of it.
NOTEBOOKS = [("first_look", "run", 4), ("gradient", "run", 4), ("packages", "run", 5), ("packages", "packages", 5)]


@pytest.fixture(scope="module")
def packages(simulate):
    """Packages of equal cost, with their bounds; none of them moves people between groups."""
    return simulate("packages", "cessation-universal", "cessation-targeted", "--bounds", "--until", "2040")


def test_every_notebook_is_run():
    assert {name for name, _, _ in NOTEBOOKS} == {path.stem for path in (ROOT / "notebooks").glob("*.py")}


@pytest.mark.parametrize("name, run_read, charts_drawn", NOTEBOOKS, ids=lambda of: str(of))
def test_the_notebook_runs_from_the_first_cell_to_the_last(name, run_read, charts_drawn, request, monkeypatch):
    path = ROOT / "notebooks" / f"{name}.py"
    monkeypatch.setenv("LIVSLOP_RUN", str(request.getfixturevalue(run_read)))
    monkeypatch.delenv("LIVSLOP_FIGURE", raising=False)
    notebook = jupytext.read(path)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    charts = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert len(charts) == charts_drawn
