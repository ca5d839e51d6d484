from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...base import windows
from ...base.roles import AGENT, CONTACT_GROUPS
from ...base.trust import trusted
from ...intake.filing import FilingError, clean_text, parse_local
from ...privacy.masking import mask_phone
from .. import call_facts


class WaterCallRecord(models.Model):
    """One call as the telephone system reports it: offered, answered or abandoned, by whom.

    A call without a case has a row too. The system may report in any order and repeatedly: stored
    facts stay, and repeats change nothing.
    """

    _name = "water.call.record"
    _inherit = ["water.readonly.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Call"
    _dossier_order = 78
    _dossier = ("call_ref", "offered_at", "answered_at", "ended_at", "user_id", "recording_ref")
    _package = ("call_ref", "offered_at", "answered_at", "ended_at", "outcome")
    _personal = ("phone",)
    _order = "offered_at desc, id desc"
    _rec_name = "call_ref"
    _allow_sudo_commands = False
    _case_required = False

    call_ref = fields.Char(
        string="Call", required=True, readonly=True, help="As the telephone system numbers it."
    )
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], required=True, readonly=True, default="in"
    )
    phone = fields.Char(readonly=True, groups=CONTACT_GROUPS, water_mask="phone")
    phone_masked = fields.Char(string="Phone (Masked)", compute="_compute_phone_masked")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=CONTACT_GROUPS,
        help="The only one whose number it is.",
    )
    offered_at = fields.Datetime(readonly=True, index=True)
    answered_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    ring_seconds = fields.Integer(
        string="Rang (s)", compute="_compute_times", store=True, aggregator="avg"
    )
    talk_seconds = fields.Integer(
        string="Talked (s)", compute="_compute_times", store=True, aggregator="avg"
    )
    outcome = fields.Selection(
        [
            ("open", "Under Way"),
            ("answered", "Call Answered"),
            ("abandoned", "Abandoned"),
        ],
        compute="_compute_times",
        store=True,
        help="Abandoned: it ended before it was answered.",
    )
    result = fields.Selection(
        related="outcome", string="Result of the Call", export_string_translation=False
    )
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    agent_ref = fields.Char(
        string="Agent in the Telephone System", readonly=True, help="Badge number or login."
    )
    agent_group = fields.Char(readonly=True, help="As the telephone system names it.")
    recording_ref = fields.Char(string="Recording", readonly=True)
    company_id = fields.Many2one(required=True, default=lambda self: self.env.company)

    _call_uniq = models.UniqueIndex(
        "(company_id, call_ref)", "This call has been reported already."
    )

    @api.depends("phone")
    def _compute_phone_masked(self):
        for call in self:
            # sudo: water.call.record - the number, masked for its reader
            call.phone_masked = mask_phone(call.sudo().phone) if call.sudo().phone else ""

    @api.depends("offered_at", "answered_at", "ended_at")
    def _compute_times(self):
        for call in self:
            begun, answered, ended = call.offered_at, call.answered_at, call.ended_at
            call.ring_seconds = _seconds(begun, answered or ended)
            call.talk_seconds = _seconds(answered, ended)
            call.outcome = "answered" if answered else ("abandoned" if ended else "open")

    @api.model
    def _readonly_message(self):
        return self.env._("Calls are reported by the telephone system.")

    # -- reports ------------------------------------------------------------------------------

    @api.model
    def _report(self, told):
        """Store a telephone system's report of one call of the company.

        :param told: {fact: text}, by the names of :data:`call_facts.COLUMNS`
        :raises FilingError: for unreadable facts, or ones that contradict an earlier report
        :return: ``(water.call.record, "created", "changed" or "unchanged")``
        """
        return self._keep(self._read_facts(told))

    @api.model
    def _keep(self, facts):
        """As :meth:`_report`, with values of fields.

        :param facts: {field: value}; empty ones are ignored
        """
        facts = {name: value for name, value in facts.items() if value}
        # sudo: water.call.record - written by this service alone
        calls = trusted(self.sudo())
        here = [("company_id", "=", self.env.company.id), ("call_ref", "=", facts["call_ref"])]
        call = calls.search(here, limit=1)
        fresh = {name: value for name, value in facts.items() if not call._has(name, value)}
        call._check_told(fresh)
        if not call:
            call = calls.create({**fresh, "company_id": self.env.company.id})
            call.flush_recordset()
            return call.with_env(self.env), "created"
        if fresh:
            call.write(fresh)
        return call.with_env(self.env), "changed" if fresh else "unchanged"

    def _has(self, name, value):
        """Return whether the row has these facts already; last agent and recording may change."""
        field = self._fields[name]
        known = self[name].id if field.type == "many2one" else self[name]
        return bool(self) and (known == value or (name == "direction" and value == "in"))

    def _check_told(self, fresh):
        """A call is offered, answered and ended in this order, and each of it once.

        :raises FilingError: by fact
        """
        errors = {}
        moments = {name: fresh.get(name) or self[name] for name in call_facts.MOMENTS}
        for name in (*call_facts.MOMENTS, "phone"):
            if name in fresh and self[name]:
                errors[name] = self.env._("This was reported otherwise before.")
        told = [(name, moment) for name, moment in moments.items() if moment]
        for (_before, earlier), (name, later) in zip(told, told[1:], strict=False):
            if later < earlier:
                errors[name] = self.env._("A call is offered, answered and ended in this order.")
        if errors:
            raise FilingError(errors)

    @api.model
    def _read_facts(self, told):
        """Values of fields from texts.

        :raises FilingError: by fact
        """
        errors = {}
        texts = {name: self._read_fact(told, name, errors) for name in call_facts.COLUMNS}
        if not texts["call"]:
            errors.setdefault("call", self.env._("Give the number of the call."))
        if texts["direction"].lower() not in call_facts.DIRECTIONS:
            errors["direction"] = self.env._("Send “in” or “out”.")
        zone, facts = self.env.company._water_tz(), {}
        for name in call_facts.MOMENTS:
            facts[name] = texts[name] and parse_local(texts[name], zone)
            if texts[name] and not facts[name]:
                errors[name] = self.env._("Send date and time, such as 2026-10-13T17:30:05+08:00.")
        if errors:
            raise FilingError(errors)
        return {
            **facts,
            "call_ref": texts["call"],
            "direction": call_facts.DIRECTIONS[texts["direction"].lower()],
            "agent_group": texts["group"],
            "recording_ref": texts["recording"],
            **self._caller(texts["phone"]),
            **self._agent(texts["agent"]),
        }

    @api.model
    def _read_fact(self, told, name, errors):
        value, limit = told.get(name), call_facts.LIMITS.get(name, 40)
        text = clean_text(value)
        if value not in (None, False) and not isinstance(value, str):
            errors[name] = self.env._("Send a text.")
        elif len(text) > limit:
            errors[name] = self.env._("Please shorten this to %s characters.", limit)
        return text

    @api.model
    def _caller(self, phone):
        number = phone and self.env.company.sudo()._water_phone(phone)
        # sudo: res.partner - the caller is stored for users who may read customers
        found = self.env["res.partner"].sudo()
        if number:
            companies = [("company_id", "in", (False, self.env.company.id))]
            found = found.search([("phone_sanitized", "=", number), *companies], limit=10)
            found = found.filtered("partner_share") or found  # a colleague hides no customer
        return {"phone": phone, "partner_id": found.id if len(found) == 1 else False}

    @api.model
    def _agent(self, text):
        """Return the user of a badge number or login; unknown ones are stored as text."""
        if not text:
            return {}
        # sudo: res.users - staff by their names in the telephone system
        staff = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("company_ids", "in", self.env.company.ids),
                    *("|", ("water_badge", "=", text), ("login", "=", text)),
                ],
                limit=2,
            )
        )
        return {"agent_ref": text, "user_id": staff.id if len(staff) == 1 else False}

    # -- what becomes of it -------------------------------------------------------------------

    def _attach(self, case):
        call = trusted(self.sudo())
        if call._case_or_none() is None and call.user_id in (self.env.user, call.user_id.browse()):
            call.write({self._case_field(case._name): case.id, "user_id": self.env.uid})

    def action_call_back(self):
        """Open the pick-up screen with the number of the call.

        :raises AccessError: for anyone but agents
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Only service agents answer calls."))
        call = self.env["water.call"]._pick_up(self.phone)
        return windows.form(call)

    @api.autovacuum
    def _gc_numbers(self):
        for company in self.env["res.company"].search([("water_call_keep_days", ">", 0)]):
            begin = fields.Datetime.now() - timedelta(days=company.water_call_keep_days)
            without = [(link, "=", False) for link in self._case_models()]
            old = [("company_id", "=", company.id), ("create_date", "<", begin), *without]
            named = ["|", ("phone", "!=", False), ("partner_id", "!=", False)]
            calls = trusted(self.sudo()).search(old + named, limit=10000)
            calls.write({"phone": False, "partner_id": False})


def _seconds(begin, end):
    return int((end - begin).total_seconds()) if begin and end else 0
