from odoo import api, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.privacy.scrub import Scrubber


class WaterComplaint(models.Model):
    """Whoever appeals in a matter that is handled in another's complaint is forgotten there too."""

    _inherit = "water.complaint"

    def _appeals_elsewhere(self):
        """What its customer has appealed in complaints of others, none that is kept as evidence."""
        mine = [("appellant_case_id", "=", self.id), ("complaint_id.legal_hold", "=", False)]
        return trusted(self.env["water.appeal"].sudo().search(mine))

    def _rows_around(self):
        return [*super()._rows_around(), *self._appeals_elsewhere()]

    def _erase_files(self, rows):
        """The evidence of another customer's appeal stays until he is forgotten himself."""
        theirs = [row for row in rows if row._name == "water.appeal" and row._appellant() != self]
        super()._erase_files([row for row in rows if row not in theirs])

    def _mails_of_customer(self, messages):
        """So do the mails about it."""
        mails = super()._mails_of_customer(messages)
        name = "water.appeal"
        told = mails.filtered(lambda message: message.model == name)
        appeals = self.env[name].browse(told.mapped("res_id"))
        theirs = appeals.filtered(lambda row: row._appellant() != self)
        return mails - told.filtered(lambda message: message.res_id in theirs.ids)

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        for matter in self._appeals_elsewhere().complaint_id:
            own = {str(word) for word in matter._erasure_words() if word}
            words = [word for word in self._erasure_words() if word and str(word) not in own]
            matter._forget_words(Scrubber(words), reason)


class WaterPersonalPackage(models.AbstractModel):
    """What another customer has appealed in one's own matter is not one's own."""

    _inherit = "water.personal.package"

    @api.model
    def _domain(self, model, person, owners):
        domain = super()._domain(model, person, owners)
        if model._name != "water.appeal":
            return domain
        mine = Domain("appellant_case_id", "in", owners["water.complaint"].ids)
        return domain & (mine | Domain("appellant_case_id", "=", False))
