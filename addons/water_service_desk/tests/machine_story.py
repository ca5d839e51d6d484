"""A story that the machine has told, told again: what led to a fault, step by step."""

import ast
import os
import re
from pathlib import Path

#: A file with the steps of one story, as a fault was reported with them.
STORY = os.environ.get("WATER_STORY")
_STEP = re.compile(r"^\s*(?:E\s+)?(?P<step>\w+\(.*\))(?: refused: .*)?$")
_BEGIN = re.compile(r"^\s*(?:E\s+)?begin\((?P<moment>.+)\)$")


def steps_of(text):
    """The moment at which a story begins, and ``(name, arguments)`` of its steps.

    :param text: lines of a report, of pytest's too; invalid steps are passed over
    """
    moment, steps = None, []
    for line in text.splitlines():
        begin, step = _BEGIN.match(line), _STEP.match(line)
        if begin:
            moment, steps = begin["moment"], []
        elif step:
            call = ast.parse(step["step"], mode="eval").body
            arguments = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            steps.append((call.func.id, arguments))
    return moment, steps


def retell(machine, text):
    """Take the steps of a story with a new machine, up to the first fault."""
    moment, steps = steps_of(text)
    try:
        machine.begin(moment)
        for name, arguments in steps:
            if not machine.stopped:
                machine.take(name, getattr(machine, name), arguments)
    finally:
        machine.teardown()


def retell_file(machine):
    """The same with the file of ``WATER_STORY``."""
    retell(machine, Path(STORY).read_text())
