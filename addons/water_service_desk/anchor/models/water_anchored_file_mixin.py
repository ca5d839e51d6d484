from odoo import models
from odoo.tools import SQL


class WaterAnchoredFileMixin(models.AbstractModel):
    """A sealed file that anchors name by its SHA-256.

    Whoever has the database can put another file there, with its digest and all that tells of it.
    Heirs have a field ``digest``, and say by ``_chain_name`` how the file is called for ever.
    """

    _name = "water.anchored.file.mixin"
    _description = "Sealed File in Anchors"

    _is_anchored = True

    def _anchor_source(self):
        """Files are made once: their own numbers tell which are new since an anchor."""
        return self.browse()

    def _touched_since(self, since):
        table = SQL.identifier(self._table)
        return SQL("SELECT id FROM %s WHERE id > %s AND digest IS NOT NULL", table, since)

    def _chain_name(self):
        """What the file is called in anchors: a name that never changes."""
        return self.name

    def _anchored(self):
        """``(1, SHA-256 of the file)``, as an anchor names it."""
        return 1, self.digest

    def _event_faults(self):
        """A file has no chain of its own: its events are in that of its case."""
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
