from base64 import b64encode

from odoo import api, models

from ...base.moments import moment_text


class WaterWorkOrderReport(models.AbstractModel):
    """The work order on paper (派工单): what, where, by when, and a code that leads to the case."""

    _name = "report.water_service_desk.report_work_order"
    _description = "Work Order"

    @api.model
    def _get_report_values(self, docids, data=None):
        dispatches = self.env["water.dispatch"].browse(docids)
        dispatches.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": dispatches._name,
            "docs": dispatches,
            "orders": {row.id: self._paper(row) for row in dispatches},
        }

    @api.model
    def _paper(self, dispatch):
        """What the paper says, as far as its reader may know it: masked where he reads masked."""
        case = dispatch._case()
        code = self.env["ir.actions.report"].barcode(
            "QR", dispatch._order_link(), width=220, height=220
        )
        return {
            "code": b64encode(code),
            "number": case.name,
            "title": case.subject,
            "facts": [row for row in self._facts(dispatch, case) if row[1]],
            "words": case.verbatim or case.description,
            "note": dispatch.note,
        }

    @api.model
    def _facts(self, dispatch, case):
        severities = dict(case._fields["severity"]._description_selection(self.env))
        return [
            (self.env._("Department"), dispatch.department_id.name),
            (self.env._("To be done by"), self._moment(dispatch.due_at or case.next_due_at)),
            (self.env._("Severity"), severities.get(case.severity)),
            (self.env._("Category"), case.category_id.name),
            (self.env._("Where"), case.address_shown),
            (self.env._("Account"), case.account_id.display_name if case._reads_contact() else ""),
            (self.env._("Customer"), case.contact_masked),
            (self.env._("Phone"), case.phone_masked),
            (self.env._("Received"), self._moment(case.received_at)),
            (self.env._("Sent"), self._moment(dispatch.sent_at)),
        ]

    @api.model
    def _moment(self, moment):
        return moment_text(self.env, moment, self.env.company._water_tz())
