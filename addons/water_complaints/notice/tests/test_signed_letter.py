from odoo.tests import tagged

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestSignedLetter(ComplaintCommon):
    """A letter that a rule names goes out as the superior has signed it."""

    def _dialog(self, case):
        about = {"active_model": case._name, "active_ids": case.ids, "default_kind": "result"}
        return self._as("agent", self.env["water.notice.wizard"]).with_context(**about).create({})

    def test_letter(self):
        self.env["water.sign.rule"].create({"name": "投诉告知", "what": "letter"})
        case = self._complaint_at("handling")
        lead = self._worker(self.net, self._lead(case))
        lead.result = "已重新抄表并更正账单"
        lead.action_finish()
        case.invalidate_recordset()
        dialog = self._dialog(case)
        dialog.body = "<p>经核实，您的水费按实际抄见计收。</p>"
        self.assertTrue(dialog.can_ask)
        with self.assertRefused("does not go out yet", case):
            dialog.action_send()
        dialog.action_ask_signature()
        row = self.env["water.sign.off"].search([("complaint_id", "=", case.id)])
        self._as("supervisor", row).action_approve()
        again = self._dialog(case)
        self.assertEqual((again.body, again.subject), (row.body, row.subject))
        again.body += "<p>再加一句</p>"
        with self.assertRefused("have it signed first", case):
            again.action_send()
        self._dialog(case).action_send()
        notice = case.notice_ids.filtered(lambda letter: letter.kind == "result")
        self.assertEqual(str(notice.body).encode(), row.body.encode())
        self.assertEqual((notice.subject, case.state), (row.subject, "notified"))
        self.assertWhole(case)
