from odoo import fields, models


class ResCompany(models.Model):
    """Limits of customers' attachments."""

    _inherit = "res.company"

    water_upload_max_files = fields.Integer(string="Files per Filing", default=10)
    water_upload_max_mb = fields.Integer(string="Megabytes per File", default=10)

    _water_uploads_sane = models.Constraint(
        "CHECK (water_upload_max_files > 0 AND water_upload_max_mb > 0)",
        "Allow at least one file and one megabyte.",
    )

    def _water_upload_help(self):
        """Return which files customers may send, as a sentence in their language."""
        return self.env._(
            "Up to %(count)s files of at most %(size)s MB each: photos, PDF, Word, Excel,"
            " sound, video.",
            count=self.water_upload_max_files,
            size=self.water_upload_max_mb,
        )
