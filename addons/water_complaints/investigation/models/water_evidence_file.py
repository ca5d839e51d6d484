import base64
import binascii
import hashlib
from io import BytesIO

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake import uploads


class WaterEvidence(models.Model):
    """The file behind a piece of evidence: judged, measured and sealed by the server (S3.1.3).

    Name, header and checksum of the client count for nothing: kind, size and SHA-256 come from
    the bytes, which are kept exactly as they were sent.
    """

    _inherit = "water.evidence"

    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Kept File",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    file = fields.Binary(
        compute="_compute_file", inverse="_inverse_file", copy=False, attachment=False
    )
    file_name = fields.Char(copy=False)
    mimetype = fields.Char(string="Kind of File", readonly=True, copy=False)
    file_size = fields.Integer(string="Size (Bytes)", readonly=True, copy=False, aggregator=None)
    checksum = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Of the bytes of the file; where there is none, of what was written down.",
    )
    is_image = fields.Boolean(compute="_compute_is_image", export_string_translation=False)

    @api.depends("attachment_id")
    @api.depends_context("bin_size")
    def _compute_file(self):
        for row in self:
            row.file = row.attachment_id.datas

    def _inverse_file(self):
        """Files come with ``create`` alone, which takes them out of the values."""

    @api.depends("mimetype")
    def _compute_is_image(self):
        for row in self:
            row.is_image = row.mimetype in uploads.INLINE

    @api.model
    def _take_file(self, vals):
        """Take the file out of ``vals``.

        :return: its bytes, or nothing
        :raises UserError: for what is no file of a kind that is taken
        """
        sent = vals.pop("file", None)
        if not sent:
            vals.pop("file_name", None)
            return b""
        try:
            content = base64.b64decode(sent, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise UserError(
                self.env._("The file has not arrived whole: choose it again.")
            ) from None
        name = uploads.safe_name(vals.get("file_name"), "evidence")
        if "." not in name:
            kind = uploads.sniff(BytesIO(content))
            name = f"{name}.{uploads.EXTENSIONS[kind][0]}" if kind else name
        faults = self.env["water.complaint"]._file_faults([(name, BytesIO(content))])
        if faults:
            raise UserError("\n".join(faults))
        vals["file_name"] = name
        return content

    def _keep_files(self, contents):
        """Keep the bytes of each record and seal it.

        :param contents: bytes for each record, empty where there is no file
        """
        with_file = [(row, data) for row, data in zip(self, contents, strict=True) if data]
        # sudo: ir.attachment - the files belong to what the caller has just been let create
        files = trusted(self.env["ir.attachment"].sudo()).with_context(image_no_postprocess=True)
        kept = files.create([row._file_values(data) for row, data in with_file])
        for (row, data), file in zip(with_file, kept, strict=True):
            trusted(row.sudo()).write(
                {
                    "attachment_id": file.id,
                    "mimetype": file.mimetype,
                    "file_size": len(data),
                    "checksum": hashlib.sha256(data).hexdigest(),
                }
            )
        for row in trusted(self.sudo()).filtered(lambda row: not row.attachment_id):
            row.checksum = row._seal_of_facts()

    def _file_values(self, data):
        return {
            "name": self.file_name,
            "raw": data,
            "mimetype": uploads.sniff(BytesIO(data)),
            "res_model": self._name,
            "res_id": self.id,
        }

    def _seal_now(self):
        """The seal as it must be by what is kept today."""
        if self.attachment_id:
            # forms are read with bin_size, which would give "12 Kb" instead of the bytes
            file = trusted(self.attachment_id).with_context(bin_size=False, bin_size_raw=False)
            return hashlib.sha256(file.raw or b"").hexdigest()
        return self._seal_of_facts()
