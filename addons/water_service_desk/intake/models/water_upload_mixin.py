import logging

from odoo import api, models

from ...base.trust import trusted
from .. import scanner, uploads
from ..filing import FilingError
from ..papers import PaperError
from ..pictures import PictureError

_logger = logging.getLogger(__name__)
#: Address of a virus scanner; none, none is asked.
SCANNER = "water_service_desk.scanner"
#: Handling of files while the scanner is away: ``refuse`` or ``accept``, which marks them.
SILENT = "water_service_desk.scanner_silent"


class WaterUploadMixin(models.AbstractModel):
    """Files that come from outside: judged by their bytes, cleaned, kept with their record."""

    _name = "water.upload.mixin"
    _description = "Takes Files from Outside"

    @api.model
    def _file_faults(self, files):
        """Why these files cannot be taken, as messages; empty when they can.

        :param files: ``(name, seekable binary stream)`` pairs
        """
        company = self.env.company.sudo()
        if len(files) > company.water_upload_max_files:
            return [self.env._("Choose at most %s files.", company.water_upload_max_files)]
        limit = company.water_upload_max_mb
        faults = []
        for name, stream in files:
            name = uploads.safe_name(name)
            _mimetype, fault = uploads.check(name, stream, limit)
            fault = fault or self._scan(stream)
            if fault and fault != "marked":
                faults.append(self._file_fault(fault, name))
        return faults

    @api.model
    def _scan(self, stream):
        """Return the virus scanner's result: "", ``infected``, ``unscanned`` or ``marked``.

        :param stream: seekable binary stream; left at its beginning
        """
        address = self._scanner()
        if not address:
            return None
        try:
            found = scanner.find(address, stream)
        except scanner.ScannerError as error:
            _logger.warning("The virus scanner does not judge: %s", error)
            # sudo: ir.config_parameter - settings of the scanner, for every sender
            silent = self.env["ir.config_parameter"].sudo().get_param(SILENT)
            return "marked" if silent == "accept" else "unscanned"
        if found:
            _logger.warning("A file that was handed in holds %s: refused.", found)
        return "infected" if found else None

    @api.model
    def _scanner(self):
        # sudo: ir.config_parameter - settings of the scanner, for every sender
        return self.env["ir.config_parameter"].sudo().get_param(SCANNER)

    @api.model
    def _file_fault(self, fault, name):
        """Return the fault of a file, in the reader's language.

        :param fault: as named by :func:`uploads.check` and :class:`PictureError`
        """
        texts = {
            "lost": self.env._("The files that you had chosen were not kept. Choose them again."),
            "empty": self.env._("“%(name)s” is empty."),
            "large": self.env._("“%(name)s” is larger than %(limit)s MB."),
            "type": self.env._(
                "“%(name)s” is of a kind we cannot take. Send photos, PDF, Word, Excel,"
                " sound or video files."
            ),
            "mismatch": self.env._("“%(name)s”: the content does not fit the file name's ending."),
            "infected": self.env._("“%(name)s” contains a virus and was not saved."),
            "unscanned": self.env._(
                "“%(name)s” cannot be checked for viruses at the moment. Try again later, or send"
                " it without files."
            ),
            "broken": self.env._("“%(name)s” is damaged: the picture cannot be opened."),
            "paper": self.env._(
                "“%(name)s” is damaged or too large inside. Save the document again, or send a PDF."
            ),
            "pixels": self.env._(
                "“%(name)s” has too many pixels. Send a photo as your telephone takes it."
            ),
        }
        return texts[fault] % {
            "name": name,
            "limit": self.env.company.sudo().water_upload_max_mb,
        }

    def _store_files(self, files):
        """Store files with the record: pictures and documents without metadata.

        :raises FilingError: for files that cannot be opened
        """
        rows = [self._file_row(*file) for file in self._cleaned(files)]
        # sudo: ir.attachment - the files belong to the record the caller has checked
        return self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True).create(rows)

    @api.model
    def _cleaned(self, files):
        """``(name, bytes, mimetype, whether no scanner saw it)`` of files, as they are kept.

        :param files: ``(name, seekable binary stream)`` pairs
        :raises FilingError: for files that cannot be opened, or hold a virus
        """
        rows, faults = [], []
        for name, stream in files:
            name = uploads.safe_name(name)
            verdict = self._scan(stream)
            if verdict in ("infected", "unscanned"):
                faults.append(self._file_fault(verdict, name))
                continue
            try:
                rows.append((*uploads.clean(name, stream), verdict == "marked"))
            except (PictureError, PaperError) as error:
                faults.append(self._file_fault(error.fault, name))
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        return rows

    def _file_row(self, name, content, mimetype, is_unscanned=False):
        return {
            "water_unscanned": is_unscanned,
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "res_model": self._name,
            "res_id": self.id,
        }

    def _publish(self, attachments):
        if attachments:
            trusted(self).published_attachment_ids |= attachments
