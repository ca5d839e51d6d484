from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

from odoo.addons.water_service_desk.base.trust import trusted

#: Contact data of strangers are kept for this time after the end, for questions.
KEPT = timedelta(days=30)


class WaterIncidentAffected(models.Model):
    """A household that says it is affected (我也受影响): counted once, told the news, no case.

    Households without a login leave contact data that no user reads; they only serve the news.
    """

    _name = "water.incident.affected"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Affected Household"
    _order = "id"
    _rec_name = "incident_id"
    _allow_sudo_commands = False

    incident_id = fields.Many2one(
        "water.incident", required=True, readonly=True, index=True, ondelete="restrict"
    )
    key = fields.Char(required=True, readonly=True, help="Keyed hash: each household once.")
    account_id = fields.Many2one("water.account", readonly=True, index="btree_not_null")
    partner_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    address = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    phone = fields.Char(readonly=True, groups=fields.NO_ACCESS, help="In international form.")
    email = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    lang = fields.Char(readonly=True)
    is_subscribed = fields.Boolean(string="Wants News", readonly=True)
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)

    _once = models.UniqueIndex("(incident_id, key)", "This household is counted already.")

    @api.model
    def _readonly_message(self):
        return self.env._("Who is affected is kept by the system.")

    @api.model
    def _keep(self, incident, subject, values):
        """Count a household, or keep the newer way to reach it.

        :param subject: text by which it is the same one: account, telephone, mail or browser
        :param values: of the row; a way to reach it makes it a subscriber
        :return: the row
        """
        key = hmac(self.env(su=True), self._name, f"{incident.id}:{subject}")
        # sudo: water.incident.affected - written by this service alone
        rows = trusted(self.sudo())
        row = rows.search([("incident_id", "=", incident.id), ("key", "=", key)], limit=1)
        reached = any(values.get(name) for name in ("partner_id", "phone", "email"))
        values = {**values, "lang": self.env.lang, "is_subscribed": reached}
        if row:
            row.write(values)
            return row
        return rows.create({**values, "incident_id": incident.id, "key": key})

    def _token(self):
        return f"{self.id}-{hmac(self.env(su=True), 'water.incident.affected.news', self.key)}"

    @api.model
    def _of_token(self, token):
        """Return the row of an unsubscribe link, or an empty recordset."""
        number = str(token or "").partition("-")[0]
        row = self.sudo().browse(int(number) if number.isdecimal() and len(number) < 10 else ())
        typed = str(token).encode(errors="replace")
        return row.exists().filtered(lambda found: consteq(found._token().encode(), typed))

    def _end_news(self):
        trusted(self.sudo()).write({"is_subscribed": False, "phone": False, "email": False})

    @api.autovacuum
    def _gc_ways(self):
        """Delete the contact data some weeks after the end."""
        until = fields.Datetime.now() - KEPT
        old = [("incident_id.restored_at", "<=", until)]
        old += ["|", "|", ("phone", "!=", False), ("email", "!=", False), ("address", "!=", False)]
        rows = trusted(self.sudo()).search(old, limit=1000)
        rows.write({"phone": False, "email": False, "address": False, "is_subscribed": False})
