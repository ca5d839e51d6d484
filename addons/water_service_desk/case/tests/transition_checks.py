"""Checks a transition table as data, through every door and for every role."""

from lxml import etree

from odoo.exceptions import UserError

from ...base.tables import table
from ...base.tests.attempts import attempts
from ...base.trust import trusted
from ..transitions import Missing

DESK = {"agent", "agent2", "supervisor", "manager", "su"}
SUPERVISORS = {"supervisor", "manager", "su"}
WORKERS = DESK | {"department"}
CALLERS = DESK | {"quality"}


class TransitionChecks:
    """Mixed into a test case; heirs give the table and a case that meets every requirement.

    ``LAWFUL`` is ``{(from, to): logins that may}``, written down apart from the model's own
    table, so that a change of the latter is noticed.
    """

    LAWFUL = {}

    def _ready_case(self):
        """A case that meets all requirements, dispatched to NET, whose work is done."""
        raise NotImplementedError

    def _steps_of_people(self, model):
        moves = table(self.env[model], "_transitions")
        return {step for step, move in moves.items() if move.groups}

    def _states(self, case):
        return [state for state, _label in case._fields["state"].selection]

    def _stage(self, case, state):
        return self.env["water.stage"]._of_state(case._name, state)

    def _place(self, case, state):
        """Put ``case`` into ``state`` without any step, as only the system can."""
        trusted(case).write({"state": state, "stage_id": self._stage(case, state).id})

    def _attempt(self, case, login, values):
        """Write ``values`` as ``login``, take it back, and return the refusal or None."""
        with attempts(self.env) as tried:
            return self._try(tried, case, login, values)

    def _try(self, tried, case, login, values):
        try:
            with tried.attempt():
                self._as(login, case).write(values)
        except UserError as error:
            return str(error)
        return None

    def _doors(self, case, state):
        return {"state": {"state": state}, "stage": {"stage_id": self._stage(case, state).id}}

    def _check_table(self):
        """Every pair of states, every role, both doors: open exactly when the table says so."""
        case = self._ready_case()
        logins = (*self.users, "su")
        for source in self._states(case):
            self._place(case, source)
            for target in self._states(case):
                if source == target:
                    continue
                lawful = self.LAWFUL.get((source, target), set())
                for door, values in self._doors(case, target).items():
                    with attempts(self.env) as tried:
                        passed = {
                            login
                            for login in logins
                            if self._try(tried, case, login, values) is None
                        }
                    with self.subTest(source=source, target=target, door=door):
                        self.assertEqual(passed, lawful)

    def _check_places(self, case, never=()):
        """Each line of each refusal leads to a part of the form or an action of the case.

        :param case: a case that lacks as much as possible
        :param never: requirements that this case cannot lack
        """
        form = etree.fromstring(case.get_view(view_type="form")["arch"])
        shown = set(form.xpath("//*[self::field or self::widget][not(ancestor::field)]/@name"))
        steps = {step: move for step, move in table(case, "_transitions").items() if move.groups}
        lacked, states = set(), self._states(case)
        in_order = sorted(steps.items(), key=lambda step: [*map(states.index, step[0])])
        for (source, target), move in in_order:
            self._place(case, source)
            for need in move.needs:
                for line in getattr(case, need)():
                    lacked.add(need)
                    with self.subTest(source=source, target=target, line=line):
                        self.assertIsInstance(line, Missing)
                        if line.place.startswith("action_"):
                            self.assertTrue(callable(getattr(case, line.place, None)))
                        else:
                            self.assertIn(line.place, shown)
        asked = {need for move in steps.values() for need in move.needs}
        self.assertEqual(asked - lacked, set(never))

    def _refusal(self, case, state, login="su", **values):
        """The answer to a move, one requirement per line."""
        return self._attempt(case, login, {"state": state, **values}) or ""
