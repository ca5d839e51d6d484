from datetime import UTC, timedelta

from odoo import api, fields, models, tools
from odoo.fields import Domain

from ...base.isolated import run_isolated
from ...base.scope import uses
from ...case.models.water_case_triage import RANK
from ...case.models.water_category import SEVERITIES
from ..sharing import share_out

KINDS = [
    ("water.inquiry", "Inquiries"),
    ("water.request", "Requests and repairs"),
]
#: A shift this near decides who works; otherwise the people's own calendars.
ROSTER = timedelta(hours=12)


class WaterQueue(models.Model):
    """Unassigned cases, and the people who share them (队列).

    The first queue that fits takes a case. It goes to people present at that moment: by the roster,
    else by their working time, and not on leave.
    """

    _name = "water.queue"
    _inherit = ["water.cached.mixin", "water.mixin"]
    _description = "Queue"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    kind = fields.Selection(KINDS, string="Cases", help="Empty: of all kinds.")
    category_ids = fields.Many2many(
        "water.category", string="Categories", help="And what stands below them; empty: all."
    )
    zone_ids = fields.Many2many("water.zone", string="Supply Zones", help="Empty: all.")
    channel_ids = fields.Many2many("water.channel", string="Channels", help="Empty: all.")
    severity = fields.Selection(SEVERITIES, string="Severity from", help="Empty: all.")
    member_ids = fields.Many2many(
        "res.users", string="Members", domain="[('share', '=', False)]", required=True
    )
    most = fields.Integer(string="Open Cases at Most", help="For each person; 0: any number.")
    shift_ids = fields.One2many("water.shift", "queue_id", string="Shifts")
    waiting_count = fields.Integer(string="Not Shared out Yet", compute="_compute_waiting_count")

    _most_sane = models.Constraint("CHECK (most >= 0)", "A number of cases is not negative.")

    def _compute_waiting_count(self):
        for queue in self:
            queue.waiting_count = sum(len(cases) for cases in queue._waiting())

    def _case_types(self):
        models_ = self.env["water.case.link.mixin"]._case_models().values()
        return [self.kind] if self.kind else list(models_)

    @api.model
    @tools.ormcache()
    def _is_any(self):
        """Return whether there is any queue, cached: every new case asks."""
        # sudo: water.queue - filing a case asks for queues
        return bool(self.sudo().search_count([], limit=1))

    def _waiting(self):
        """Return unassigned open cases of the queue, one recordset for each case type."""
        found = []
        for model in self._case_types():
            cases = self.env[model].search(
                self._case_domain(model), order="urgency desc, received_at, id", limit=200
            )
            found.append(cases.filtered(lambda case: self._first_for(case) == self))
        return found

    def _case_domain(self, model):
        finals = list(self.env[model]._final_states)
        family = Domain("category_id", "in", self.category_ids.ids)
        family |= Domain("category_id.parent_id", "in", self.category_ids.ids)
        grave = [key for key, rank in RANK.items() if rank >= RANK.get(self.severity, 0)]
        return Domain.AND(
            [
                Domain("company_id", "=", self.company_id.id),
                Domain("user_id", "=", False),
                Domain("closed_at", "=", False) & Domain("state", "not in", finals),
                family if self.category_ids else Domain.TRUE,
                Domain("zone_id", "in", self.zone_ids.ids) if self.zone_ids else Domain.TRUE,
                Domain("channel_id", "in", self.channel_ids.ids)
                if self.channel_ids
                else Domain.TRUE,
                Domain("severity", "in", grave) if self.severity else Domain.TRUE,
            ]
        )

    @api.model
    def _first_for(self, case):
        queues = self.search([("company_id", "=", case.company_id.id)])
        return next((queue for queue in queues if queue._fits(case)), queues.browse())

    def _fits(self, case):
        family = case.category_id | case.category_id.parent_id
        return (
            self.kind in (False, case._name)
            and (not self.category_ids or bool(self.category_ids & family))
            and (not self.zone_ids or case.zone_id in self.zone_ids)
            and (not self.channel_ids or case.channel_id in self.channel_ids)
            and (not self.severity or RANK[case.severity] >= RANK[self.severity])
        )

    # -- who is there -------------------------------------------------------------------------

    def _present(self, moment):
        rostered = self.shift_ids.filtered(
            lambda row: row.begin_at - ROSTER <= moment < row.end_at + ROSTER
        )
        if rostered:
            people = rostered.filtered(lambda row: row.begin_at <= moment < row.end_at).user_id
        else:
            people = self.member_ids.filtered(lambda user: self._works(user, moment))
        return people.filtered("active") - self._on_leave(people, moment)

    @api.model
    def _works(self, user, moment):
        resource = user.resource_ids[:1]
        calendar = resource.calendar_id or user.company_id._water_calendar()
        start = moment.replace(tzinfo=UTC)
        spans = calendar._work_intervals_batch(start, start + timedelta(minutes=1), resource)
        return bool(spans[resource.id])

    @api.model
    def _on_leave(self, people, moment):
        """Return those of ``people`` on leave, by Odoo's time off."""
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id.user_id", "in", people.ids),
                ("date_from", "<=", moment),
                ("date_to", ">", moment),
            ]
        )
        return leaves.resource_id.user_id

    # -- allocating ----------------------------------------------------------------------------
    # Sharing out by open load and skill, never to people barred from the case.

    @api.model
    def _cron_allocate(self):
        """Scheduled action: have each queue share out its cases, in committed batches."""
        is_used = uses(self.env, "water_service_desk.group_use_queues")
        queues = self.search([("member_ids", "!=", False)]) if is_used else self.browse()
        for index, queue in enumerate(queues, 1):
            run_isolated(queue, type(self)._allocate)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(queues) - index):
                return

    def action_allocate(self):
        """Share out the waiting cases now.

        :raises AccessError: if the user may not write queues
        """
        self.check_access("write")
        for queue in self.sudo():
            queue._allocate()
        return True

    def _allocate(self):
        """Share out waiting cases to the people present.

        :return: {case: user}
        """
        self.ensure_one()
        people = self._present(fields.Datetime.now())
        cases = [case for rows in self._waiting() for case in rows]
        if not (people and cases):
            return {}
        by_id = {user.id: user for user in people}
        loads = self._loads(people)
        wanted = [(index, self._able(case, people).ids) for index, case in enumerate(cases)]
        shared = share_out(wanted, loads, self.most)
        given = {cases[index]: by_id[who] for index, who in shared.items()}
        for case, user in given.items():
            case._allocate_to(user, self)
        return given

    @api.model
    def _loads(self, people):
        """Return {user id: number of open cases of all types}."""
        loads = dict.fromkeys(people.ids, 0)
        for model in self.env["water.case.link.mixin"]._case_models().values():
            cases = self.env[model]
            domain = [
                ("user_id", "in", people.ids),
                ("closed_at", "=", False),
                ("state", "not in", list(cases._final_states)),
            ]
            for user, count in cases._read_group(domain, ["user_id"], ["__count"]):
                loads[user.id] += count
        return loads

    @api.model
    def _able(self, case, people):
        people = case._may_hear(people)
        source = case.category_id._skill_source()
        skill = source.skill_id
        if not skill:
            return people
        able = self.env["water.skill.user"]._able(people, skill)
        skilled = people.filtered(lambda user: (user.id, skill.id) in able)
        return skilled if skilled or source.skill_rule == "block" else people
