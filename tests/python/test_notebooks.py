"""The notebooks run from the first cell to the last, in a fresh kernel, on a run of their own."""

import jupytext
import nbclient
import pytest

from runs import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_from_the_first_cell_to_the_last(path, run, monkeypatch):
    monkeypatch.setenv("LIVSLOP_RUN", str(run))
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
    assert len(charts) == 4
