from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 08:00"))
class TestIncidentCalls(IncidentCommon):
    """At the end of an incident customers are told by a message, called, or have more to settle."""

    def _three_groups(self):
        self.env["water.gateway"].search([]).active = False
        incident = self._open()
        reached = self._caller(number=1)
        phone = self._caller(number=2, email_from=False)
        none = self._caller(
            number=3, is_anonymous=True, contact_name=False, phone=False, email_from=False
        )
        return incident, reached, phone, none

    def test_nothing_is_ticked_that_no_message_reaches(self):
        incident, reached, phone, none = self._three_groups()
        claim = self._caller(number=4)
        self._as("agent", claim).own_claim = True
        wizard, lines = self._ending(incident)
        found = {case: (line.group, line.is_chosen) for case, line in lines.items()}
        self.assertEqual(found[reached], ("message", True))
        self.assertEqual(found[phone], ("call", False))
        self.assertEqual(found[none], ("none", False))
        self.assertEqual(found[claim], ("own", False))
        self.assertFalse(lines[phone].is_proposed)
        self.assertRegex(
            wizard.groups_text, r"^Closed, customers told by a message: 1\. .*list\): 1\. "
        )
        lines[phone].write({"is_proposed": True, "is_chosen": True})  # ticked against the rule
        told = wizard.action_send()
        self.assertIn("telephone list", told["params"]["message"])
        self._broadcast()
        self.env.invalidate_all()
        states = [case.state for case in (reached, phone, none, claim)]
        self.assertEqual(states, ["archived", "registered", "registered", "registered"])

    def test_end_without_a_dialog_closes_only_the_reached(self):
        incident, reached, phone, none = self._three_groups()
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
        self._broadcast()
        self.assertEqual(
            [case.state for case in (reached, phone, none)],
            ["archived", "registered", "registered"],
        )

    def test_case_without_number_is_closed_when_it_is_ticked(self):
        incident, _reached, _phone, none = self._three_groups()
        wizard, lines = self._ending(incident)
        lines[none].is_chosen = True
        wizard.action_send()
        self._broadcast()
        self.assertEqual(none.state, "archived")

    def test_telephone_list_is_ticked_off_one_by_one(self):
        incident, _reached, phone, _none = self._three_groups()
        second = self._caller(number=2, email_from=False)
        other = self._caller(number=5, email_from=False)
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
        self._broadcast()
        mine = self._as("agent", incident)
        action = mine.action_open_calls()
        calls = self._as("agent", self.env["water.incident.contact"]).search(action["domain"])
        self.assertEqual((len(calls), mine.call_count), (2, 2))
        row = calls.filtered(lambda call: call.complaint_id in phone | second)
        self.assertTrue(row.can_reveal)
        self.assertEqual(row.what_to_say, "已恢复供水。")
        row.action_call()
        self.assertEqual(row.caller_id, self.users["agent"])
        row.action_called()
        self.assertEqual((row.called_by_id, row.called_at), (self.users["agent"], self._later()))
        self.assertEqual((phone | second).mapped("state"), ["archived", "archived"])
        self.assertIn("incident_told", self._kinds(phone))
        self.assertEqual(other.state, "registered")
        mine.invalidate_recordset()
        self.assertEqual(mine.call_count, 1)
        with self.assertRefused("called this customer already", row):
            row.action_called()
        with self.assertRaises(AccessError):
            self._as("quality", calls - row).action_called()
        self.assertRegex(mine.end_text, "by a message: 1, by phone: 1; still to be called: 1 ")
        self.assertWhole(phone | second | other)

    def test_customer_with_a_matter_of_their_own_is_on_no_list(self):
        """A case in hand needs no call; one more idle case does."""
        incident = self._three_groups()[0]
        for number, extra in ((6, False), (7, True)):
            claim = self._caller(number=number, email_from=False)
            self._as("agent", claim).own_claim = True
            if extra:
                self._caller(number=number, email_from=False)
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
        self.assertIn("being sent", incident.end_text)
        self._broadcast()
        calls = self.env["water.incident.contact"].search(incident._calls_domain())
        phones = sorted(calls.complaint_id.mapped("phone"))
        self.assertEqual(phones, ["13900000002", "13900000007"])
        self.assertIn("other open cases: 2", incident.end_text)

    def test_end_is_kept_in_the_log_of_the_incident(self):
        incident = self._three_groups()[0]
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
        self._broadcast()
        told = incident.with_context(lang=self.company.partner_id.lang).end_text
        self.assertIn(told, incident.message_ids[:1].body)

    def test_message_that_is_given_up_leads_to_a_call(self):
        incident = self._open()
        self._caller(number=1)
        before = self._messages()
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
        self._broadcast()
        self.assertFalse(incident.call_count)
        trusted(self._messages() - before)._give_up("refused")
        incident.invalidate_recordset()
        self.assertEqual(incident.call_count, 1)
