from odoo import api, fields, models, tools

from odoo.addons.water_service_desk.base.roles import MANAGER


class WaterSignRule(models.Model):
    """Rules of signing are changed by two: whoever keeps them also writes what is signed by them.

    A manager who takes a rule away, answers, and puts it back would sign for himself (签发).
    """

    _name = "water.sign.rule"
    _inherit = ["water.sign.rule", "water.watched.setting.mixin", "water.never.deleted.mixin"]
    _watched = (
        *("active", "sequence", "company_id", "what", "category_ids", "severity", "channel_ids"),
        *("signer", "person_id", "deputy_ids"),
    )

    @api.model
    def _never_deleted_message(self):
        return self.env._("A rule of signing is never deleted; archive it instead.")

    def _needs_second(self, recent):
        """Whatever is changed, as long as there is another manager who can confirm it."""
        # sudo: res.groups - who else is a manager, nothing of them
        managers = self.env.ref(MANAGER).sudo().all_user_ids - self.env.user
        here = managers.filtered(lambda user: self.company_id in user.company_ids)
        return not self.env.su and bool(here)

    @api.model
    @tools.ormcache()
    def _of_all(self):
        """Ids of all rules, in any company and archived: that one is may wait for a second person.

        Kept in memory: every case asks.
        """
        rules = self.sudo().with_context(active_test=False)
        return tuple(rules.search([("company_id", "!=", False)]).ids)

    @api.model
    def _in_force(self, company):
        """As they were before what waits for a second person, or for its day."""
        rules = super()._in_force(company) | self.browse(self._of_all())
        held = rules._as_at(fields.Datetime.now())
        mine = held.filtered(lambda rule: rule.active and rule.company_id == company)
        return mine.sorted(lambda rule: (rule.sequence, rule._origin.id))
