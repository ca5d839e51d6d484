from odoo import models


class IrRule(models.Model):
    """Whoever is refused learns that a record is closed to him, and not what it is called."""

    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """As Odoo does, which writes the names of closed records out, as the system.

        It does so in debug mode, and anybody of the staff has that who writes it into an address:
        by a number after the other he would read who the customers are.
        """
        refusal = super()._make_access_error(operation, records)
        if self.env.user._is_system():
            return refusal
        words = str(refusal)
        # sudo: the records - named so that their names are taken out
        for row in records[:6].sudo():
            words = words.replace(f", {row.display_name} (", " (")
        records.invalidate_recordset()
        refusal.args = (words,)
        return refusal
