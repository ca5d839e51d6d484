from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaterIncident(models.Model):
    """What customers are told not to do with their water, since when and until when."""

    _inherit = "water.incident"

    quality_notice = fields.Selection(
        [("boil", "Boil water"), ("drink", "Do not drink"), ("use", "Do not use")],
        string="Notice about Water",
        help="What customers were told about the quality of the water.",
    )
    quality_from = fields.Datetime(string="Notice from")
    quality_until = fields.Datetime(string="Notice Lifted")

    @api.constrains("quality_notice", "quality_from")
    def _check_quality_notice(self):
        for incident in self:
            if incident.quality_notice and not incident.quality_from:
                raise ValidationError(self.env._("Enter since when the notice about water holds."))

    def _lift_quality_notice(self, at):
        """The end of the incident lifts the notice, unless that was done before.

        :param at: naive UTC
        """
        for incident in self:
            if (
                incident.quality_notice
                and not incident.quality_until
                and incident.quality_from < at
            ):
                incident.quality_until = at
