from odoo import api, models

#: What only the form of a case reads together: lists and boards do not show the matter at length.
FORM = frozenset({"description", "event_ids"})


class WaterCaseMixin(models.AbstractModel):
    """Who has opened a case stands in the privacy log, masked or not (S2.2.4)."""

    _inherit = "water.case.mixin"

    @api.readonly
    def web_read(self, specification):
        """Read for the web client; a case whose form is opened is noted once within the hour."""
        values = super().web_read(specification)
        if len(self) == 1 and specification.keys() >= FORM and not self.env.su:
            self.env["water.privacy.seen"]._note_opened(self)
        return values
