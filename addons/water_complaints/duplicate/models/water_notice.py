from odoo import api, fields, models


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

    def _tell_also(self, values):
        """Send the notice to the customers of merged complaints as well.

        :param values: as given to :meth:`_send`
        """
        if self._is_told_to_all():
            for other in self.complaint_id._notice_also_to():
                self._tell_one_also(other)

    def _tell_one_also(self, other):
        words = {name: self[name] for name in ("kind", "subject", "body")}
        clean = self.complaint_id._words_for(other, self._without_own_affairs(other, words))
        twin = {**clean, **other._way_of_telling(self), **self._twin_values()}
        other._log_notice_of_merged(self._create_sent(other, twin))

    def _without_own_affairs(self, other, words):
        """Hook: remove parts that concern only the customer of this notice from ``words``.

        :param other: water.complaint whose customer gets the notice
        :param words: {field of the notice: text}
        """
        return words

    @api.model
    def _sent_values(self, complaint, values):
        sent, lead = super()._sent_values(complaint, values), complaint._lead_case()
        return sent | ({"round": lead.reopen_count} if lead else {})
