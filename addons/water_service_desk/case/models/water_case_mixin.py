from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.moments import moment_text
from ...base.roles import CASE_GROUPS, CONTACT_GROUPS
from ...base.tables import table
from ...base.trust import heard, is_trusted, trusted
from ...base.words import is_given
from ..transitions import Missing
from .water_category import SEVERITIES

#: Emergency first on every board and list.
URGENCY = {"normal": 0, "complex": 0, "urgent": 1, "emergency": 2}


class WaterCaseMixin(models.AbstractModel):
    """What every case has: a number, a matter, a customer, people, clocks and evidence."""

    _name = "water.case.mixin"
    _inherit = [
        "water.never.deleted.mixin",
        "water.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Case"
    _order = "urgency desc, next_due_at, id desc"
    _primary_email = "email_from"
    _mail_post_access = "read"
    _check_company_auto = True
    _rec_names_search = ["name", "subject"]

    #: code of the number sequence
    _sequence_code = None
    #: facts without which a case is not complete: field names
    _required_facts = ("subject", "description", "category_id", "channel_id")
    #: states in which nothing is left to do
    _final_states = frozenset()
    _given_at_birth = frozenset({"name", "state", "company_id", "received_at"})
    #: what follows when a field was written: {field: names of methods, given what was there before
    #: and what was written}; the tables of all rooms add up
    _reactions = {}

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram", default="/")
    subject = fields.Char(required=True, tracking=True, index="trigram")
    description = fields.Text(tracking=True, help="The agent's summary of the matter.")
    verbatim = fields.Text(
        string="Customer's Own Words", copy=False, help="Kept as spoken, never edited (S3.2.1b)."
    )
    address = fields.Char(
        compute="_compute_from_account",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
    )
    position = fields.Char(
        copy=False,
        groups=CONTACT_GROUPS,
        help="Where the customer's browser says that it is, with the customer's consent:"
        " latitude, longitude.",
    )
    account_id = fields.Many2one("water.account", index="btree_not_null", check_company=True)
    zone_id = fields.Many2one(
        "water.zone",
        string="Supply Zone",
        compute="_compute_from_account",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    channel_id = fields.Many2one("water.channel", ondelete="restrict")
    is_external = fields.Boolean(
        related="channel_id.is_external_body", export_string_translation=False
    )
    category_id = fields.Many2one("water.category", index="btree_not_null", tracking=True)
    is_restricted = fields.Boolean(compute="_compute_is_restricted", store=True, precompute=True)
    severity = fields.Selection(
        SEVERITIES,
        compute="_compute_severity",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    urgency = fields.Integer(compute="_compute_urgency", store=True, precompute=True)
    occurred_at = fields.Datetime(string="Happened at", help="When it happened, not when told.")
    first_contact_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    handling_round = fields.Integer(
        string="Round of Handling",
        readonly=True,
        copy=False,
        default=1,
        help="1 for the first handling; one more each time the case is handled again.",
    )
    recording_ref = fields.Char(
        string="Recording",
        copy=False,
        groups=CASE_GROUPS,
        help="The telephone system's reference of the recorded call.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        readonly=True,
    )
    legal_hold = fields.Boolean(tracking=True)
    access_url = fields.Char(string="Customer Page", compute="_compute_access_url")

    _number_idx = models.Index("(name)")  # by the whole number, besides the parts of it above
    _board_idx = models.Index("(stage_id, urgency DESC, next_due_at, id DESC)")
    _list_idx = models.Index("(urgency DESC, next_due_at, id DESC)")
    _restricted_idx = models.Index(
        "(first_responsible_id, user_id, id) WHERE is_restricted IS TRUE"
    )

    # -- computes and constraints ---------------------------------------------------------

    @api.depends("account_id")
    def _compute_from_account(self):
        for case in self:
            account = case.account_id
            case.address = case.address or account.address
            case.zone_id = case.zone_id or account.zone_id

    @api.depends("category_id")
    def _compute_is_restricted(self):
        """As the category is; when that changes, it tells its cases (``_restrict_cases``)."""
        for case in self:
            case.is_restricted = case.category_id.restricted

    @api.depends("category_id")
    def _compute_severity(self):
        for case in self:
            case.severity = case.severity or case.category_id.severity or "normal"

    @api.depends("severity")
    def _compute_urgency(self):
        for case in self:
            case.urgency = URGENCY.get(case.severity, 0)

    def _compute_access_url(self):
        for case in self:
            case.access_url = "/my"

    @api.constrains("occurred_at")
    def _check_occurred(self):
        for case in self.filtered("occurred_at"):
            if case.occurred_at > case.received_at:
                case._check_has_been(case.occurred_at)

    @api.constrains("received_at")
    def _check_received(self):
        for case in self:
            case._check_has_been(case.received_at)

    # -- create and write -----------------------------------------------------------------
    # Rooms do not override these two; they add to the steps.

    @api.model_create_multi
    def create(self, vals_list):
        """Register cases: refuse what nobody gives, prepare the values, react."""
        if heard(self) is not self:
            return heard(self).create(vals_list).with_env(self.env)
        vals_list = [dict(vals) for vals in vals_list]
        self._refuse_new(vals_list)
        self._prepare_new(vals_list)
        raised = self._judge_at_birth(vals_list)
        clean = self._without_kept_defaults().with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        )
        cases = super(WaterCaseMixin, clean).create(vals_list).with_env(self.env)
        cases._log_events("created", {case.id: case._created_payload() for case in cases})
        cases._log_raised(raised)
        cases._after_create(vals_list)
        cases._finish_create()
        return cases

    def write(self, vals):
        """Change cases: refuse, prepare the values, react. A new state is a move by the table."""
        if heard(self) is not self:
            return heard(self).write(vals)
        if vals.keys() & {"state", "stage_id"} and not is_trusted(self.env):
            return self._write_move(vals)
        self._refuse_write(vals)
        vals = self._prepare_write(dict(vals))
        before = self._values_before(vals)
        result = super().write(vals)
        self._react(before, vals)
        return result

    @api.model
    def _refuse_new(self, vals_list):
        """Step of ``create``: refuse what a caller must not give.

        :param vals_list: the callers' values; what is empty and kept by the system is taken out
        """
        if not is_trusted(self.env):
            self._refuse_kept_at_birth(vals_list)

    @api.model
    def _prepare_new(self, vals_list):
        """Step of ``create``: put into ``vals_list`` what the case type and the rooms decide."""
        owners = [vals.get("company_id") for vals in vals_list]
        numbers = self.env["ir.sequence"]._water_numbers(self._sequence_code, owners)
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        self._prepare_first_stage(vals_list)

    def _after_create(self, vals_list):
        """Step of ``create``: what follows when the cases are there, their first event too."""

    def _finish_create(self):
        """Last step of ``create``: their clocks run, and their incident is known."""

    def _refuse_write(self, vals):
        """Step of ``write``: refuse what a caller must not change."""
        # legal hold has a guard of its own, and is set on sealed cases too
        facts = {name: vals[name] for name in vals if name != "legal_hold"}
        if facts and not is_trusted(self.env):
            self._check_write(facts)

    def _prepare_write(self, vals):
        """Step of ``write``: return the values as they are to be written."""
        return vals

    def _values_before(self, vals):
        """{case id: {field: value}} of those fields in ``vals`` that somebody reacts to."""
        names = table(self, "_reactions").keys() & vals.keys()
        return {case.id: {name: case[name] for name in names} for case in self} if names else {}

    def _react(self, before, vals):
        """Step of ``write``: call what the tables ``_reactions`` name, each once.

        :param before: as ``_values_before`` returns it
        :param vals: what was written
        """
        reactions = table(self, "_reactions")
        methods = [name for field in reactions if field in vals for name in reactions[field]]
        for method in dict.fromkeys(methods):
            getattr(self, method)(before, vals)

    def _created_payload(self):
        """What the chain remembers of the first words."""
        return {
            "subject": self.subject,
            "category": self.category_id.code or "",
            "channel": self.channel_id.code or "",
            "severity": self.severity,
            "received_at": self.received_at.isoformat(),
        }

    @api.model
    def _never_deleted_message(self):
        return self.env._("A registered case is never deleted; withdraw it instead.")

    # -- completeness ---------------------------------------------------------------------

    def _missing_facts(self):
        """Labels of the required facts that are not there (S3.2.1c)."""
        self.ensure_one()
        case = self.sudo()
        names = [name for name in case._required_facts if not is_given(case[name])]
        labels = [case._fields[name]._description_string(self.env) for name in names]
        if not case.is_anonymous:
            if not (case.partner_id or case.contact_name):
                labels.append(self.env._("Contact name"))
            if not (case.phone or case.email_from):
                labels.append(self.env._("Phone"))
        return labels

    def _need_facts(self):
        missing = self._missing_facts()
        if not missing:
            return []
        words = self.env._("fill in: %(facts)s", facts=missing)
        return [Missing(words, self._first_gap(missing))]

    def _first_gap(self, missing):
        """The field in which the first of the missing facts is filled in."""
        fields_of = {self._fields[n]._description_string(self.env): n for n in self._required_facts}
        named = self.sudo().partner_id or self.sudo().contact_name
        return fields_of.get(missing[0]) or ("phone" if named else "contact_name")

    def _check_unsealed(self):
        """Nothing more is entered in the chain of a finished case.

        :raises UserError: with what to do instead
        """
        for case in self.sudo():
            if case.state in case._final_states:
                raise UserError(
                    self.env._(
                        "%(case)s is “%(state)s”, nothing is added to it any more. Register a new"
                        " case if something else has come up.",
                        case=case.name,
                        state=self._state_label(case.state),
                    )
                )

    # -- actions --------------------------------------------------------------------------

    def _log_contact(self, note, at=None):
        """The customer was reached: keeps the first time and meets the contact clock.

        :param note: how, and what was said
        :param at: naive UTC, now by default
        :raises UserError: when the case is finished
        """
        self.check_access("write")
        self._check_unsealed()
        at = at or fields.Datetime.now()
        trusted(self.filtered(lambda case: not case.first_contact_at)).write(
            {"first_contact_at": at}
        )
        self._log_events("contacted", {"note": note or ""}, at=at)

    def action_dispatch(self):
        """Open the dispatch dialog (转办)."""
        self.ensure_one()
        return self._dialog("water.dispatch.wizard", self.env._("Dispatch"))

    def action_hand_over(self):
        """Open the hand-over dialog."""
        return self._dialog("water.handover.wizard", self.env._("Hand Over"))

    def action_log_contact(self):
        """Open the dialog that records a contact with the customer."""
        return self._dialog("water.contact.wizard", self.env._("Customer Contacted"))

    def action_pause(self):
        """Open the dialog that asks for a pause or an extension.

        :raises UserError: when no clock of the case can be paused or extended: why
        """
        self.ensure_one()
        self.check_access("read")
        if not self._pausable_clocks():
            self._open_clocks()._check_pausable()
        return self._dialog("water.pause.wizard", self.env._("Pause or Extend"))

    def action_promise(self):
        """Open the dialog that keeps a promise given to the customer."""
        return self._dialog("water.promise.wizard", self.env._("Promise"))

    def action_replan(self):
        """Open the dialog that works the time limits out again."""
        return self._dialog("water.replan.wizard", self.env._("Recalculate Time Limits"))

    @api.model
    def _dialog(self, model, title, **context):
        return windows.dialog(
            model, title, {"active_model": self._name, "active_ids": self.ids, **context}
        )

    def action_open_deadlines(self):
        """Open the clocks of the case."""
        return self._open_children("water.deadline", self.env._("Time Limits"))

    def action_open_dispatches(self):
        """Open the dispatches of the case."""
        return self._open_children("water.dispatch", self.env._("Dispatches"))

    def action_open_events(self):
        """Open the event chain of the case."""
        return self._open_children("water.case.event", self.env._("Events"))

    def _open_children(self, model, title, link=None):
        self.ensure_one()
        link = link or self.env[model]._case_field(self._name)
        return windows.rows(model, title, [(link, "=", self.id)], {"create": False})

    def action_verify_events(self):
        """Check the event chain and say whether it is whole."""
        faults = self._verify_events()
        if faults:
            return windows.message("\n".join(faults), "danger")
        return windows.message(self.env._("The event chain is whole."))

    # -- mail -----------------------------------------------------------------------------

    def _staff_line(self):
        """One line about the case for members of staff, without personal data."""
        due = moment_text(self.env, self.next_due_at, self.company_id._water_tz())
        parts = (self.name, self.category_id.name, due and self.env._("due %s", due))
        return " · ".join(part for part in parts if part)
