from odoo import models

from ...base.tables import table
from ...base.todos import end_todos


class WaterCaseMixin(models.AbstractModel):
    """To-dos that the system makes about a case end with what they ask; rooms say which."""

    _inherit = "water.case.mixin"

    #: external ids of the types of to-dos that nobody has of a case that is over
    _todos_while_open = ()
    #: external ids of those that end once somebody has talked with the customer
    _todos_until_told = ()
    #: kinds of events by which somebody has talked with him
    _talks = frozenset({"contacted"})

    def _on_event(self, kind, at):
        super()._on_event(kind, at)
        if kind in table(self, "_talks"):
            self._end_told()

    def _end_told(self):
        """Somebody has talked with the customers: nobody has to tell them any more."""
        end_todos(self, *table(self, "_todos_until_told"))

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state in self._final_states:
            end_todos(self, *table(self, "_todos_while_open"))
