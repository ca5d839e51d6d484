from odoo import api, models

from ...base.trust import trusted
from .. import uploads
from ..filing import FilingError
from ..papers import PaperError
from ..pictures import PictureError


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
            if fault:
                faults.append(self._file_fault(fault, name))
        return faults

    @api.model
    def _file_fault(self, fault, name):
        """What is wrong with a file, in the reader's language.

        :param fault: as :func:`uploads.check` and :class:`PictureError` name it
        """
        texts = {
            "empty": self.env._("“%(name)s” is empty."),
            "large": self.env._("“%(name)s” is larger than %(limit)s MB."),
            "type": self.env._(
                "“%(name)s” is of a kind we cannot take. Send photos, PDF, Word, Excel,"
                " sound or video files."
            ),
            "mismatch": self.env._("“%(name)s”: the content does not fit the file name's ending."),
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
        """Keep files with the record: pictures and documents without what they carry along.

        :raises FilingError: for files that cannot be opened
        """
        rows = [self._file_row(*file) for file in self._cleaned(files)]
        # sudo: ir.attachment - the files belong to the record the caller has checked
        return self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True).create(rows)

    @api.model
    def _cleaned(self, files):
        """``(name, bytes, mimetype)`` of files that were judged before, as they are kept.

        :param files: ``(name, seekable binary stream)`` pairs
        :raises FilingError: for files that cannot be opened
        """
        rows, faults = [], []
        for name, stream in files:
            name = uploads.safe_name(name)
            try:
                rows.append(uploads.clean(name, stream))
            except (PictureError, PaperError) as error:
                faults.append(self._file_fault(error.fault, name))
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        return rows

    def _file_row(self, name, content, mimetype):
        return {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "res_model": self._name,
            "res_id": self.id,
        }

    def _publish(self, attachments):
        """Show ``attachments`` of the case to its customer."""
        if attachments:
            trusted(self).published_attachment_ids |= attachments
