"""The order of the rooms as ARCHITECTURE.md gives it, and the files of each room."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

PLAN = "ARCHITECTURE.md"
HEADING = "## Who may know whom"
#: The first word of a line of the plan, and the addon it means.
NAMES = {
    "desk": "water_service_desk",
    "complaints": "water_complaints",
    "compensation": "water_compensation",
    "quality": "water_quality",
    "bridge": "water_quality_compensation",
}
DESK = NAMES["desk"]
#: What an addon may have beside its rooms.
AT_ROOT = {
    "demo",
    "static",
    "i18n",
    "migrations",
    "tests",
    "readme",
    "README.rst",
    "pyproject.toml",
}
AT_ROOT |= {"__init__.py", "__manifest__.py"}
AT_ROOT |= {"data"}  # neutralize.sql, which Odoo looks for there
IGNORED = {"__pycache__", ".gitkeep"}


class NoPlan(Exception):
    """The plan is missing or cannot be read."""


@dataclass(frozen=True, order=True)
class Room:
    """One room; rooms of the same name in two addons are two."""

    addon: str
    name: str

    def __str__(self):
        word = next(word for word, addon in NAMES.items() if addon == self.addon)
        return f"{word}/{self.name}"


@dataclass(frozen=True, order=True)
class Finding:
    """A rule broken at a place."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


class Plan:
    """Which rooms there are, in their order, and which of them are the kernel."""

    def __init__(self, text):
        self.order, self.kernel = [], set()
        self._read(text)
        self._rank = {room: number for number, room in enumerate(self.order)}
        if not self.order:
            raise NoPlan(f"{PLAN} has no list of rooms below {HEADING!r}")

    @classmethod
    def of(cls, root):
        """Read the plan of the project at ``root``."""
        path = Path(root) / PLAN
        if not path.exists():
            raise NoPlan(f"{PLAN} is missing: there is no order of rooms")
        return cls(path.read_text())

    def _read(self, text):
        section = text.partition(HEADING)[2].split("\n## ")[0]
        addon = ""
        for line in re.findall(r"^(?:    |\t)(.*)$", section, re.MULTILINE):
            words = line.split()
            if words and words[0] in NAMES:
                addon = NAMES[words.pop(0)]
            for word in words if addon else ():
                if word == "|":
                    self.kernel = {room for room in self.order if room.addon == DESK}
                else:
                    self.order.append(Room(addon, word))

    def rank(self, room):
        """Return the place of ``room`` in the order."""
        return self._rank[room]

    @property
    def addons(self):
        """Return the addons that have rooms, in their order."""
        return list(dict.fromkeys(room.addon for room in self.order))

    def rooms_of(self, addon):
        """Return the names of the rooms of one addon, in their order."""
        return [room.name for room in self.order if room.addon == addon]

    def may_know(self, room, other):
        """Tell whether ``room`` may use what ``other`` brings."""
        if {room, other} <= self.kernel:
            return True
        return self._rank[other] <= self._rank[room]


class House:
    """The addons below ``root``."""

    def __init__(self, root, plan):
        self.root, self.plan = Path(root), plan

    def addon(self, name):
        """Return the folder of an addon."""
        return self.root / "addons" / name

    def place(self, path):
        """Return (room or None, whether it is a test) of a file."""
        parts = path.relative_to(self.root / "addons").parts
        room = Room(parts[0], parts[1]) if len(parts) > 2 else None
        return (room if room in self.plan.order else None), "tests" in parts[:-1]

    def files(self, *kinds):
        """Yield every file of the addons with one of the endings, in order."""
        for addon in self.plan.addons:
            for path in sorted(self.addon(addon).rglob("*")):
                if path.suffix in kinds and not IGNORED & set(path.parts):
                    yield path

    def stands_on(self, addon):
        """Return ``addon`` and those of the plan that its manifest asks for, and theirs."""
        manifest = self.addon(addon) / "__manifest__.py"
        if not manifest.exists():
            return {addon}
        needed = ast.literal_eval(manifest.read_text()).get("depends", ())
        below = [self.stands_on(other) for other in needed if other in self.plan.addons]
        return {addon}.union(*below)

    def name(self, path):
        """Return a path as findings show it."""
        return str(path.relative_to(self.root))
