from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.water_service_desk.base.tables import table
from odoo.addons.water_service_desk.base.trust import trusted


class WaterIncident(models.Model):
    """Who made the facts of an incident, and how long after the fact they were entered.

    Both stay when a fact is put back to what it was: money is decided by others (S3.2.3a).
    """

    _inherit = "water.incident"

    #: what is known of it: who changes one of these makes facts
    _made_facts = frozenset(
        {
            *("kind", "kind_id", "is_planned", "strategic_main", "zone_ids", "account_ids"),
            *("aware_at", "opened_at", "restored_at", "notice_given_at", "announced_end_at"),
            *("quality_notice", "quality_from", "quality_until"),
            *("manager_id", "department_id"),
        }
    )

    maker_ids = fields.Many2many(
        "res.users",
        "water_incident_maker_rel",
        string="Whose Facts They Are",
        readonly=True,
        copy=False,
        help="Whoever entered or changed a fact, also when it was changed back.",
    )
    set_back_minutes = fields.Integer(
        string="Entered Later by (min)",
        readonly=True,
        copy=False,
        help="How long before its entry the beginning was set, at most.",
    )
    set_back_by_ids = fields.Many2many(
        "res.users",
        "water_incident_set_back_rel",
        string="Set Back by",
        readonly=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        incidents = super().create(vals_list)
        incidents._keep_makers()
        return incidents

    def write(self, vals):
        names = sorted(table(self, "_made_facts") & vals.keys() & self._fields.keys())
        before = {row.id: [row[name] for name in names] for row in self}
        done = super().write(vals)
        changed = self.filtered(lambda row: [row[name] for name in names] != before[row.id])
        changed._keep_makers("aware_at" in names)
        return done

    def _keep_makers(self, is_timed=True):
        """Remember the present user as a maker of facts.

        :param is_timed: whether he has said when it began
        """
        people = self.env.user if self.env.uid != SUPERUSER_ID else self.env.user.browse()
        now = fields.Datetime.now()
        for incident in trusted(self.sudo()):
            values = {"maker_ids": [fields.Command.link(user.id) for user in people]}
            late = (now - incident.aware_at).total_seconds() // 60 if incident.aware_at else 0
            if is_timed and late > 0:
                values["set_back_minutes"] = max(incident.set_back_minutes, int(late))
                values["set_back_by_ids"] = values["maker_ids"]
            incident.write(values)
