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
        """Return the content of the paper, masked where its reader reads masked."""
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
        zone = case.company_id._water_tz()
        agreed = case.visit_ids.filtered(
            lambda visit: visit._is_open() and visit.department_id == dispatch.department_id
        )
        return [
            (self.env._("Department"), dispatch.department_id.name),
            (self.env._("To be done by"), self._moment(dispatch.due_at or case.next_due_at, zone)),
            (self.env._("Appointment"), self._slots(agreed, zone)),
            (self.env._("Severity"), severities.get(case.severity)),
            (self.env._("Category"), case.category_id.name),
            (self.env._("Where"), case.address_shown),
            (self.env._("Account"), case.account_id.display_name if case._reads_contact() else ""),
            (self.env._("Customer"), case.contact_masked),
            (self.env._("Phone"), case.phone_masked),
            (self.env._("Received"), self._moment(case.received_at, zone)),
            (self.env._("Sent"), self._moment(dispatch.sent_at, zone)),
        ]

    @api.model
    def _slots(self, visits, zone):
        """Return the department's appointments as told to the customer."""
        slots = ((visit.slot_from, visit.slot_to) for visit in visits.sorted("slot_from"))
        return ", ".join(" – ".join(self._moment(at, zone) for at in slot) for slot in slots)

    @api.model
    def _moment(self, moment, zone):
        return moment_text(self.env, moment, zone)
