from calendar import monthrange
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.roles import AGENT, SUPERVISOR
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted

#: Cases closed within so many days before the month can be drawn for it.
LOOK_BACK = timedelta(days=31)


class WaterInspectionPlan(models.Model):
    """How often whom is inspected: so many samples per person and month (S2.2.1, S2.2.2)."""

    _name = "water.inspection.plan"
    _inherit = ["water.mixin"]
    _description = "Inspection Plan"
    _keeps_what_is_shown = True
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    template_id = fields.Many2one(
        "water.inspection.template", string="Checklist", required=True, check_company=True
    )
    department_id = fields.Many2one(
        "water.department",
        string="People of",
        check_company=True,
        help="Whose members are inspected. Empty: all service agents.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "water_inspection_plan_user_rel",
        "plan_id",
        "user_id",
        string="Only These People",
        domain="[('share', '=', False)]",
    )
    inspector_ids = fields.Many2many(
        "res.users",
        "water_inspection_plan_inspector_rel",
        "plan_id",
        "user_id",
        string="Inspectors",
        domain="[('share', '=', False)]",
        help="Inspectors take turns and never check their own work.",
    )
    per_month = fields.Integer(string="Samples per Person and Month", required=True, default=2)
    last_month = fields.Date(string="Drawn up for", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _per_month_sane = models.Constraint(
        "CHECK (per_month BETWEEN 1 AND 31)", "Between 1 and 31 samples a month."
    )

    @api.constrains("inspector_ids", "active")
    def _check_inspectors(self):
        for plan in self:
            if plan.active and not plan.inspector_ids:
                raise ValidationError(self.env._("Name at least one inspector."))

    def _people(self):
        """Return the people of the plan, in a fixed order."""
        if self.user_ids:
            people = self.user_ids
        elif self.department_id:
            people = self.department_id.member_ids
        else:
            people = self.env.ref(AGENT).all_user_ids
        company = self.company_id
        return people.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        ).sorted("id")

    def _draw_up(self):
        """Create the missing inspections of the present month.

        :return: the new inspections
        """
        self.ensure_one()
        month = self.company_id._water_today().replace(day=1)
        if not self.inspector_ids and self.last_month != month:
            self._tell_nobody_inspects()
        people = self._people()
        present = {
            (row.user_id, row.number)
            for row in self.env["water.inspection"].search(
                [("plan_id", "=", self.id), ("month", "=", month)]
            )
        }
        cases = self._cases_to_hear(people, month) if self.template_id.kind == "call" else {}
        rows = [
            self._sample_values(user, number, month, cases.get((user.id, number)))
            for user in people
            for number in range(1, self.per_month + 1)
            if (user, number) not in present and self.inspector_ids - user
        ]
        trusted(self).last_month = month
        return trusted(self.env["water.inspection"].with_company(self.company_id)).create(rows)

    def _tell_nobody_inspects(self):
        """Supervisors hear, once a month, of a plan whose inspectors have left."""
        # sudo: res.groups - to name supervisors
        people = self.env.ref(SUPERVISOR).sudo().all_user_ids
        tell_staff(
            self,
            people.filtered(lambda user: self.company_id in user.company_ids),
            lambda rows: rows.env._("No one makes the inspections of a plan"),
            lambda row: row.env._("%s: its inspectors have left. Name others.", row.name),
            is_list=True,
        )

    def _sample_values(self, user, number, month, case):
        """Values of one inspection; the inspectors take turns.

        :param case: ``(link field, case id, recording)``, or None
        """
        inspectors = (self.inspector_ids - user).sorted("id")
        turn = (month.year * 12 + month.month + user.id + number) % len(inspectors)
        last_day = monthrange(month.year, month.month)[1]
        link = {case[0]: case[1], "recording_ref": case[2]} if case else {}
        return {
            "plan_id": self.id,
            "month": month,
            "number": number,
            "due_on": date(month.year, month.month, last_day),
            "template_id": self.template_id.id,
            "user_id": user.id,
            "inspector_id": inspectors[turn].id,
            "company_id": self.company_id.id,
            **link,
        }

    def _cases_to_hear(self, people, month):
        """Draw closed cases to listen to: those with a recording first, otherwise by lot.

        The lot is a digest of case and month: it cannot be chosen, and a second run draws the same
        cases. Restricted cases, and complaints about people, are left out.

        :return: {(user id, sample number): (link field, case id, recording)}
        """
        parts = [
            self._closed_cases(link, self.env[model]._table, people, month)
            for link, model in self.env["water.case.link.mixin"]._case_models().items()
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT link, id, user_id, recording_ref, number FROM ("
                " SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY"
                " recording_ref IS NULL, md5(link || id || %s)) AS number FROM (%s) AS closed"
                ") AS drawn WHERE number <= %s",
                str(month),
                SQL(" UNION ALL ").join(parts),
                self.per_month,
            )
        )
        return {(user, number): (link, case, rec) for link, case, user, rec, number in rows}

    def _closed_cases(self, link, table, people, month):
        """The query of one case type; the company's own cases, handled by ``people``."""
        zone = self.company_id._water_tz()
        begins, ends = (
            SQL("(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, zone)
            for day in (month - LOOK_BACK, month)
        )
        hidden = (
            SQL("AND person_complained_id IS NULL AND is_confidential IS NOT TRUE")
            if link == "complaint_id"
            else SQL()
        )
        return SQL(
            "SELECT %s AS link, id, user_id, recording_ref FROM %s WHERE user_id IN %s"
            " AND company_id = %s AND closed_at >= %s AND closed_at < %s"
            " AND is_restricted IS NOT TRUE %s AND NOT EXISTS"
            " (SELECT FROM water_inspection AS heard WHERE heard.%s = %s.id)",
            link,
            SQL.identifier(table),
            tuple(people.ids) or (0,),
            self.company_id.id,
            begins,
            ends,
            hidden,
            SQL.identifier(link),
            SQL.identifier(table),
        )
