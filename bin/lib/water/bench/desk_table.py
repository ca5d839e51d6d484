"""The table that bin/bench desk prints: ours, project's figure, what was to be reached."""

from . import table

#: act → (label, {figure: what was to be reached})
ACTS = {
    "open": ("a case is opened", {"ms": "< project", "queries": "<= 90"}),
    "save": ("it is saved", {"queries": "<= 100"}),
    "board": ("the board, 20 cards a column", {"ms": "<= 600"}),
    "search of all": ("all cases are searched", {}),
}
#: request → (label, {figure: what was to be reached})
REQUESTS = {
    "read": ("reading a case", {"queries": "<= 40", "cpu": "<= 30"}),
    "list": ("list of the open ones, first 80", {"cpu": "<= project"}),
    "columns of the board": ("columns of the board", {}),
    "views of the board": ("views of the board", {"bytes": "<= 100"}),
    "views of its form": ("its form, fetched while the board is looked at", {}),
    "duty board": ("duty board", {"server": "<= 60"}),
    "search of all, alone": ("search of all", {"server": "<= 100"}),
    "letter": ("look at a letter", {"server": "<= 500"}),
}
#: figure → (words, unit that it is divided by)
FIGURES = {
    "ms": ("from the click to a page at rest, ms", 1),
    "calls": ("calls", 1),
    "queries": ("queries", 1),
    "server": ("the server answers in, ms", 1),
    "cpu": ("processor time of the server, ms", 1),
    "bytes": ("kB", 1000),
}


def show(result):
    """Print the table of one run, as Markdown."""
    table.write(list(rows_of(result["acts"])))


def rows_of(acts):
    """Label, this, project, to reach."""
    yield "", "this", "project", "to reach"
    for found in (ACTS, REQUESTS):
        for key, (label, goals) in found.items():
            ours, theirs = (acts.get(f"{side}: {key}", {}) for side in ("this", "project"))
            for figure, (words, unit) in FIGURES.items():
                if figure not in ours or (found is REQUESTS and figure == "calls"):
                    continue
                cells = (_cell(side, figure, unit) for side in (ours, theirs))
                yield f"{label}: {words}", *cells, goals.get(figure, "")


def _cell(found, figure, unit):
    return f"{found[figure] / unit:,.0f}" if figure in found else "–"
