"""The table that bin/bench web prints."""

from .table import write

#: name of a request → (label, what it is called at the peer, the most at 95 of 100)
ROWS = {
    "form": ("the form", "form", 300),
    "challenge": ("the challenge for the browser", None, None),
    "hand in and read back": ("hand it in, with proof of work; read it back", "hand in", 800),
    "hand in and read back, with a photo": (
        "the same with a photo of 12 megapixels",
        "hand in, with a photo",
        800,
    ),
    "send": ("send it; number and code", None, 800),
    "send, with a photo": ("the same with a photo", None, 800),
    "number and code": ("the form for number and code", None, 300),
    "follow": ("the page of the case", "follow", 300),
}


def show(result):
    """Print both runs as Markdown."""
    low, high = result["think"]
    titles = {
        "usual": f"{result['people']} people, {low} to {high} s between two pages",
        "full": f"{result['people']} people without a pause",
    }
    for run, title in titles.items():
        write(list(_rows(result, run, title)))


def _rows(result, run, title):
    """Label, this, peer, to reach."""
    ours, peer = result["Ours"][run], result.get("Peer", {}).get(run, {"rows": {}, "seconds": 1})
    yield f"{title}; ms: half of them, 95 of 100", "this", "peer", "to reach"
    for name, (label, other, goal) in ROWS.items():
        reach = f"p95 < {goal}" if goal and run == "usual" else ""
        yield label, _times(ours, name), _times(peer, other), reach
    yield "pages a second", _rate(ours), _rate(peer), ""
    yield "cases filed a second", _rate(ours, "send"), _rate(peer, "hand in"), ""
    yield "processor time a page, ms", _cpu(ours), _cpu(peer), ""
    yield "refused or failed", _failed(ours), _failed(peer), "0"


def _times(side, name):
    found = side["rows"].get(name)
    return f"{found['p50']:.0f}, {found['p95']:.0f}" if found else "–"


def _rate(side, name=""):
    count = sum(row["count"] for key, row in side["rows"].items() if key.startswith(name))
    return f"{count / side['seconds']:.1f}" if count else "–"


def _cpu(side):
    return f"{side['cpu_ms']:.0f}" if side["rows"] else "–"


def _failed(side):
    if not side["rows"]:
        return "–"
    rows = side["rows"].values()
    return f"{sum(row['failed'] for row in rows)} of {sum(row['count'] for row in rows):,}"
