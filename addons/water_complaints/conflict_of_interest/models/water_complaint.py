from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted


class WaterComplaint(models.Model):
    """Keep complaints from the person complained of, and delicate ones from that unit (E9)."""

    _inherit = "water.complaint"

    statement_ids = fields.One2many("water.statement", "complaint_id", string="Statements")

    def _is_delicate(self):
        """Whether the unit complained of must not have it in hand: its people are the matter."""
        case = self.sudo()
        family = case.category_id.parent_id or case.category_id
        return (
            case.is_restricted
            or case.is_confidential
            or case.is_anonymous
            or bool(case.person_complained_id)
            or family.about_staff
            or case.category_id.about_staff
        )

    def _unit_complained_of(self):
        unit = self.sudo().department_complained_id
        if not (unit and self._is_delicate()):
            return self.env["res.users"]
        return unit.member_ids | unit.manager_id

    @api.constrains(
        "person_complained_id",
        "department_complained_id",
        "first_responsible_id",
        "user_id",
        "category_id",
        "is_confidential",
        "is_anonymous",
    )
    def _check_conflict_of_interest(self):
        for case in self.sudo():
            case._check_hands(case.first_responsible_id | case.user_id | case._acting_responsible())
            case._check_unit_has_left()

    @api.constrains("acting_responsible_id")
    def _check_deputy_conflict(self):
        """Check the deputy alone: one who joined the unit complained of ends the
        deputizing later.
        """
        for case in self.sudo():
            case._check_hands(case._acting_responsible())

    def _check_hands(self, people):
        """Refuse people whom the case is about, or whose unit, where it is delicate."""
        if self.person_complained_id & people:
            raise ValidationError(self._self_message())
        mine = self._unit_complained_of() & people
        if mine and self.state not in self._final_states:
            raise ValidationError(
                self.env._(
                    "%(case)s is about %(unit)s, to which %(person)s belongs: have a"
                    " supervisor replace them first, with the reason.",
                    case=self.name,
                    unit=self.department_complained_id.name,
                    person=mine[:1].name,
                )
            )

    def _check_unit_has_left(self):
        """Require that the unit complained of no longer works on a delicate case."""
        if self.state in self._final_states or not self._is_delicate():
            return
        at_work = self.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted"))
        if self.department_complained_id & at_work.department_id:
            raise ValidationError(
                self.env._(
                    "%(case)s is with %(unit)s: dispatch it to another department first.",
                    case=self.name,
                    unit=self.department_complained_id.name,
                )
            )

    def _self_message(self):
        return self.env._(
            "You cannot handle a complaint about yourself: hand %s over first. A supervisor does so"
            " with “Replace the Person Complained of”.",
            self.name,
        )

    def _back_to_desk(self):
        if self.sudo().acting_responsible_id & self._unit_complained_of():
            self._end_deputy()
        super()._back_to_desk()

    # -- where it must not go ----------------------------------------------------------------

    def _check_dispatch_conflict(self, departments):
        """The unit complained of does not investigate itself (E9).

        :param departments: water.department to which the case is about to be sent
        :raises UserError: with what to do instead
        """
        for case in self:
            unit = case.sudo().department_complained_id
            if unit and unit in departments and case._is_delicate():
                raise UserError(
                    self.env._(
                        "%(case)s is about %(unit)s: send it to another department, such as"
                        " %(other)s, and ask the unit for a statement.",
                        case=case.name,
                        unit=unit.name,
                        other=case._neutral_department().name,
                    )
                )
        merged = self._merged_cases()
        if merged:
            merged._check_dispatch_conflict(departments)

    def _neutral_department(self):
        case = self.sudo()
        unit = case.department_complained_id
        lead = case._of_its_company(case.category_id.department_id)
        fallback = self.env.ref("water_service_desk.department_hr").sudo()
        return unit.parent_id or (lead if lead != unit else fallback)

    def _send_dispatches(self, supports=None, note=False, due=None):
        departments = self.env["water.department"].browse((supports or self.department_id).ids)
        for case in self:
            case._check_dispatch_conflict(departments | case.department_id)
        return super()._send_dispatches(supports, note, due)

    # -- the only exception to S3.1.1 --------------------------------------------------------

    def _replace_responsible(self, user, reason, person=None):
        """Replace the first responsible person, who is complained of.

        The only exception to the rule that the first responsible person stays (S3.1.1); the
        original stays on record.

        :param user: res.users who takes over
        :param reason: why, required
        :param person: res.users the complaint is about, if it is one person
        :raises UserError: without a reason, for a finished case, or below supervisor
        :raises ValidationError: if the new person is concerned as well
        """
        self.ensure_one()
        before = self.first_responsible_id
        self._hand_over(user, reason)
        if person:
            # sudo: complaint - the supervisor may lose read access here
            trusted(self.sudo()).write({"person_complained_id": person.id})
        payload = {"from": before.id, "to": user.id, "reason": reason}
        self.sudo()._log_events("recused", payload)

    def action_replace_responsible(self):
        """Open the dialog that replaces the first responsible person complained of."""
        self.ensure_one()
        return self._dialog("water.recusal.wizard", self.env._("Replace the Person Complained of"))

    def action_ask_statement(self):
        """Open the dialog that asks the person or unit complained of for a statement."""
        self.ensure_one()
        return self._dialog("water.statement.wizard", self.env._("Ask for a Statement"))

    # -- own unit ------------------------------------------------------------------------------
    # A complaint about the agent's own unit is registered and passed on outside the unit at once.
    #
    # The agent who takes the call does not turn the customer away, but is not responsible for the
    # complaint and sees only what the rules of the unit complained of allow (E9).

    @api.model
    def _prepare_outsider(self, vals_list):
        for vals in vals_list:
            outsider = self._outsider_for(vals)
            if outsider:
                names = ("first_responsible_id", "user_id", "original_responsible_id")
                vals.update(dict.fromkeys(names, outsider.id))

    @api.model
    def _outsider_for(self, vals):
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
        """Return a draft, with superuser rights, to find the people complained of."""
        names = ("department_complained_id", "person_complained_id", "category_id")
        flags = ("is_confidential", "is_anonymous", "company_id")
        # sudo: complaint - a draft
        return self.sudo().new({name: vals[name] for name in names + flags if name in vals})

    def _outsiders(self):
        company = self.company_id._origin or self.env.company
        # sudo: res.groups - a supervisor is chosen
        supervisors = self.env.ref(SUPERVISOR).sudo().all_user_ids.sorted("id")
        about = self._unit_complained_of()._origin | self.person_complained_id._origin
        fit = supervisors - about
        return fit.filtered(lambda user: user.active and company in user.company_ids)

    def _part_person(self, values):
        person, draft = super()._part_person(values), self._draft_about(values)
        about = draft._unit_complained_of()._origin | draft.person_complained_id._origin
        me = self.env.user
        if person not in about or me in draft.person_complained_id._origin:
            return person
        return (me - about) or draft._outsiders()[:1] or person

    def _log_own_unit(self):
        """Log and notify when a complaint about the agent's own unit goes to an outsider."""
        for case in self.sudo():
            taker = case.first_responsible_id
            if taker and taker != self.env.user and self.env.user in case._unit_complained_of():
                payload = {"from": self.env.uid, "to": taker.id, "reason": "own_unit"}
                case._log_events("handed_over", payload)
                tell_staff(
                    case,
                    taker,
                    lambda row: row.env._(
                        "%s: about the unit of the person who registered it; you are responsible "
                        "for it",
                        row.name,
                    ),
                )
