from odoo.tests import tagged

from .common import DOMAIN, MailDoorCommon

ADDRESS = "wang@customer.example"


@tagged("post_install", "-at_install")
class TestMailCompany(MailDoorCommon):
    """Mails about cases of the company that is not the first one."""

    second_company = True

    def _finished(self):
        """A case of the second company, over by now, and the mail that its customer has of it."""
        values = self._inquiry_values(partner_id=False, contact_name="王芳", email_from=ADDRESS)
        case = self._as("foreign", self.env["water.inquiry"]).create(values)
        self.assertEqual(case.company_id, self.company2)
        sent = self._acknowledgement(case.with_env(self.env))
        case.action_withdraw()
        return sent

    def test_answer_to_a_finished_case(self):
        """It goes to the company of the case, also from a shared address."""
        self.assertFalse(self.desk.company_id)
        for to in (f"service@{DOMAIN}", f"catchall@{DOMAIN}"):
            with self.subTest(to=to):
                row = self._take("又停了", to=to, In_Reply_To=self._finished().reference)
                self.assertEqual(row.outcome, "case")
                self.assertEqual((row.company_id, row.inquiry_id.company_id), (self.company2,) * 2)

    def test_set_aside(self):
        """Only people of that company see such set-aside mails."""
        sent = self._finished()
        row = self._take("x", In_Reply_To=sent.reference, X_Spam_Flag="YES", sender="x@x.example")
        self.assertEqual((row.outcome, row.company_id), ("aside", self.company2))
        self.assertNotIn(row, self._as("supervisor", self.mails).search([]))
