"""Check that the tests named in SECURITY.md and doc/asvs.md exist, and requirements once."""

import re
import sys
from collections import Counter
from pathlib import Path

#: How many requirements each section of ASVS 5.0.0 has in levels 1 and 2.
SECTIONS = dict(
    part.split(":")
    for part in (
        "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2"
        " 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3"
        " 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2"
        " 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1"
        " 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3"
        " 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"
    ).split()
)
STATES = {"yes", "part", "no", "–"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$")
#: Chapters that do not arise are listed in a sentence.
LISTED = re.compile(r"\b(1[07]\.\d+\.\d+)\b")


def missing_tests(root, name):
    """Yield a line for each test that a document names and that is not there."""
    paths = [*root.glob("tests/*.py"), *root.glob("addons/**/tests/*.py")]
    tests = [f"/{path.relative_to(root)}" for path in paths]
    for number, line in enumerate((root / name).read_text().splitlines(), 1):
        for test in re.findall(r"[\w/]*\btest_\w+\.py", line):
            if not any(path.endswith(f"/{test}") for path in tests):
                yield f"{name}:{number}: there is no {test}"
        for case in re.findall(r"`(test_\w+|Test\w+)`", line):
            if not any(f" {case}(" in path.read_text() for path in paths):
                yield f"{name}:{number}: no test is called {case}"


def faults_of_table(root, name):
    """Yield a line for each requirement that is not there once, with a state that is one."""
    wanted = {
        f"{section}.{number}"
        for section, count in SECTIONS.items()
        for number in range(1, int(count) + 1)
    }
    found = Counter()
    for number, line in enumerate((root / name).read_text().splitlines(), 1):
        row = ROW.match(line)
        found.update([row[1]] if row else LISTED.findall(line))
        if row and row[2] not in STATES:
            yield f"{name}:{number}: {row[2]!r} is no state"
    yield from (f"{name}: {row} is missing" for row in sorted(wanted - found.keys()))
    yield from (f"{name}: there is no {row}" for row in sorted(found.keys() - wanted))
    yield from (f"{name}: {row} is there twice" for row, times in found.items() if times > 1)


def main(root):
    """Print the faults and return the exit code."""
    found = [row for name in ("SECURITY.md", "doc/asvs.md") for row in missing_tests(root, name)]
    found += faults_of_table(root, "doc/asvs.md")
    for row in found:
        print(row)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
