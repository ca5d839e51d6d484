"""Staff who are customers call every method on their own case.

Mixed into the class with the fixture; no set-up of its own.
"""

from contextlib import suppress

from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.tests.doors import call_kw

from .access_fixture import CASES
from .access_matrix import expected
from .attack_common import GENERIC_OF_MODEL, leaks, marker

#: results of invalid arguments
REFUSED = (UserError, TypeError, ValueError, KeyError, AttributeError, NotImplementedError)
#: whole models: answered by the same rule as a search
LEFT = GENERIC_OF_MODEL.keys() - {"search_read", "name_search", "formatted_read_group"}
#: roles that read everything except complaints about themselves (回避, E9)
LOGIN = "manager"


class AttackOwn:
    """All cases of the fixture are about a manager, who reads everything else."""

    def _seen(self):
        mine = self.env(user=self.users[LOGIN])
        rows = {key: mine[key[0]].browse(row.ids) for key, row in self.records.items()}
        return {key for key, row in rows.items() if row.has_access("read")}

    def _make_him_the_customer(self):
        """:return: keys of the records closed to this user"""
        seen, person = self._seen(), self.users[LOGIN].partner_id
        for name in CASES:
            table = SQL.identifier(self.env[name]._table)
            self.env.cr.execute(SQL("UPDATE %s SET partner_id = %s", table, person.id))
        self.env.invalidate_all()
        person._forget_own_matters()
        return sorted(seen - self._seen())

    def _answer(self, tried, model, name, args):
        """Return the answer to an own request, or None, with cold caches."""
        self.env.invalidate_all()
        with suppress(*REFUSED), tried.attempt():
            return call_kw(model, name, args, {})
        return None

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_own_matter(self):
        """Neither the rows themselves nor other readable records reveal it."""
        closed = self._make_him_the_customer()
        words = [marker(*key) for key in closed]
        first = {key[0]: self.records[key] for key in reversed(closed)}
        self.assertGreater(len(first), 50)
        before, mine = self._state_of_database(), self.env(user=self.users[LOGIN])
        for model, record in first.items():
            with attempts(self.env) as tried:
                for name, args in self._methods(record):
                    answer = self._answer(tried, mine[model], name, [record.ids, *args])
                    self.assertFalse([w for w in words if leaks(answer, w)], (model, name))
        for model in sorted(expected()):
            with attempts(self.env) as tried:
                for name, args in self._methods_of_model(mine[model], LOGIN):
                    if name in LEFT:
                        continue
                    answer = self._answer(tried, mine[model], name, args)
                    self.assertFalse([w for w in words if leaks(answer, w)], (model, name))
        self.assertUnchanged(before)
