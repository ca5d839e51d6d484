import base64
import logging
from io import BytesIO

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.trust import is_trusted, trusted
from .. import scanner
from ..pictures import PictureError, check_structure

_logger = logging.getLogger(__name__)
#: Fields with the virus scanner's result.
MARKS = frozenset({"water_unscanned", "water_virus"})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    water_unscanned = fields.Boolean(
        string="Not Checked for Viruses",
        readonly=True,
        help="It came in while the virus scanner did not answer; it is checked when that is back.",
    )
    water_virus = fields.Char(
        string="Virus", readonly=True, help="Found later: the file is not given out any more."
    )

    _unscanned_idx = models.Index("(create_date) WHERE water_unscanned IS TRUE")

    def _check_contents(self, values):
        """Refuse decompression bombs among pictures of our records, also from staff.

        :raises UserError: for such a picture
        """
        if (values.get("res_model") or "").startswith("water."):
            content = values.get("raw") or base64.b64decode(values.get("datas") or b"")
            try:
                if isinstance(content, bytes):
                    check_structure(content, self._compute_mimetype(values))
            except PictureError as error:
                files = self.env["water.upload.mixin"]
                raise UserError(files._file_fault(error.fault, values.get("name"))) from error
        return super()._check_contents(values)

    def write(self, vals):
        if vals.keys() & MARKS and not is_trusted(self.env):
            raise AccessError(self.env._("Only the virus scanner says what a file holds."))
        return super().write(vals)

    # -- a virus is given to nobody -------------------------------------------------------------

    def _compute_raw(self):
        """Refuse content of infected files to all readers, except explicit services.

        :raises AccessError: for an infected file
        """
        self._refuse_infected()
        return super()._compute_raw()

    def _fetch_query(self, query, fields):
        """Read the bytes of files stored in the database as a column."""
        found = super()._fetch_query(query, fields)
        if any(field.name == "db_datas" for field in fields):
            try:
                found._refuse_infected()
            except AccessError:
                found.invalidate_recordset(["db_datas"], flush=False)
                raise
        return found

    def _refuse_infected(self):
        if is_trusted(self.env):
            return
        viruses = self.sudo().filtered("water_virus").mapped("water_virus")
        if viruses:
            text = self.env._("This file holds a virus (%s) and is not given out.", viruses[0])
            raise AccessError(text)

    def _given_out(self):
        """Return the files without a virus."""
        return self.filtered(lambda file: not file.sudo().water_virus)

    def _migrate(self):
        """Store infected files elsewhere like all others."""
        return super(IrAttachment, trusted(self))._migrate()

    def _to_http_stream(self):
        self._refuse_infected()
        return super()._to_http_stream()

    # -- what came in while the scanner was silent --------------------------------------------

    @api.model
    def _cron_scan_again(self):
        """Scheduled action: scan files that arrived while the scanner was away."""
        address = self.env["water.upload.mixin"]._scanner()
        # sudo: ir.attachment - scanned for all owners
        ids = self.sudo().search([("water_unscanned", "=", True)], order="id").ids
        if not (address and ids and self._scanner_judges(address)):
            return
        for left, number in zip(reversed(range(len(ids))), ids, strict=True):
            self.sudo().browse(number).exists()._scan_again(address)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return

    @api.model
    def _scanner_judges(self, address):
        try:
            return scanner.find(address, BytesIO(b"x")) is None
        except scanner.ScannerError:
            return False

    def _scan_again(self, address):
        """Take the mark away, or have the file given out no more; unjudged it stays as it is."""
        for file in self:
            try:
                virus = scanner.find(address, BytesIO(file.raw or b""))
            except scanner.ScannerError as error:
                _logger.warning("The virus scanner does not judge file %s: %s", file.id, error)
                continue
            trusted(file).write({"water_unscanned": False, "water_virus": virus})
            if virus:
                _logger.warning("File %s, taken unchecked, holds %s.", file.id, virus)
                file._tell_infected()

    def _tell_infected(self):
        record = self.env.get(self.res_model)
        if record is not None and hasattr(record, "_on_infected"):
            record.browse(self.res_id).exists()._on_infected(self)
