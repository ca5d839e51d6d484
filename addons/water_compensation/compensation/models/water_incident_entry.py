from odoo import fields, models
from odoo.tools import formatLang


class WaterIncident(models.Model):
    """How far the entries of an incident's compensations are made: n of m."""

    _inherit = "water.incident"

    entry_note = fields.Char(string="Entries", compute="_compute_entries", compute_sudo=True)
    entry_percent = fields.Float(
        string="Entries Made", compute="_compute_entries", compute_sudo=True
    )

    def _compute_entries(self):
        """Counts tell nobody's name: whoever sees the incident sees them."""
        rows = self.env["water.compensation"]._read_group(
            [("incident_id", "in", self._origin.ids), ("amount", ">", 0)],
            ["incident_id", "state", "payment_state"],
            ["__count", "amount:sum"],
        )
        for incident in self:
            mine = [row[1:] for row in rows if row[0] == incident._origin]
            approved = [row for row in mine if row[0] == "approved"]
            made = sum(
                count for _state, paid, count, _sum in approved if paid not in ("none", False)
            )
            total = sum(row[2] for row in approved)
            waiting = sum(row[2] for row in mine if row[0] == "proposed")
            amount = sum(row[3] for row in approved)
            incident.entry_percent = 100 * made / total if total else 0
            incident.entry_note = incident._entry_words(made, total, waiting, amount)

    def _entry_words(self, made, total, waiting, amount):
        if not total:
            return self.env._("%(waiting)s to decide", waiting=waiting) if waiting else ""
        return self.env._(
            "%(made)s of %(total)s entries made, %(money)s approved, %(waiting)s to decide",
            made=made,
            total=total,
            money=formatLang(self.env, amount, currency_obj=self.company_id.currency_id),
            waiting=waiting,
        )
