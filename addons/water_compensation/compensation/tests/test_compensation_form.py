from odoo.tests import tagged

from .common import CompensationCommon


@tagged("post_install", "-at_install")
class TestCompensationForm(CompensationCommon):
    """The printed form of a compensation shows the recorded facts (赔偿审批表)."""

    def test_printed(self):
        case = self._complaint()
        paid = self.env["water.compensation"].create(
            {
                "complaint_id": case.id,
                "partner_id": self.customer.id,
                "kind": "goodwill",
                "amount": 88.5,
                "reason": "多次上门未解决",
            }
        )
        reports = self._as("supervisor", self.env["ir.actions.report"])
        html, _kind = reports._render_qweb_html(
            "water_compensation.report_form_compensation", paid.ids
        )
        for words in (paid.name, "88.50", "多次上门未解决", self.customer.name):
            self.assertIn(words, html.decode())

    def test_offered_where_its_record_is(self):
        report = self.env.ref("water_compensation.action_report_form_compensation")
        self.assertEqual(report.binding_model_id.model, report.model)
        self.assertTrue(report.group_ids)
