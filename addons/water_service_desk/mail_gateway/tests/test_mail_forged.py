from odoo.tests import tagged

from .common import MailDoorCommon

ADDRESS = "wang@customer.example"


@tagged("post_install", "-at_install")
class TestMailForged(MailDoorCommon):
    """Mails by people who know a customer's address and guess a case number."""

    def test_a_note_proves_nothing(self):
        """The writer chose that number: replies to it prove no more."""
        case = self._take().inquiry_id
        note = self._take("请改电话", Subject=f"关于 {case.name}")
        self.assertEqual((note.outcome, note.inquiry_id), ("note", case))
        for header in ("In_Reply_To", "References"):
            row = self._take("我满意了, 不用再查", Subject="re", **{header: note.message_id})
            self.assertEqual((row.outcome, row.inquiry_id), ("note", case))
        self.assertNotIn("customer_message", self._kinds(case))
        self.assertNotIn("不用再查", str(case._portal_conversation()))

    def test_person_shown_our_mail(self):
        """Not by answering their own noted mail."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        lawyer = "x@stranger.example"
        note = self._take("我是他的律师", sender=lawyer, In_Reply_To=sent.reference)
        row = self._take("请撤回", sender=lawyer, In_Reply_To=note.message_id, Subject="re")
        self.assertEqual((row.outcome, row.inquiry_id), ("note", case))
        self.assertNotIn("customer_message", self._kinds(case))

    def test_many_answers_to_a_finished_case(self):
        """Each makes a case, and we write about each: they count like any that make one."""
        self.company.water_mail_flood = 3
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        self._as("agent", case).action_withdraw()
        rows = [self._take(f"又停了{n}", In_Reply_To=sent.reference) for n in range(4)]
        self.assertEqual([row.outcome for row in rows], ["case"] * 2 + ["aside"] * 2)
        self.assertEqual(rows[-1].reason, "flood")

    def test_an_address_that_was_wrong(self):
        """A wrong recipient of our mail is not the customer."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        self._as("agent", case).email_from = "wangfang@customer.example"
        row = self._take("我撤回", In_Reply_To=sent.reference)
        self.assertEqual((row.outcome, row.inquiry_id), ("note", case))
        self.assertNotIn("customer_message", self._kinds(case))

    def test_additional_recipients(self):
        """Recipients of copies answer in their own name, while they are recipients."""
        case = self._inquiry()
        told = self.customer2
        told.email = "li@customer.example"
        self.patch(type(case), "_additional_recipients", lambda row: told)
        letter = self.env.ref("water_service_desk.mail_template_inquiry_acknowledgement")
        case._send_to_customer(letter)
        copy = self.env["water.message"].search([("inquiry_id", "=", case.id)])
        copy = copy.filtered(lambda row: row.partner_id == told)[:1]
        copy.mail_mail_id.write({"state": "sent"})
        copy._on_mail_result(None)
        row = self._take("我替他说", sender=told.email, In_Reply_To=copy.reference)
        self.assertEqual((row.outcome, row.inquiry_id), ("added", case))
        self.assertEqual(
            case.message_ids.filtered(lambda m: "我替他说" in m.body)[-1:].author_id, told
        )
        self.patch(type(case), "_additional_recipients", lambda row: told.browse())
        for number in (copy.reference, row.message_id):
            late = self._take("还有", sender=told.email, In_Reply_To=number)
            self.assertEqual((late.outcome, late.inquiry_id), ("note", case))
