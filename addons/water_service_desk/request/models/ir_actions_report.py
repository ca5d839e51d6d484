from odoo import models

LETTER = "water_service_desk.report_request_notice"


class IrActionsReport(models.Model):
    """The letter of a request is kept where only those read it who may print it."""

    _inherit = "ir.actions.report"

    def retrieve_attachment(self, record):
        """The letter kept when it was handed out; printing again gives that very one.

        :param record: water.request.notice, or the record of any other report
        :return: ir.attachment, empty when no letter is kept
        """
        if self.report_name != LETTER:
            return super().retrieve_attachment(record)
        return record._kept_letter()

    def _prepare_pdf_report_attachment_vals_list(self, report, streams):
        values = super()._prepare_pdf_report_attachment_vals_list(report, streams)
        if report.report_name == LETTER:
            for vals in values:
                vals["res_field"] = "letter"
        return values
