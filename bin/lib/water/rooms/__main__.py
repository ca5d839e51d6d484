"""``python -m water.rooms``: the rules of ARCHITECTURE.md; ``--report`` prints and exits with 0."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from . import graph, layout
from .code import Code, names_of_odoo
from .house import House, NoPlan, Plan
from .references import Finder

CORE = "/usr/lib/python3/dist-packages/odoo"
#: Findings that are right as they are: (file, words in the finding) and the reason.
ALLOWED = {}


def examine(root, core=CORE):
    """Return (findings, references, plan) of the project at ``root``."""
    plan = Plan.of(root)
    house = House(root, plan)
    foreign = names_of_odoo(core, [house.addon(name) for name in plan.addons])
    code = Code(house, foreign)
    finder = Finder(house, code)
    references = finder.all()
    findings = list(layout.findings(house))
    findings += layout.abstract_findings(house, code, finder.used)
    findings += graph.upward(references, plan, house)
    findings = [finding for finding in findings if not _is_allowed(finding)]
    return sorted(set(findings)), references, plan


def _is_allowed(finding):
    return any(finding.path == path and words in finding.text for path, words in ALLOWED)


def main():
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="rooms", description=__doc__)
    parser.add_argument("--report", action="store_true", help="print, and exit with 0")
    parser.add_argument("--root", type=Path, default=Path.cwd())
    parser.add_argument("--core", default=CORE, help="the package odoo, whose names are nobody's")
    options = parser.parse_args()
    try:
        findings, references, plan = examine(options.root, options.core)
    except NoPlan as missing:
        print(f"rooms: {missing}")
        return 0 if options.report else 1
    for finding in findings:
        print(finding)
    for group in graph.circles(graph.edges(references), plan.kernel):
        print(f"circle: {', '.join(map(str, group))}")
    counts = Counter(finding.rule for finding in findings)
    words = ", ".join(f"{number} {rule}" for rule, number in sorted(counts.items()))
    print(f"rooms: {words or 'nothing found'}; {len(references)} references between rooms")
    return int(bool(findings) and not options.report)


if __name__ == "__main__":
    sys.exit(main())
