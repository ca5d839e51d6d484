from odoo.exceptions import MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.doors import call_kw

#: A number that no record has.
NONE = 2**30


@tagged("post_install", "-at_install")
class TestOddDialogs(ComplaintCommon):
    """Dialogs opened from unusual places are empty or give a message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = {"category_id": cls._category("nc01").id, "description": "x", "subject": "x"}
        values = {**categories, "partner_id": cls.customer.id, "address": "x"}
        values["channel_id"] = cls._channel("phone").id
        cls.cases = [
            cls.env["water.complaint"].create(cls._complaint_values()),
            *(cls.env[name].create(values) for name in ("water.inquiry", "water.request")),
        ]

    def _contexts(self):
        """values of a client's context: empty, other users' records, non-numbers"""
        yield {}
        yield {"active_model": "no.model", "active_id": 1, "active_ids": [1]}
        yield {"active_model": 5, "active_id": {"a": 1}, "active_ids": {"a": 1}}
        for case in self.cases:
            yield {"active_model": case._name}
            odd = ([], [NONE], ["x"], "x", [[1]])
            for ids in (*odd, case.ids, [case.id, NONE]):
                first = ids[0] if isinstance(ids, list) and ids else ids
                yield {"active_model": case._name, "active_id": first, "active_ids": ids}
        yield {"active_model": "res.partner", "active_id": 1, "active_ids": [1]}

    def _dialogs(self):
        names = [name for name in self.env if name.startswith("water.")]
        return [self.env[name] for name in names if self.env[name]._transient]

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.orm.models")
    def test_opened_from_anywhere(self):
        tried = 0
        for dialog in self._dialogs():
            shown = {name: {} for name in dialog._fields}
            for context in self._contexts():
                for method, args in (
                    ("default_get", [list(shown)]),
                    ("onchange", [[], {}, [], shown]),
                ):
                    tried += 1
                    with self.subTest(dialog=dialog._name, context=context, method=method):
                        try:
                            with self.env.cr.savepoint():
                                call_kw(dialog, method, args, {"context": context})
                        except UserError as fault:
                            if isinstance(fault, MissingError):
                                self.assertIn("water.", str(fault))
        self.assertGreater(tried, 3000)

    def test_the_case_that_has_the_same_number(self):
        """An action on a case of another type does not reach a complaint with the same id."""
        complaint, inquiry, __ = self.cases
        about = {"active_model": inquiry._name, "active_ids": complaint.ids}
        dialogs = self.env["water.hold.wizard"].with_context(**about)
        with self.assertRefused("Open this dialog from a case"):
            dialogs.create({"reason": "x"}).action_save()
        self.assertFalse(complaint.legal_hold)
