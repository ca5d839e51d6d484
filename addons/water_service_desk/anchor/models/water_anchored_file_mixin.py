from odoo import models
from odoo.tools import SQL


class WaterAnchoredFileMixin(models.AbstractModel):
    """A sealed file that anchors name by its SHA-256.

    Otherwise a database administrator could exchange the file with its digest. Heirs have a field
    ``digest``, and return a permanent name by ``_chain_name``.
    """

    _name = "water.anchored.file.mixin"
    _description = "Sealed File in Anchors"

    _is_anchored = True

    def _anchor_source(self):
        """Return the files: they are created once, so their ids show the new ones."""
        return self.browse()

    def _touched_since(self, since):
        table = SQL.identifier(self._table)
        return SQL("SELECT id FROM %s WHERE id > %s AND digest IS NOT NULL", table, since)

    def _chain_name(self):
        """Return the permanent name of the file in anchors."""
        return self.name

    def _anchored(self):
        return 1, self.digest

    def _event_faults(self):
        return []

    def _anchor_faults(self, marks=None):
        """Where the file is another one than anchors say.

        :param marks: {number of the anchor: (1, SHA-256)}, those of the database by default
        """
        if marks is None:
            marks = self.env["water.anchor.line"]._marks(self)
        return [
            self.env._(
                "%(name)s: this is not the file of anchor no. %(number)s.",
                name=self.display_name,
                number=number,
            )
            for number, (_count, digest) in marks.items()
            if digest != self.digest
        ]
