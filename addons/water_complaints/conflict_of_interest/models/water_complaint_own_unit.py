from odoo import api, models

from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.telling import tell_staff


class WaterComplaint(models.Model):
    """A complaint about one's own unit is taken down, and handed at once to somebody outside it.

    Whoever happens to take the call does not turn the customer away; he answers for nothing of it,
    and sees no more of it than the rules of the unit complained of allow (E9).
    """

    _inherit = "water.complaint"

    @api.model
    def _prepare_new(self, vals_list):
        super()._prepare_new(vals_list)
        for vals in vals_list:
            outsider = self._outsider_for(vals)
            if outsider:
                names = ("first_responsible_id", "user_id", "original_responsible_id")
                vals.update(dict.fromkeys(names, outsider.id))

    @api.model
    def _outsider_for(self, vals):
        """Who answers in place of the registrar, whose own unit is complained of; else nobody.

        :param vals: values of the new complaint, its first responsible person among them
        """
        me = self.env.user
        if vals.get("first_responsible_id") != me.id or not vals.get("department_complained_id"):
            return me.browse()
        draft = self._draft_about(vals)
        unit = draft._unit_complained_of()._origin
        if me not in unit or draft.person_complained_id._origin == me:
            return me.browse()
        return draft._outsiders()[:1]

    @api.model
    def _draft_about(self, vals):
        """A draft, with superuser rights, to ask whom the matter is about."""
        names = ("department_complained_id", "person_complained_id", "category_id")
        flags = ("is_confidential", "is_anonymous", "company_id")
        # sudo: complaint - a draft
        return self.sudo().new({name: vals[name] for name in names + flags if name in vals})

    def _outsiders(self):
        """Supervisors of the company whom the matter of a draft is not about."""
        company = self.company_id._origin or self.env.company
        # sudo: res.groups - somebody is chosen among the supervisors
        supervisors = self.env.ref(SUPERVISOR).sudo().all_user_ids.sorted("id")
        about = self._unit_complained_of()._origin | self.person_complained_id._origin
        fit = supervisors - about
        return fit.filtered(lambda user: user.active and company in user.company_ids)

    def _part_person(self, values):
        """A part about whoever has the whole, or about his unit, goes to somebody else."""
        person, draft = super()._part_person(values), self._draft_about(values)
        about = draft._unit_complained_of()._origin | draft.person_complained_id._origin
        me = self.env.user
        if person not in about or me in draft.person_complained_id._origin:
            return person
        return (me - about) or draft._outsiders()[:1] or person

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        for case in self.sudo():
            taker = case.first_responsible_id
            if taker and taker != self.env.user and self.env.user in case._unit_complained_of():
                payload = {"from": self.env.uid, "to": taker.id, "reason": "own_unit"}
                case._log_events("handed_over", payload)
                tell_staff(
                    case,
                    taker,
                    lambda row: row.env._(
                        "%s: about the unit of whoever took it down, you answer for it", row.name
                    ),
                )
