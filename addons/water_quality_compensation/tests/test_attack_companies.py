from contextlib import suppress

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.tests.doors import call_kw

from .access_fixture import AccessFixture
from .access_matrix import expected
from .attack_common import GENERIC, Attack, leaks, marker

#: People of one company, and the manager of the other one.
LOGINS = ("portal1", "agent", "foreign")
#: results of invalid arguments
REFUSED = (UserError, TypeError, ValueError, KeyError, AttributeError, NotImplementedError)


@tagged("post_install", "-at_install")
class TestAttackCompanies(Attack, AccessFixture, ComplaintCommon):
    """Two companies in one database, and callers who name the one that is not theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_records()
        cls._mark_records()

    def _contexts(self, login):
        """the caller's false claim about the companies in view"""
        mine = self.users[login].company_id
        other = (self.company | self.company2) - mine
        both = [*mine.ids, *other.ids]
        yield {"allowed_company_ids": both, "default_company_id": other.id}

    def _words(self, login):
        theirs = login == "foreign"
        return [
            marker(model, situation)
            for model, situation in self.records
            if (situation == "company") != theirs
            and "r" not in expected()[model][situation].get(login, "")
        ]

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.http")
    def test_a_company_that_is_named(self):
        """Neither a model nor one's own records tell anything of the other company."""
        for turn, login in enumerate(LOGINS):
            words, mine = self._words(login), self.env(user=self.users[login])
            for model in sorted({name for name, _situation in self.records}):
                own = [
                    record
                    for (name, _situation), record in self.records.items()
                    if name == model and mine[name].browse(record.ids).has_access("read")
                ][:1]
                with attempts(self.env) as tried:
                    for context in self._contexts(login):
                        calls = [*self._methods_of_model(mine[model], login)]
                        for record in own:
                            calls += [
                                (name, [record.ids, *args])
                                for name, args in self._methods_in_turn(record, turn)
                                if name not in GENERIC
                            ]
                        for name, args in calls:
                            answer = None
                            with suppress(*REFUSED), tried.attempt():
                                answer = call_kw(mine[model], name, args, {"context": context})
                            told = [w for w in words if leaks(answer, w)] if answer else []
                            self.assertFalse(told, (login, model, name, context))
                self.env.invalidate_all()
