from odoo import models


class IrActionsReport(models.Model):
    """Keep the letter of a notice where only those read it who may print it."""

    _inherit = "ir.actions.report"

    def _is_notice_letter(self):
        return self.report_name == "water_complaints.report_water_notice"

    def retrieve_attachment(self, record):
        """The letter kept at sending; printing again gives that one, not a new rendering.

        :param record: water.notice, or the record of any other report
        :return: ir.attachment, empty when no letter is kept
        """
        if not self._is_notice_letter():
            return super().retrieve_attachment(record)
        # The report is rendered as superuser, but the record is the reader's: the groups of the
        # field decide whether the file is found.
        return record.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("res_field", "=", "letter"),
            ],
            limit=1,
        )

    def _prepare_pdf_report_attachment_vals_list(self, report, streams):
        values = super()._prepare_pdf_report_attachment_vals_list(report, streams)
        if report._is_notice_letter():
            for vals in values:
                vals["res_field"] = "letter"
        return values
