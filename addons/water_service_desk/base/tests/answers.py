"""Whatever can be called from outside answers.

XML-RPC carries no None: it would report a failure after the work is done.
"""

import sys
from functools import cache
from types import FunctionType

from odoo.modules.registry import Registry

#: One of those that ``sys.monitoring`` leaves to anybody.
TOOL = 4
OURS = "odoo.addons.water_"
#: What everybody expects an answer of.
ANSWERED = {"copy", "create", "unlink", "write"}
#: Called by Odoo alone, which asks for no answer.
SILENT = {"execute_command_case"}


def watch_answers(database):
    """Have every public method of ours that answers nothing fail the test that calls it."""
    if not sys.monitoring.get_tool(TOOL):
        sys.monitoring.use_tool_id(TOOL, "water answers")
        returns = sys.monitoring.events.PY_RETURN
        sys.monitoring.register_callback(TOOL, returns, _look_at_answer)
    for function in _methods(database):
        sys.monitoring.set_local_events(TOOL, function.__code__, sys.monitoring.events.PY_RETURN)


def _look_at_answer(code, _offset, answer):
    if answer is None:
        raise AssertionError(f"{code.co_qualname} answers nothing, which XML-RPC cannot carry")


@cache
def _methods(database):
    """Public methods of ours. What of Odoo's we extend answers as Odoo's does, or not."""
    found = set()
    for model in Registry(database).models.values():
        ours = [part for part in model.__mro__ if part.__module__.startswith(OURS)]
        theirs = {name for part in model.__mro__ if part not in ours for name in vars(part)}
        found |= {
            item
            for name, item in ((name, item) for part in ours for name, item in vars(part).items())
            if isinstance(item, FunctionType) and not name.startswith("_")
            if name in ANSWERED or name not in theirs | SILENT
        }
    return found
