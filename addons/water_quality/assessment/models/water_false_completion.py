from datetime import timedelta
from zlib import crc32

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.isolated import run_isolated
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

#: How far back the scheduled action looks, and which part of finished work is looked at anyway.
LOOK_BACK = timedelta(days=40)
ONE_IN = 100


class WaterFalseCompletion(models.Model):
    """Work that may have been reported as done but was not (虚假办结): proposed, judged twice.

    Proposed are work that the customer calls unsolved, visits without a photo, customers
    “unreachable” by tries within minutes, and a sample of one per cent of finished work. Quality
    decides with a reason, a second person reviews it; only then it counts.
    """

    _name = "water.false.completion"
    _inherit = [
        "water.assessed.mixin",
        "water.steps.mixin",
        "water.never.deleted.mixin",
        "water.mixin",
    ]
    _description = "Suspected False Completion"
    _order = "id desc"
    _rec_name = "about"
    _dossier = False
    _editable_states = frozenset({"proposed"})

    origin = fields.Selection(
        [
            ("callback", "Customer says it is not solved"),
            ("visit", "Visit without a photo"),
            ("hasty", "Unreachable by tries within minutes"),
            ("sample", "Sample"),
        ],
        string="Why Proposed",
        required=True,
        readonly=True,
    )
    at = fields.Datetime(string="Reported as Done", readonly=True)
    state = fields.Selection(
        [
            ("proposed", "To decide"),
            ("upheld", "False, to Be Looked at Again"),
            ("final", "False Completion"),
            ("dismissed", "Really Done"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
    )
    reason = fields.Text(string="Finding and Why")
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    second_by_id = fields.Many2one(
        "res.users", string="Second Look by", readonly=True, ondelete="restrict"
    )
    second_at = fields.Datetime(string="Second Look at", readonly=True)
    can_decide = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_look = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _source_uniq = models.UniqueIndex("(source, origin)", "This is proposed already.")

    @api.depends("state", "decided_by_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for row in self:
            row.can_decide = row.state == "proposed" and row._may_decide()
            second = self.env.user != row.decided_by_id
            row.can_look = row.state == "upheld" and second and row._may_decide()

    def _may_decide(self):
        try:
            self._check_decides()
        except AccessError:
            return False
        return True

    @api.model
    def _of_source(self, source):
        """Return the record an entry of the ledger follows from, or an empty recordset.

        :param source: of the entry, such as ``water.false.completion,7``
        """
        model, _comma, number = (source or "").partition(",")
        return self.browse(int(number)) if model == self._name else self.browse()

    # -- proposing -----------------------------------------------------------------------------

    @api.model
    def _cron_propose(self):
        """Scheduled action: propose what may not have been done; each once."""
        since = fields.Datetime.now() - LOOK_BACK
        # sudo: the system looks at everything
        every = self.sudo().env
        called = [("kind", "=", "follow_up"), ("outcome", "=", "not_solved")]
        calls = every["water.callback"].search([*called, ("done_at", ">=", since)])
        seen = [("state", "=", "done"), ("photo_ids", "=", False), ("slot_to", ">=", since)]
        visits = every["water.visit"].search(seen)
        work = [("state", "=", "finished"), ("finished_at", ">=", since)]
        drawn = (
            every["water.dispatch"]
            .search(work)
            .filtered(lambda row: crc32(f"{row._name},{row.id}".encode()) % ONE_IN == 0)
        )
        vain = [("outcome", "=", "unreachable"), ("done_at", ">=", since)]
        hasty = every["water.callback"].search(vain).filtered(lambda row: row._is_hasty())
        found = {"callback": calls, "visit": visits, "hasty": hasty, "sample": drawn}
        for origin, rows in found.items():
            run_isolated(rows, self._propose, origin)

    @api.model
    def _propose(self, rows, origin):
        """Propose rows that were not proposed yet.

        :param rows: call-backs, visits or dispatches, with sudo
        :param origin: why
        """
        mine = trusted(self.sudo())
        sources = {f"{row._name},{row.id}": row for row in rows}
        known = mine.search([("origin", "=", origin), ("source", "in", list(sources))])
        values = []
        for source, row in sources.items():
            department, person, at = self._doer(row)
            if source in known.mapped("source") or not (department or person):
                continue
            values.append(
                {
                    "origin": origin,
                    "source": source,
                    "company_id": row.company_id.id,
                    "department_id": department.id,
                    "user_id": person.id,
                    "at": at,
                    **self._case_values(row._case()),
                }
            )
        return mine.create(values)

    @api.model
    def _doer(self, row):
        """``(department, person, moment)`` of the work that a row is about."""
        if row._name == "water.visit":
            return row.department_id, row.user_id, row.finished_at or row.slot_to
        work = row
        if row._name == "water.callback" and row.outcome == "unreachable":
            return self.env["water.department"], row.attempt_ids[:1].user_id, row.done_at
        if row._name == "water.callback":
            finished = row._case().dispatch_ids.filtered(
                lambda one: one.state == "finished" and one.finished_at <= row.done_at
            )
            work = finished.sorted("finished_at")[-1:]
        return work.department_id, work.accepted_by_id, work.finished_at

    # -- deciding ------------------------------------------------------------------------------

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        self._check_decides()

    def action_uphold(self):
        """Uphold the suspicion; a second person reviews it."""
        self._decide("proposed", "upheld")
        return True

    def action_dismiss(self):
        """Dismiss the suspicion, at once or by the second look."""
        for row in self:
            row._decide("upheld" if row.state == "upheld" else "proposed", "dismissed")
        return True

    def action_second_look(self):
        """Agree as the second person; it counts from now on.

        :raises AccessError: by the first person
        """
        self._decide("upheld", "final")
        return True

    def _decide(self, before, after):
        self._check_decides()
        is_second = before == "upheld"
        for row in self:
            if row.state != before:
                raise UserError(self.env._("It is not at this step."))
            if not strip_invisible(row.reason):
                raise UserError(self.env._("Write down the finding and why."))
            if is_second and row.decided_by_id == self.env.user:
                raise AccessError(self.env._("Another person must make the second check."))
        who = ("second_by_id", "second_at") if is_second else ("decided_by_id", "decided_at")
        values = dict(zip(who, (self.env.uid, fields.Datetime.now()), strict=True))
        trusted(self.sudo()).write({"state": after, **values})
