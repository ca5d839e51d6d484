from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.trust import trusted


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
    quality_changed_at = fields.Datetime(
        string="Notice Changed at",
        readonly=True,
        copy=False,
        help="News from before say what does not hold any more.",
    )

    @api.constrains("quality_notice", "quality_from")
    def _check_quality_notice(self):
        for incident in self:
            if incident.quality_notice and not incident.quality_from:
                raise ValidationError(self.env._("Enter since when the notice about water holds."))

    def write(self, vals):
        """What is told of the water has changed: what was told before goes to nobody any more."""
        before = {incident.id: incident._quality_now() for incident in self}
        result = super().write(vals)
        changed = self.filtered(
            lambda row: row.state == "open" and row._quality_now() != before[row.id]
        )
        if changed:
            trusted(changed).write({"quality_changed_at": fields.Datetime.now()})
            changed._ask_for_news_now()
        return result

    def _quality_now(self):
        return self.quality_notice, bool(self.quality_until)

    def _is_lifted(self):
        """Whether the notice about the water holds no longer, though the incident goes on."""
        return bool(self.quality_notice and self.quality_until)

    def _advice_now(self):
        """What customers are asked to do with their water now."""
        if self._is_lifted():
            return self.env._("The notice has been lifted: the water can be used as usual.")
        return self.kind_id._advice(self.quality_notice)

    def _valid_news(self):
        """The newest news as long as they hold, or none."""
        newest = self.notice_ids[:1]
        is_old = self.quality_changed_at and newest.at and newest.at < self.quality_changed_at
        return newest.browse() if is_old else newest - self._outdated_news()

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
