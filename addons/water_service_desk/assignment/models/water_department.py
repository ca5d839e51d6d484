from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...base.locks import unseen
from ...base.roles import SUPERVISOR
from ...base.telling import tell_staff
from ..in_hand import in_hand
from .water_case_assignment import WORKED_STATES


class WaterDepartment(models.Model):
    """Refuses to close a department with open work."""

    _inherit = "water.department"

    #: its heads and people on call are missed when they leave
    _in_hand = dict.fromkeys(("manager_id", "deputy_id", "on_call_user_ids"), [])

    @api.model
    def _of_emergencies(self, company):
        """Return the departments of ``company`` to which emergencies lead, the desk among them."""
        grave = ["|", ("severity", "=", "emergency"), ("emergency_trigger", "=", "always")]
        # sudo: water.category - where its cases go is no secret
        departments = self.env["water.category"].sudo().search(grave).department_id
        departments |= company._water_desk_departments()
        departments = departments.filtered(
            lambda row: row.company_id in (company, company.browse())
        )
        # sudo: water.zone - as for categories
        zones = self.env["water.zone"].sudo().search([("company_id", "in", (False, company.id))])
        return (departments | zones.department_id).filtered("active")

    def _check_in_use(self):
        closed = self.sudo().filtered(lambda row: not row.active)
        if closed:
            raise UserError(
                self.env._("%s has been closed: choose another department.", closed.mapped("name"))
            )

    def _hearing(self, cases):
        # sudo: res.users - users who dispatch may know the members
        departments = self.sudo()
        people = departments.member_ids | departments.manager_id
        if "emergency" in cases.sudo().mapped("severity"):
            people |= departments.on_call_user_ids
        return people.filtered("active") - cases.sudo()._people_concerned()

    def _tell_nobody_hears(self, cases):
        """Tell the desk's supervisors about cases that no one in the department can read (S2.3.1e).

        :param cases: those that were sent to this department
        """
        # sudo: case - users who dispatch need not know who may read it
        first, *others = cases.sudo()
        people = first._desk_supervisors()
        for case in others:
            people &= case._desk_supervisors()
        tell_staff(
            cases,
            people,
            lambda rows: rows.env._(
                "%(department)s has no one to receive %(count)s new dispatches",
                department=self.with_env(rows.env).sudo().name,
                count=len(rows),
            ),
            is_list=True,
        )

    def write(self, vals):
        """Tell supervisors what would still be sent to a closed department."""
        closed = self.filtered("active") if vals.get("active") is False else self.browse()
        done = super().write(vals)
        closed._tell_leading_here()
        return done

    def _tell_leading_here(self):
        """Tell supervisors of categories and zones that lead to a closed department."""
        leading = [rows for rows in self._leading_here() if rows] if self else []
        if not leading:
            return
        # sudo: res.groups - as above
        people = (
            self.env.ref(SUPERVISOR)
            .sudo()
            .all_user_ids.filtered(
                lambda user: (self.company_id or self.env.company) & user.company_ids
            )
        )

        def compose(env):
            closed = ", ".join(self.with_env(env).sudo().mapped("name"))
            names = [row.name for rows in leading for row in rows.with_env(env).sudo()]
            return (
                env._("%s is closed, and cases are still led there", closed),
                env._(
                    "Choose another department for them: until then their cases wait at the"
                    " service desk, or go to the category's own, emergencies as well. %s",
                    ", ".join(names),
                ),
            )

        self.env["water.staff.message"]._tell(people, compose)

    def _leading_here(self):
        # sudo: water.category, water.zone - closing a department shows what uses it
        here = [("department_id", "in", self.ids)]
        return [self.env[model].sudo().search(here) for model in ("water.category", "water.zone")]

    @api.constrains("active")
    def _check_work_is_done(self):
        """:raises ValidationError: with how much is still to be done"""
        closed = self.filtered(lambda row: not row.active)
        here = [("department_id", "in", closed.ids), ("state", "in", WORKED_STATES)]
        # sudo: water.dispatch - only counted
        dispatches = self.env["water.dispatch"].sudo()
        count = dispatches.search_count(here) + len(unseen(dispatches, here)) if closed else 0
        if count:
            raise ValidationError(
                self.env._(
                    "%(count)s dispatches to %(departments)s are still open: have them finished,"
                    " or send them to others first.",
                    count=count,
                    departments=closed.mapped("name"),
                )
            )
        for model, field, domain in in_hand(self.env, self._name) if closed else ():
            # sudo: rows - only counted
            rows = self.env[model].sudo().search([(field, "in", closed.ids), *domain], limit=4)
            if rows:
                raise ValidationError(
                    self.env._(
                        "%(kind)s of %(departments)s lie open: %(rows)s. Have them finished, or"
                        " give them to others first.",
                        kind=self.env["ir.model"].sudo()._get(model).name,
                        departments=closed.mapped("name"),
                        rows=rows.mapped("display_name"),
                    )
                )
