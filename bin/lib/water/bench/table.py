"""The table that bin/bench prints: item, our figure, the peer's and the goal.

Times are the fastest by the wall clock; in brackets the processor time of Odoo and its database
connection, which depends less on other load.
"""

from ..place import say

#: One case in so many is open in the usual mix: 25,000 of a million.
EVERY = 40
#: figure → (label, what design asks for), of the reads at one size of the table
READS = {
    "board_ms": ("board: columns, bars, first cards of each", "<= 50"),
    "list_ms": ("list of the open ones, first 80", "<= 50"),
    "list_all_ms": ("list without a filter, first 80", "<= 50"),
    "pivot_ms": ("pivot of all by month, live rows", ""),
    "duty_ms": ("duty board, first 80", "<= 50"),
    "department_board_ms": ("a department's board", "<= 50"),
    "department_duty_ms": ("a department's duty board", "<= 50"),
    **{
        f"home_{role}_ms": (f"first page of {person}, and what waits for decision", "<= 50")
        for role, person in {
            "agent": "an agent",
            "department": "a department",
            "supervisor": "a supervisor",
            "quality": "quality",
            "manager": "a manager",
            "finance": "finance",
        }.items()
    },
    "home_count_ms": ("a supervisor's figures of two months, counted every hour", ""),
    "call_ms": ("pick-up screen for a number, as many accounts", "<= 50"),
}


def show(result):
    """Print the table of one run, as Markdown."""
    write(list(rows_of(result)))


def write(rows):
    """Print rows of four texts each, the first of them the headings."""
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for number, (label, *figures) in enumerate(rows):
        cells = " | ".join(
            f"{text:>{size}}" for text, size in zip(figures, widths[1:], strict=True)
        )
        say(f"| {label:{widths[0]}} | {cells} |")
        if not number:
            rules = " | ".join("-" * (size - 1) + ":" for size in widths[1:])
            say(f"| {'-' * widths[0]} | {rules} |")


def rows_of(result):
    """Label, this, peer, to reach."""
    peer = result.get("peer", {"sizes": {}})
    yield "", "this", "peer", "to reach"
    yield from _work(result["this"], peer)
    yield from _create(result["this"]["sizes"], peer["sizes"])
    yield from _reads(result["this"]["sizes"], peer["sizes"], f"1 in {EVERY} open")
    yield from _reads(result["all_open"]["sizes"], {}, "all open")
    yield from _sweeps(result["all_open"]["sizes"])


def _of(figures, key, shape="{}"):
    return shape.format(figures[key]) if key in figures else "–"


def _time(figures, key):
    found = figures.get(key)
    return f"{found['fastest']:.0f} ({found['cpu']:.0f})" if found else "–"


def _ratio(ours, peer, key):
    return f" {ours[key] / peer[key]:.1f} x" if key in peer else ""


def _work(ours, peer):
    clocks = f"{ours['clocks_per_case']} and {_of(peer, 'clocks_per_case')} clocks"
    for key, shape, label, goal in (
        ("batch_per_second", "{:.0f}", f"batch create, cases a second ({clocks})", ">= 10 x peer:"),
        ("batch_per_cpu_second", "{:.0f}", "the same, a processor second", ">= 10 x peer:"),
        ("queries_per_case", "{:.2f}", "queries per case created", "<= 3"),
        ("move_queries", "{}", "queries to move 100", "<= 150"),
        ("move_cpu_ms", "{:.0f}", "processor time to move 100, ms", ""),
        ("deadline_us", "{:.1f}", "one time limit, µs", "<= 10"),
    ):
        ratio = _ratio(ours, peer, key) if goal.endswith(":") else ""
        yield label, _of(ours, key, shape), _of(peer, key, shape), goal + ratio


def _create(ours, peer):
    first = next(iter(ours.values()))["create_ms"]
    for size, figures in ours.items():
        one = figures["create_ms"]
        goal = f"<= 1.3 x first: {one['fastest'] / first['fastest']:.2f} x"
        label = f"create one and commit, at {int(size):,}; ms"
        yield label, _time(figures, "create_ms"), _time(peer.get(size, {}), "create_ms"), goal


def _reads(ours, peer, mix):
    for key, (label, goal) in READS.items():
        for size, figures in ours.items():
            if key not in figures:
                continue
            other = _time(peer.get(size, {}), key)
            yield f"{label}; ms, at {int(size):,}, {mix}", _time(figures, key), other, goal


def _sweeps(sizes):
    for figures in sizes.values():
        for hour, sweep in figures.get("sweeps", {}).items():
            label = f"sweep of {sweep['due']:,} due among {sweep['open']:,} open, {hour}"
            seconds = f"{sweep['seconds']:.1f} ({sweep['cpu_seconds']:.1f})"
            yield f"{label}; s", seconds, "–", "<= 10"
            yield f"{label}; queries", f"{sweep['queries']:,}", "–", ""
            yield f"{label}; peak memory, MB", str(sweep["peak_mb"]), "–", ""
