from odoo import fields, models


class WaterNotice(models.Model):
    """The result is told to the customers of merged complaints as well."""

    _inherit = "water.notice"

    also_of_id = fields.Many2one(
        "water.notice",
        string="Told Along with",
        readonly=True,
        ondelete="restrict",
        help="The notice of another complaint about the same matter, of which this is the twin.",
    )

    def _judged_by(self):
        """The matter was judged in the complaint that was handled."""
        return super()._judged_by() or (self.also_of_id and self.also_of_id._judged_by())

    def _tell_also(self, values):
        super()._tell_also(values)
        if self.kind != "result":
            return
        case = self.complaint_id
        for other in case._notice_also_to():
            words = {name: values.get(name) for name in ("kind", "subject", "body")}
            way = other._way_of_telling(self)
            clean = case._words_for(other, words)
            copy = self._create_sent(other, {**clean, **way, "also_of_id": self.id})
            other._told_also(copy)
