from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...base.true_only import true_only
from ...base.trust import trusted

#: how long before the expiry the person and the head are reminded, once
REMIND = timedelta(days=30)


class WaterSkillUser(models.Model):
    """One exam of one person: level, certificate and expiry date (S2.2.3).

    A renewal is a new exam, so that the history of trainings remains. Quality staff, supervisors
    and managers keep them, but not their own. Users see their own, heads those of their department.
    """

    _name = "water.skill.user"
    _inherit = ["water.mixin"]
    _description = "Skill of a Person"
    _keeps_what_is_shown = True
    _order = "user_id, skill_id, exam_on desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    skill_id = fields.Many2one("water.skill", required=True, index=True, ondelete="restrict")
    level = fields.Selection(
        [("1", "Beginner"), ("2", "Able"), ("3", "Expert"), ("4", "Trainer")],
        required=True,
        default="2",
    )
    level_number = fields.Integer(
        string="Highest Level", compute="_compute_level_number", store=True, aggregator="max"
    )
    exam_on = fields.Date(
        string="Exam", required=True, default=lambda self: self.env.company._water_today()
    )
    exam_score = fields.Float(aggregator="avg", digits=(5, 1))
    is_passed = fields.Boolean(string="Passed", default=True)
    valid_to = fields.Date(
        string="Valid until",
        compute="_compute_valid_to",
        store=True,
        readonly=False,
        precompute=True,
        help="Empty: for good.",
    )
    is_valid = fields.Boolean(string="Valid", compute="_compute_is_valid", search="_search_valid")
    certificate = fields.Binary(attachment=True)
    certificate_name = fields.Char(string="File Name")
    note = fields.Char()
    reminded_on = fields.Date(readonly=True, copy=False)
    company_id = fields.Many2one(related="user_id.company_id", store=True, index=True)

    _level_idx = models.Index("(user_id, skill_id) WHERE is_passed IS TRUE")

    @api.depends("level")
    def _compute_level_number(self):
        for row in self:
            row.level_number = int(row.level or 0)

    @api.depends("skill_id", "exam_on")
    def _compute_valid_to(self):
        for row in self:
            months = row.skill_id.validity_months
            row.valid_to = row.exam_on + relativedelta(months=months) if months else False

    @api.depends("is_passed", "valid_to", "company_id")
    def _compute_is_valid(self):
        for row in self:
            today = row.company_id._water_today()
            row.is_valid = row.is_passed and (not row.valid_to or row.valid_to >= today)

    @api.model
    @true_only
    def _search_valid(self):
        ending = self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("valid_to", ">=", day)
        )
        return Domain("is_passed", "=", True) & (Domain("valid_to", "=", False) | ending)

    @api.depends("user_id", "skill_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self.sudo():
            row.display_name = f"{row.user_id.name or ''} · {row.skill_id.name or ''}"

    # -- no self-certification ----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_not_mine()
        return rows

    def write(self, vals):
        self._check_not_mine()
        result = super().write(vals)
        if "valid_to" in vals or "exam_on" in vals:  # a new end is reminded of anew
            super(WaterSkillUser, trusted(self)).write({"reminded_on": False})
        self._check_not_mine()
        return result

    def _check_not_mine(self):
        if not self.env.su and self.env.user in self.user_id:
            raise AccessError(self.env._("You cannot certify your own work."))

    # -- who is able ----------------------------------------------------------------------

    @api.model
    def _able(self, users, skills):
        """``(user id, skill id)`` of those who have a valid skill today, in one query.

        :param users: res.users
        :param skills: water.skill
        """
        # sudo: water.skill.user - who is qualified for work is open to staff
        rows = self.sudo().search_fetch(
            [
                ("user_id", "in", users.ids),
                ("skill_id", "in", skills.ids),
                ("is_valid", "=", True),
            ],
            ["user_id", "skill_id"],
        )
        return {(row.user_id.id, row.skill_id.id) for row in rows}

    # -- reminder -------------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Scheduled action: remind people and their heads once of skills that expire."""
        due = self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("valid_to", "<=", day + REMIND)
        )
        fresh = [("is_valid", "=", True), ("reminded_on", "=", False)]
        due &= Domain([*fresh, ("user_id.active", "=", True)])
        ending = self.search(due).try_lock_for_update(allow_referencing=True)
        lists = {}
        for row in ending - ending._renewed():
            for user in row.user_id | row.user_id.water_department_ids.manager_id:
                lists[user] = lists.get(user, self.browse()) | row
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s skills run out soon", count=count)
        )
        for company, rows in ending.grouped("company_id").items():
            rows.write({"reminded_on": company._water_today()})

    def _renewed(self):
        """Those that another exam has made needless."""
        later = self.search_fetch(
            [
                ("user_id", "in", self.user_id.ids),
                ("skill_id", "in", self.skill_id.ids),
                ("is_valid", "=", True),
            ],
            ["user_id", "skill_id", "valid_to"],
        )
        ends = {}
        for row in later:
            key = (row.user_id, row.skill_id)
            ends.setdefault(key, []).append(row.valid_to)
        return self.filtered(
            lambda row: any(
                not end or end > row.valid_to for end in ends[row.user_id, row.skill_id]
            )
        )

    def _reminder_line(self):
        return f"{self.display_name} · {fields.Date.to_string(self.valid_to)}"
