from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.trust import is_trusted

#: What Odoo writes itself when files move from the database to the disk, or back.
STORAGE = frozenset({"raw", "mimetype"})


class IrAttachment(models.Model):
    """Files behind evidence: not even code with superuser rights alters or removes them."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if not is_trusted(self.env):
            self._check_evidence(vals)
        return super().write(vals)

    def unlink(self):
        # no ondelete method: a key in the context of a remote call would pass it by
        if not is_trusted(self.env):
            self._check_evidence()
        return super().unlink()

    def _check_evidence(self, vals=None):
        """Refuse what would alter or remove the file behind evidence (S3.1.3)."""
        for file in self.sudo():
            if file.res_model == "water.evidence" and not file._only_moves(vals):
                raise AccessError(
                    self.env._("“%s” is evidence: it is neither altered nor removed.", file.name)
                )

    def _only_moves(self, vals):
        """Whether the same bytes are merely stored elsewhere."""
        if not vals or not vals.keys() <= STORAGE:
            return False
        same_kind = vals.get("mimetype", self.mimetype) == self.mimetype
        same_bytes = "raw" not in vals or self._compute_checksum(vals["raw"]) == self.checksum
        return same_kind and same_bytes
