import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base import windows
from ...base.marks import marked
from ...base.moments import moment_text
from ...base.roles import AGENT, CASE_GROUPS, CONTACT_GROUPS
from ...base.tables import table
from ...base.todos import end_todos
from ...base.trust import is_trusted, sanitize_context, trusted
from ...base.words import is_given, one_stop, strip_invisible
from .. import steps
from ..births import AGAIN, CONVERTED, FOREIGN, PART, SAME, WAYS
from ..transitions import Missing, Refusal
from .water_category import SEVERITIES

#: Emergency first on every board and list.
URGENCY = {"normal": 0, "complex": 0, "urgent": 1, "emergency": 2}
#: A sentence that names the hotline; where the company has none it is not said.
_NAMES_HOTLINE = re.compile(
    r"(?<![^。！？.!?\n])[^。！？.!?\n]*\{hotline\}[^。！？.!?\n]*[。！？.!?]?"
)


class WaterCaseMixin(models.AbstractModel):
    """The common parts of all case types: number, subject, customer, people, clocks, evidence."""

    _name = "water.case.mixin"
    _inherit = [
        "water.never.deleted.mixin",
        "water.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "water.chain.mixin",
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
    #: states without further work
    _final_states = frozenset()
    _settable_on_create = frozenset({"name", "state", "company_id", "received_at"})

    name = fields.Char(
        string="Number", readonly=True, copy=False, index="trigram", default="/", water_package=True
    )
    subject = fields.Char(
        required=True,
        tracking=True,
        index="trigram",
        water_born=(CONVERTED,),
        water_open=True,
        water_package=True,
    )
    description = fields.Text(
        tracking=True,
        help="The agent's summary of the matter.",
        water_born=(CONVERTED,),
        water_open=True,
        water_package=True,
        water_filed=5000,
    )
    verbatim = fields.Text(
        string="Customer's Own Words",
        copy=False,
        help="Kept as spoken, never edited (S3.2.1b).",
        water_born=(AGAIN, CONVERTED),
        water_open=True,
        water_package=True,
    )
    address = fields.Char(
        compute="_compute_from_account",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
        water_born=(PART, CONVERTED),
        water_open=True,
        water_package=True,
        water_mask="address",
        water_erased="masked",
    )
    position = fields.Char(
        copy=False,
        groups=CONTACT_GROUPS,
        help="Where the customer's browser says that it is, with the customer's consent:"
        " latitude, longitude.",
        water_born=SAME,
        water_package=True,
        water_mask="all",
        water_erased="empty",
    )
    account_id = fields.Many2one(
        "water.account",
        index="btree_not_null",
        check_company=True,
        water_born=(PART, CONVERTED),
        water_open=True,
        water_erased="empty",
    )
    zone_id = fields.Many2one(
        "water.zone",
        string="Supply Zone",
        compute="_compute_from_account",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        water_born=(PART, CONVERTED),
        water_open=True,
    )
    channel_id = fields.Many2one(
        "water.channel",
        ondelete="restrict",
        water_born=(PART, FOREIGN, CONVERTED),
        water_open=True,
        water_package=True,
    )
    is_external = fields.Boolean(
        related="channel_id.is_external_body", export_string_translation=False
    )
    category_id = fields.Many2one(
        "water.category", index="btree_not_null", tracking=True, water_open=True, water_package=True
    )
    is_restricted = fields.Boolean(compute="_compute_is_restricted", store=True, precompute=True)
    severity = fields.Selection(
        SEVERITIES,
        compute="_compute_severity",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        water_born=(PART, FOREIGN),
        water_open=True,
        water_package=True,
    )
    urgency = fields.Integer(compute="_compute_urgency", store=True, precompute=True)
    occurred_at = fields.Datetime(
        string="Happened at",
        help="When it happened, not when told.",
        water_born=(PART, FOREIGN),
        water_open=True,
        water_package=True,
    )
    first_contact_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False, water_package=True)
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
        water_born=WAYS,
        water_erased="empty",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        readonly=True,
        water_born=(PART, FOREIGN, CONVERTED),
    )
    legal_hold = fields.Boolean(tracking=True, water_born=WAYS)
    access_url = fields.Char(string="Customer Page", compute="_compute_access_url")

    _number_idx = models.Index("(name)")  # by the whole number, besides the parts of it above
    _board_idx = models.Index("(stage_id, urgency DESC, next_due_at, id DESC)")
    _list_idx = models.Index("(urgency DESC, next_due_at, id DESC)")
    _restricted_idx = models.Index(
        "(first_responsible_id, user_id, id) WHERE is_restricted IS TRUE"
    )

    # Evidence of what happened to a case: an append-only, hash-chained event log.
    _chain_event = "water.case.event"

    event_ids = fields.One2many("water.case.event", string="Events")

    #: {(from state, to state): Move}; literal in each case model
    _transitions = {}
    #: the state in which cases begin
    _initial_state = "registered"
    #: states that no case reaches while a person is waited for or at work
    _closing_states = frozenset({"closed"})

    stage_id = fields.Many2one(
        "water.stage",
        required=True,
        index=True,
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_stage_ids",
        domain=lambda self: [("model", "=", self._name)],
    )

    #: fields that users outside the desk may write: findings and work
    _worker_fields = frozenset({"user_id", "state", "stage_id"})

    #: the state in which the service ends; its column holds the words
    _closing_state = "closed"
    #: field with the result for the customer
    _closing_result = None

    said_goodbye = fields.Boolean(
        string="Anything Else?",
        readonly=True,
        copy=False,
        help="The customer was asked whether there is anything else, and thanked.",
    )

    #: external ids of to-do types that close with the case
    _todos_while_open = ()
    #: external ids of to-do types that close once the customer was contacted
    _contact_todos = ()
    _new_steps = steps.NEW
    _created_steps = steps.CREATED
    _reactions = steps.CHANGED
    _event_steps = steps.EVENTS

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

    # -- create and write: the steps of case/steps.py, which nothing overrides --------------

    @api.model_create_multi
    def create(self, vals_list):
        """Register cases: refuse forbidden values, prepare the others, react."""
        if sanitize_context(self) is not self:
            return sanitize_context(self).create(vals_list).with_env(self.env)
        vals_list = [dict(vals) for vals in vals_list]
        self._refuse_new(vals_list)
        for name in table(self, "_new_steps"):
            getattr(self, name)(vals_list)
        raised = self._judge_at_birth(vals_list)
        clean = self._without_readonly_defaults().with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        )
        cases = super(WaterCaseMixin, clean).create(vals_list).with_env(self.env)
        cases._log_events("created", {case.id: case._created_payload() for case in cases})
        cases._log_raised(raised)
        for step in table(cases, "_created_steps"):
            # sudo: cases - the user who has created them may not read every field
            rows = cases.sudo().filtered(step.field) if step.field else cases
            if rows:
                getattr(rows.with_env(self.env), step.method)()
        cases._note_given_articles(vals_list)
        cases._call_out()
        return cases

    def write(self, vals):
        """Change cases: refuse, prepare the values, react. A new state is a move by the table."""
        if sanitize_context(self) is not self:
            return sanitize_context(self).write(vals)
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
        for vals in vals_list:
            self._refuse_messages(vals)
        if not is_trusted(self.env):
            self._refuse_readonly_on_create(vals_list)
        if not (self.env.su or is_trusted(self.env)):
            self._check_category_in_use({vals.get("category_id") for vals in vals_list})
        self._refuse_filed(vals_list)

    @api.model
    def _prepare_number(self, vals_list):
        owners = [vals.get("company_id") for vals in vals_list]
        numbers = self.env["ir.sequence"]._water_numbers(self._sequence_code, owners)
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        self._prepare_first_stage(vals_list)

    def _refuse_write(self, vals):
        # legal hold has a guard of its own, and is set on sealed cases too
        facts = {name: vals[name] for name in vals if name != "legal_hold"}
        if facts and not is_trusted(self.env):
            self._check_write(facts)

    def _prepare_write(self, vals):
        """Step of ``write``: return the values as they are to be written."""
        return vals

    def _values_before(self, vals):
        names = table(self, "_reactions").keys() & vals.keys()
        return {case.id: {name: case[name] for name in names} for case in self} if names else {}

    def _react(self, before, vals):
        """Step of ``write``: call the methods in the tables ``_reactions``, each once.

        :param before: as returned by ``_values_before``
        :param vals: the written values
        """
        reactions = table(self, "_reactions")
        methods = [name for field in reactions if field in vals for name in reactions[field]]
        for method in dict.fromkeys(methods):
            getattr(self, method)(before, vals)
        self._fill_in_customer_texts(vals.keys())

    def _created_payload(self):
        """Return the first facts for the chain."""
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
        fields_of = {self._fields[n]._description_string(self.env): n for n in self._required_facts}
        named = self.sudo().partner_id or self.sudo().contact_name
        return fields_of.get(missing[0]) or ("phone" if named else "contact_name")

    def _check_unsealed(self):
        """Refuse further events in the chain of a finished case.

        :raises UserError: with what to do instead
        """
        for case in self.sudo():
            if case.state in case._final_states:
                raise UserError(
                    self.env._(
                        "%(case)s is “%(state)s”, it can no longer be added to. Register a new "
                        "case for anything else.",
                        case=case.name,
                        state=self._state_label(case.state),
                    )
                )

    # -- actions --------------------------------------------------------------------------

    def _log_contact(self, note, at=None):
        """Record a contact: store the first time and meet the contact clock.

        :param note: how, and what was said
        :param at: naive UTC, now by default
        :raises UserError: if the case is finished
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

    # -- transition ----------------------------------------------------------------------------
    # State moves in one place: a literal table says who may move what, and when.
    #
    # Heirs bring the selection field ``state`` and the table ``_transitions``.
    #
    # At every door (button, kanban drag, RPC, import, portal), a change of ``state`` or
    # ``stage_id`` follows the table of the model.

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """All columns of the case type, empty ones too."""
        return stages.search([("model", "=", self._name)])

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Count a board's columns without joining them to every case.

        A board shows all its columns, in their own order (``_read_group_stage_ids``), so that
        the order of the counts does not matter; the join takes as long as the counting.
        """
        if order == "stage_id" and self.env.context.get("read_group_expand"):
            order = ""
        return super()._read_group_orderby(order, groupby_terms, query)

    def _check_first_stage(self, stage_id):
        stage = self.env["water.stage"].sudo().browse(stage_id)
        if stage.model != self._name or stage.state != self._initial_state:
            raise UserError(self.env._("A new case cannot begin at “%(stage)s”.", stage=stage.name))

    def _target(self, vals):
        """The ``(state, stage)`` that ``vals`` asks for."""
        stages = self.env["water.stage"].sudo()
        if vals.get("stage_id"):
            stage = stages.browse(vals["stage_id"])
            if stage.model != self._name or vals.get("state", stage.state) != stage.state:
                raise UserError(self.env._("This column belongs to another kind of case."))
            return stage.state, stage
        stage = stages._of_state(self._name, vals.get("state") or "")
        if not stage:
            raise UserError(
                self.env._("“%(state)s” is no state of this case.", state=vals.get("state"))
            )
        return stage.state, stage

    def _stage_words(self):
        """Return the customer's text of the stage, in the env's language; may be ""."""
        # sudo: water.stage - public_name is written for the customer
        return self.sudo().stage_id.public_name or ""

    def _move_to(self, state, stage=None):
        """Move the cases to ``state``: check the table, write, notify the heirs.

        :param state: target value of the state field
        :param stage: column to use, by default the first of the state
        :raises UserError: what is missing, in the user's language; no case is moved then
        """
        stage = stage or self.env["water.stage"]._of_state(self._name, state)
        self.check_access("write")
        movers = self.filtered(lambda case: case.state != state)
        movers._check_transition(state)
        origins = {case.id: case.state for case in movers}
        rest = self - movers
        if rest:
            trusted(rest).write({"stage_id": stage.id})
        if movers:
            values = movers._transition_values(state)
            trusted(movers).write({"state": state, "stage_id": stage.id, **values})
            movers._after_transition(origins, state)

    def _check_transition(self, state):
        for case in self:
            refusals = case._refusals(state)
            if refusals:
                label = self._state_label(state)
                head = self.env._(
                    "%(case)s cannot be moved to “%(state)s” yet:", case=case.name, state=label
                )
                raise Refusal(head, case, refusals)

    def _refusals(self, state):
        """Why this case may not move to ``state`` now; empty when it may."""
        self.ensure_one()
        move = table(self, "_transitions").get((self.state, state))
        if move is None or not (move.groups or self.env.su):
            return [
                self.env._(
                    "there is no step from “%(origin)s” to “%(target)s”",
                    origin=self._state_label(self.state),
                    target=self._state_label(state),
                )
            ]
        if not self._may_take(move):
            return [
                self.env._("this step is for: %(groups)s", groups=self._group_names(move.groups))
            ]
        missing = [message for need in move.needs for message in getattr(self, need)()]
        return missing + (self._who_waits() if state in self._closing_states else [])

    def _who_waits(self):
        """Return who is expected, at work or waiting: the case may not end meanwhile.

        The only place for this rule, checked at all doors for all states in ``_closing_states``;
        other addons extend it.

        :return: messages, each of which leads to what is open
        """
        return []

    def _may_take(self, move):
        return self.env.su or any(self.env.user.has_group(group) for group in move.groups)

    def _can_move_to(self, state):
        """Whether the table has this step for the present user (requirements left aside)."""
        self.ensure_one()
        move = table(self, "_transitions").get((self.state, state))
        return bool(move) and self._may_take(move)

    def _group_names(self, groups):
        return ", ".join(self.env.ref(group).sudo().name for group in groups)

    @api.model
    def _state_label(self, state):
        return dict(self._fields["state"]._description_selection(self.env)).get(state, state)

    def _transition_values(self, state):
        """Values written together with the new state; heirs add their stamps."""
        return {}

    def _after_transition(self, origins, state):
        """React to a move; heirs extend it.

        :param origins: {case id: state before the move}
        :param state: the state just reached
        """
        self._log_events(
            "moved", {case.id: {"from": origins[case.id], "to": state} for case in self}
        )
        if state in self._final_states:
            end_todos(self, *table(self, "_todos_while_open"))

    @api.model
    def _prepare_first_stage(self, vals_list):
        """Start cases in the initial state, ignoring the caller's value."""
        stage = self.env["water.stage"]._of_state(self._name, self._initial_state)
        for vals in vals_list:
            if vals.get("state", self._initial_state) != self._initial_state:
                raise UserError(self.env._("A new case begins at “%(stage)s”.", stage=stage.name))
            if "stage_id" in vals and vals["stage_id"] != stage.id:
                self._check_first_stage(vals["stage_id"])
            vals.update({"state": self._initial_state, "stage_id": vals.get("stage_id", stage.id)})

    def _write_move(self, vals):
        facts = {key: value for key, value in vals.items() if key not in ("state", "stage_id")}
        if facts:
            self.write(facts)
        self._move_to(*self._target(vals))
        return True

    # -- guard ---------------------------------------------------------------------------------
    # Which users may change which fields of an open case (S2.2.2).

    def _check_write(self, vals):
        """Refuse edits of readonly fields and of the customer's own words."""
        self._refuse_readonly(vals.keys())
        if "verbatim" in vals and any(
            case.verbatim and case.verbatim != vals["verbatim"] for case in self
        ):
            raise UserError(self.env._("The customer's own words are never edited."))
        others = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if others - table(self, "_worker_fields") and not self._is_desk():
            raise AccessError(
                self.env._(
                    "Only service agents change the facts of a case; write down your own work."
                )
            )
        category = vals.get("category_id")
        if category and any(case.category_id.id != category for case in self):
            self._check_category_in_use([category])
        self._refuse_finished(
            {name: vals[name] for name in vals.keys() & marked(self, "water_open").keys()}
        )

    @api.model
    def _check_category_in_use(self, ids):
        """Refuse archived categories for new values; present ones stay.

        :param ids: of water.category, as given by callers
        :raises UserError: for an archived one
        """
        known = [number for number in ids if type(number) is int]
        # sudo: water.category - whether there still is such a matter
        for category in self.env["water.category"].sudo().browse(known):
            if not category.active:
                raise UserError(
                    self.env._(
                        "“%s” is not used any more: choose another category.",
                        category.display_name,
                    )
                )

    def _refuse_finished(self, facts):
        for case in self.filtered(lambda case: facts and case.state in case._final_states):
            if any(case._is_other(name, value) for name, value in facts.items()):
                raise UserError(
                    self.env._(
                        "%(case)s is finished: what was written down is not changed any more.",
                        case=case.name,
                    )
                )

    def _is_other(self, name, value):
        """Whether a value is another one than the case has, which a form may send back."""
        field = self._fields[name]
        new, old = (field.convert_to_cache(it, self) or False for it in (value, self[name]))
        return new != old

    @api.model
    def _is_desk(self):
        return self.env.su or self.env.user.has_group(AGENT)

    # -- closing -------------------------------------------------------------------------------
    # The end of the service: anything else? thank you, goodbye (S2.3.4).

    def _closing_script(self):
        """Return the closing script in the agent's language."""
        self.ensure_one()
        stage = self.env["water.stage"]._of_state(self._name, self._closing_state)
        words = {
            "{case}": self.name or "",
            "{result}": strip_invisible(self[self._closing_result]),
            "{hotline}": self.company_id.sudo().water_hotline or "",
        }
        text = stage.closing_script or ""
        if not words["{hotline}"]:
            text = _NAMES_HOTLINE.sub("", text)
        for sign, word in words.items():
            text = text.replace(sign, word)
        return one_stop(text)

    def _say_goodbye(self):
        """Keep that the customer was asked for anything else, and thanked."""
        trusted(self).said_goodbye = True

    def _close_politely(self):
        self.ensure_one()
        self.check_access("write")
        with self.env.cr.savepoint():
            self._say_goodbye()
            self._move_to(self._closing_state)

    # -- naming --------------------------------------------------------------------------------
    # How a case is called, and by whom.

    @api.depends("name", "subject")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Show users without read access the number alone, wherever another row names the case."""
        hidden = self._hidden_from_reader()
        for case in self:
            number, subject = case.name if case.name != "/" else "", case.subject
            parts = (number, subject if case not in hidden else "")
            case.display_name = " ".join(part for part in parts if part)

    def _hidden_from_reader(self):
        user = self.env.user
        if not self.env.su or user._is_superuser() or not user._is_internal():
            return self.browse()
        mine = self.sudo(False)
        return (mine - mine._filtered_access("read")).sudo()

    # -- todos ---------------------------------------------------------------------------------
    # The system's to-dos about a case close when their request is met; rooms say which.

    def _on_event(self, kind, at):
        super()._on_event(kind, at)
        rows = table(self, "_event_steps")
        for name in (*rows[""], *rows.get(kind, ())):
            getattr(self, name)(kind, at)

    def _end_contact_todos(self, *_event):
        """Close the to-dos to contact the customers."""
        end_todos(self, *table(self, "_contact_todos"))
