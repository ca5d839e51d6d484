from odoo import fields, models
from odoo.tools import formatLang


class WaterIncidentCompensationMixin(models.AbstractModel):
    """What an incident costs in compensations, and how far their entries are made."""

    _name = "water.incident.compensation.mixin"
    _description = "Incident with its Compensations"

    compensation_count = fields.Integer(
        string="Number of Compensations", compute="_compute_compensation", compute_sudo=True
    )
    compensation_note = fields.Char(
        string="Compensations", compute="_compute_compensation", compute_sudo=True
    )
    compensation_percent = fields.Float(
        string="Entries Made", compute="_compute_compensation", compute_sudo=True
    )

    def _compute_compensation(self):
        """Counts tell nobody's name: whoever sees the incident sees them."""
        rows = self.env["water.compensation"]._read_group(
            [("incident_id", "in", self._origin.ids)],
            ["incident_id", "state", "payment_state"],
            ["__count", "amount:sum"],
        )
        for incident in self:
            mine = [row for row in rows if row[0] == incident._origin]
            approved = [row for row in mine if row[1] == "approved"]
            made = sum(row[3] for row in approved if row[2] not in ("none", False))
            total = sum(row[3] for row in approved)
            incident.compensation_count = sum(row[3] for row in mine)
            incident.compensation_percent = 100 * made / total if total else 0
            incident.compensation_note = incident._compensation_words(
                mine, made, total, sum(row[4] for row in approved)
            )

    def _compensation_words(self, rows, made, total, amount):
        waiting = sum(row[3] for row in rows if row[1] == "proposed")
        money = formatLang(self.env, amount, currency_obj=self.company_id.currency_id)
        if not total:
            return self.env._("%(waiting)s to decide", waiting=waiting) if rows else ""
        return self.env._(
            "%(made)s of %(total)s entries made, %(money)s approved, %(waiting)s to decide",
            made=made,
            total=total,
            money=money,
            waiting=waiting,
        )

    def action_open_compensations(self):
        """Open the compensations of the incident."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compensations"),
            "res_model": "water.compensation",
            "view_mode": "list,form,pivot",
            "domain": [("incident_id", "=", self.id)],
        }
