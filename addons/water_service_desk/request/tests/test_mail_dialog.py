"""Odoo's mail composer, filled in by hand for a record closed to the user."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestMailDialog(WaterCommon):
    def _filled(self, login, template, row, **values):
        """A caller's values that leave no text to compute."""
        user = self.users[login]
        said = dict.fromkeys(("subject", "body", "email_layout_xmlid"), "x")
        said |= {"email_from": user.email_formatted, "author_id": user.partner_id.id}
        said |= {"reply_to": user.email, "lang": "en_US", "scheduled_date": False}
        said |= {"mail_server_id": False, "composition_mode": "comment"}
        named = {"template_id": template.id, "model": template.model, "res_ids": str(row.ids)}
        return {**said, **named, **values}

    def _makes(self, login, template, row, **values):
        dialogs = self._as(login, self.env["mail.compose.message"])
        dialog = dialogs.create(self._filled(login, template, row, **values))
        dialog.env.flush_all()  # with the user's rights, as at the end of a call
        return dialog.sudo()

    def test_letter_of_a_closed_record(self):
        """Callers who give all texts do not get the template's, for any claimed model."""
        request = self.env["water.request"].create(self._request_values())
        self._as("agent", request).action_issue_notice()
        letter = self.env["water.request.notice"].search([("request_id", "=", request.id)], limit=1)
        template = self.env["mail.template"].search(
            [("report_template_ids", "!=", False), ("model", "=", letter._name)], limit=1
        )
        me = self.users["plain"].partner_id
        for values in ({}, {"partner_ids": me.ids}, {"model": "res.country"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self._makes("plain", template, letter, **values)
        self.assertTrue(self._makes("agent", template, letter).attachment_ids)

    def test_recipients_of_a_closed_case(self):
        """Nor are the customer's addresses computed, or a contact made of them."""
        values = {"partner_id": False, "contact_name": "王五", "email_from": "w5@example.org"}
        case = self._inquiry(**values)
        template = self.env["mail.template"].search([("model", "=", case._name)], limit=1)
        for login in ("plain", "department"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._makes(login, template, case)
        found = [("email_normalized", "=", "w5@example.org")]
        self.assertFalse(self.env["res.partner"].search(found))

    def test_a_mail_to_many_goes_to_customers(self):
        """The case's link goes to its customer only, regardless of the recipients named."""
        customer = self.env["res.partner"].create({"name": "王五", "email": "w5@example.org"})
        case, me = self._inquiry(partner_id=customer.id), self.users["agent"].partner_id
        template = self.env.ref("water_service_desk.mail_template_inquiry_acknowledgement")
        many = {"composition_mode": "mass_mail", "reply_to": False}
        many |= {"subject": template.subject, "body": template.body_html}
        dialog = self._makes("agent", template, case, **many, partner_ids=me.ids)
        with self.assertRaisesRegex(AccessError, "only to the customer"):
            dialog.sudo(False)._action_send_mail()
        dialog = self._makes("agent", template, case, **many, partner_ids=False)
        mails, _messages = dialog.sudo(False)._action_send_mail()
        self.assertEqual(mails.recipient_ids, customer)
        self.assertIn("/track/link/", mails.body_html)
