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
#: Called by Odoo alone, which asks for no answer.
SILENT = {"init", "execute_command_case"}


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
    parts = {part for model in Registry(database).models.values() for part in model.__mro__}
    return [
        item
        for part in parts
        if part.__module__.startswith(OURS)
        for name, item in vars(part).items()
        if isinstance(item, FunctionType) and not name.startswith("_") and name not in SILENT
    ]
