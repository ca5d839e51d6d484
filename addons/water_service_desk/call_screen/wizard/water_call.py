import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...base import windows
from ...base.marks import marked
from ...base.roles import AGENT
from ...base.words import sentences, strip_invisible
from ...case.models.water_case_triage import EMOTIONS
from ...case.models.water_category import SEVERITIES
from ...category_proposal.models.water_category import words_of
from ...intake.filing import clean_text, first_line

#: Characters of the customer's words that make the subject when none is typed.
SUBJECT_LENGTH = 40
#: Fewer signs of an address are found in half of the city.
SHORTEST = 3
#: How many accounts and cases the screen shows at once.
SHOWN = 8


class WaterCall(models.TransientModel):
    """One conversation at the desk: the caller, running cases and incidents, the request
    (S2.3.1).

    A telephone system opens it through ``/water/call``; the same screen serves the counter. Only
    the case that it registers is stored.
    """

    _name = "water.call"
    _inherit = ["water.wording.mixin", "water.mixin"]
    _description = "Answer a Call"
    _spoken_fields = ("answer",)

    channel_id = fields.Many2one(
        "water.channel",
        required=True,
        default=lambda self: self.env.ref("water_service_desk.channel_phone", False),
    )
    recording_ref = fields.Char(string="Recording", help="The telephone system's reference.")
    call_ref = fields.Char(export_string_translation=False)
    verbatim = fields.Text(string="Customer's Own Words")
    subject = fields.Char(
        compute="_compute_subject", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    description = fields.Text(string="Summary", help="Empty: the customer's own words.")
    category_id = fields.Many2one("water.category")
    category_proposals = fields.Json(
        compute="_compute_category_proposals", export_string_translation=False
    )
    severity = fields.Selection(
        SEVERITIES,
        compute="_compute_severity",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    emotion = fields.Selection(EMOTIONS, string="Mood", default="calm")
    triage_reason = fields.Char(string="Why a Question", help="Why it is no complaint.")
    is_anonymous = fields.Boolean(string="Anonymous")
    occurred_at = fields.Datetime(string="Happened at", default=fields.Datetime.now)
    answer = fields.Text(help="What the customer is told at once.")
    article_id = fields.Many2one(
        "water.article", string="Knowledge Article", domain=[("state", "=", "published")]
    )
    article_trace = fields.Json(export_string_translation=False)
    callback_at = fields.Datetime(
        string="Call Back at", help="When the customer wants to be called about it."
    )
    greeting = fields.Char(compute="_compute_greeting")
    call_script = fields.Text(string="To Ask and Say", compute="_compute_call_script")
    closing_script = fields.Text(compute="_compute_closing_script")
    anything_else = fields.Boolean(string="Asked for Anything Else, and Thanked")
    case_model = fields.Char(readonly=True)
    case_id = fields.Many2oneReference(model_field="case_model", readonly=True)
    confirmation = fields.Char(compute="_compute_confirmation")

    query = fields.Char(
        string="Called by",
        help="Telephone, account, meter or case number, name, address, initials of either.",
    )
    match_ids = fields.Many2many("water.account", compute="_compute_matches")
    match_count = fields.Integer(compute="_compute_matches")
    account_id = fields.Many2one(
        "water.account",
        compute="_compute_account",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_customer",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    contact_name = fields.Char(
        compute="_compute_contact", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    phone = fields.Char(
        compute="_compute_contact", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    address = fields.Char(
        compute="_compute_address", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    zone_id = fields.Many2one(
        "water.zone",
        string="Supply Zone",
        compute="_compute_zone",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Of the account; without one, by the address where that lies in one zone alone.",
    )
    flag_ids = fields.Many2many(related="account_id.flag_ids", related_sudo=False)
    call_from = fields.Float(related="account_id.call_from", related_sudo=False)
    call_until = fields.Float(related="account_id.call_until", related_sudo=False)
    alerts = fields.Char(compute="_compute_knowledge_of_caller")
    running = fields.Json(
        string="Cases", compute="_compute_knowledge_of_caller", export_string_translation=False
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)

    @api.depends("verbatim")
    def _compute_subject(self):
        """Propose the first sentence of the customer's words as subject."""
        for call in self:
            first = re.split(r"[\n。!?！？；;]|\.\s", strip_invisible(call.verbatim), maxsplit=1)[0]
            call.subject = call.subject or first_line(first, SUBJECT_LENGTH)

    @api.depends("subject", "verbatim", "description", "article_id")
    @api.depends_context("company", "lang")
    def _compute_category_proposals(self):
        for call in self:
            found = self.env["water.category"]._propose(words_of(call), call.article_id)
            call.category_proposals = [{"id": row.id, "name": row.display_name} for row in found]

    @api.depends("category_id")
    def _compute_severity(self):
        for call in self:
            call.severity = call.category_id.severity or "normal"

    @api.depends_context("uid", "lang")
    def _compute_greeting(self):
        company = self.env.company.sudo()
        words = {"{company}": company.name, "{badge}": self.env.user.sudo().water_badge or ""}
        text = company.water_call_greeting or ""
        for sign, word in words.items():
            text = text.replace(sign, word)
        for call in self:
            call.greeting = text

    @api.depends("category_id")
    @api.depends_context("lang")
    def _compute_call_script(self):
        for call in self:
            # sudo: water.category - its questions are no secret
            call.call_script = call.category_id.sudo()._spoken_script()

    @api.depends("answer")
    def _compute_closing_script(self):
        """Return the closing script for an inquiry answered at once (S2.3.4)."""
        inquiry = self.env["water.inquiry"].new({"company_id": self.env.company.id})
        script = inquiry._closing_script()
        for call in self:
            call.closing_script = strip_invisible(call.answer) and script

    @api.depends("case_id", "case_model")
    def _compute_confirmation(self):
        """Return what the agent reads out: number and promised time."""
        for call in self:
            case = call._case()
            call.confirmation = call._spoken_confirmation(case) if case else False

    @api.depends("query", "case_id")
    def _compute_display_name(self):
        for call in self:
            call.display_name = call._case().name or call.query or self.env._("Answer a Call")

    def _spoken_confirmation(self, case):
        number = case.name
        if case.state in case._final_states:
            return self.env._("%(number)s is registered, answered and closed.", number=number)
        number = self.env._("Your number is %(number)s.", number=number)
        return sentences([number, *case._spoken_promises()])

    def _case(self):
        """Return the case that this call has registered, or an empty recordset."""
        if self.case_id and self.case_model in self._case_types():
            return self.env[self.case_model].browse(self.case_id)
        return self.env["water.inquiry"]

    # -- registering ------------------------------------------------------------------------

    def _case_values(self):
        """Return the values of the new case from the screen."""
        return {
            "subject": self.subject,
            "description": self.description or self.verbatim,
            "verbatim": self.verbatim,
            "channel_id": self.channel_id.id,
            "category_id": self.category_id.id,
            "severity": self.severity,
            "emotion": self.emotion,
            "triage_reason": self.triage_reason,
            "is_anonymous": self.is_anonymous,
            "partner_id": self.partner_id.id,
            "contact_name": self.contact_name,
            "phone": not self.is_anonymous and self.phone,
            "account_id": self.account_id.id,
            "zone_id": self.zone_id.id,
            "address": self.address,
            "article_id": self.article_id.id,
            "article_trace": self.article_trace,
            "recording_ref": self.recording_ref or self.call_ref,
        }

    def _register_case(self, model, **values):
        """Register the case once, however often the button is pressed.

        :param model: case model name
        :raises UserError: when the call has registered a case already, or a fact is missing
        """
        self.ensure_one()
        if self.case_id:
            raise UserError(self.env._("This call is registered already: open its case."))
        if not (self.verbatim or self.description):
            raise UserError(self.env._("Write down what the customer said first."))
        filed = marked(self.env[model], "water_filed").keys() & self._fields.keys()
        told = {name: self[name] for name in filed}
        case = self.env[model].create({**told, **self._case_values(), **values})
        missing = case._need_facts()
        if missing:
            raise UserError("\n".join(text[:1].upper() + text[1:] for text in missing))
        self.write({"case_model": model, "case_id": case.id})
        if self.callback_at:
            case._request_callback(self.callback_at)
        number = self.call_ref or self.recording_ref
        if number:
            call, _result = self.env["water.call.record"]._keep({"call_ref": number})
            call._attach(case)
        return case

    def action_answer_and_close(self):
        """Register, answer and close an inquiry in one step (S2.3.1b).

        :raises UserError: without an answer or a required fact; no case is registered then
        """
        if not strip_invisible(self.answer):
            raise UserError(self.env._("Write down the answer you gave first."))
        if self.callback_at:
            raise UserError(
                self.env._("A call-back is to come: register the inquiry instead of closing it.")
            )
        case = self._register_case("water.inquiry", answer=self.answer)
        if self.anything_else:
            case._say_goodbye()
        case.action_answer_and_close()
        return True

    def action_register_inquiry(self):
        """The answer takes longer (S2.3.1c-d): registered, with a time to read out."""
        self._register_case("water.inquiry", answer=self.answer).action_process()
        return True

    def action_register_request(self):
        """A repair or an application: an emergency is on its way to the crew at once."""
        self._register_case("water.request", occurred_at=self.occurred_at)
        return True

    def action_open_case(self):
        """Open what this call has registered."""
        self.check_access("read")
        case = self._case()
        return windows.form(case)

    def action_next(self):
        """An empty screen for the next call."""
        return self.env["ir.actions.act_window"]._for_xml_id("water_service_desk.action_call")

    # -- the telephone system ---------------------------------------------------------------

    @api.model
    def _pick_up(self, query, recording=None, call=None):
        if not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Only service agents answer calls."))
        query, recording = clean_text(query, 64), clean_text(recording, 128)
        number = clean_text(call, 64)
        return self.create({"query": query, "recording_ref": recording, "call_ref": number})

    # -- lookup --------------------------------------------------------------------------------
    # Who is calling, and what is known: one indexed query for each source (S2.1.0).

    # -- who ----------------------------------------------------------------------------------

    @api.depends("query")
    def _compute_matches(self):
        for call in self:
            call.match_ids = call._find_accounts()
            call.match_count = len(call.match_ids)

    def _find_accounts(self):
        """Find accounts by the query, unique keys first."""
        text, accounts = (self.query or "").strip(), self.env["water.account"]
        if not text:
            return accounts
        case = self._known_case(text)
        if case is not None:
            return case.account_id
        domain = Domain("code", "=", text) | Domain("meter_no", "=", text)
        found = accounts.search(domain, limit=SHOWN)
        holders = found or self._find_partners(text)
        found = found or accounts.search([("partner_id", "in", holders.ids)], limit=SHOWN)
        return found or (accounts if holders else self._find_at(text))

    @api.model
    def _known_case(self, text):
        return self.env["water.case.link.mixin"]._case_by_number(text) if "-" in text else None

    def _find_partners(self, text):
        """Find people by telephone number, or by the beginning of their name or initials."""
        case = self._known_case(text)
        if case is not None:
            return case.partner_id
        number = self._sanitize(text)
        start = re.sub(r"([\\%_])", r"\\\1", text)  # typed signs are no wildcards
        domain = Domain("phone_sanitized", "=", number) if number else self._named(start)
        return self.env["res.partner"].search(domain, limit=SHOWN)

    @api.model
    def _named(self, start):
        named = Domain("name", "=like", f"{start}%")
        is_short = not (start.isascii() and start.isalpha() and len(start) > 1)
        return named if is_short else named | Domain("water_initials", "=like", f"{start.lower()}%")

    def _find_at(self, text):
        accounts = self.env["water.account"]
        if len(text) < SHORTEST or self._sanitize(text):
            return accounts
        start = re.sub(r"([\\%_])", r"\\\1", text)
        here = Domain("address", "like", start)
        if text.isascii() and text.isalnum():
            here |= Domain("address_initials", "like", text.lower())
        return accounts.search(here, limit=SHOWN)

    @api.model
    def _sanitize(self, text):
        """Return the number in international form, or False if ``text`` is none."""
        if not text or sum(char.isdigit() for char in text) < 5:
            return False
        return self.env.company._water_phone(text)

    @api.depends("match_ids")
    def _compute_account(self):
        """Take the only match; among several the agent chooses."""
        for call in self:
            matches = call.match_ids._origin  # on a form they are shadows of the accounts
            call.account_id = matches if len(matches) == 1 else False

    @api.depends("account_id", "query")
    def _compute_customer(self):
        for call in self:
            text = (call.query or "").strip()
            known = call._find_partners(text) if text else self.env["res.partner"]
            caller = known if len(known) == 1 else self.env["res.partner"]
            call.partner_id = call.account_id.partner_id or caller

    @api.depends("account_id", "partner_id", "query")
    def _compute_contact(self):
        """Propose the ringing number for calling back, not that of the account's holder."""
        for call in self:
            case, told = call._known_case(call.query or ""), call._case_of_query()
            dialled = call.query if case is None and call._is_dialled() else False
            call.contact_name = call.partner_id.name or told.contact_name
            call.phone = dialled or call.partner_id.phone or told.phone

    @api.depends("account_id", "partner_id", "query")
    def _compute_address(self):
        """Compute alone: a given address stays, and determines the zone."""
        for call in self:
            call.address = call.account_id.address or call._case_of_query().address

    def _case_of_query(self):
        """Return the case whose number was typed if it is the caller's own, else an empty one."""
        case = self._known_case(self.query or "")
        is_his = case is not None and case.partner_id == self.partner_id
        return case if is_his else self.env["water.inquiry"]

    @api.depends("account_id", "address")
    def _compute_zone(self):
        """Find the zone without an account as well, so that its incidents are shown (S2.1.0)."""
        zones = self.env["water.zone"]
        for call in self:
            call.zone_id = call.account_id.zone_id or zones._at(call.address, call.company_id)

    def _is_dialled(self):
        return bool(self._sanitize(self.query)) and not self._is_number()

    def _is_number(self):
        return bool(self.match_ids) and self.query in (
            *self.match_ids.mapped("code"),
            *self.match_ids.mapped("meter_no"),
        )

    # -- what we know ---------------------------------------------------------------------------

    @api.model
    def _case_types(self):
        return list(self.env["water.case.link.mixin"]._case_models().values())[::-1]

    def _case_domain(self):
        number = self._sanitize(self.phone)
        links = {"account_id": self.account_id.id, "partner_id": self.partner_id.id}
        parts = [Domain(name, "=", value) for name, value in links.items() if value]
        if number:
            named = Domain("is_anonymous", "=", False) if parts else Domain.TRUE
            parts.append(Domain("phone_normalized", "=", number) & named)
        return Domain.OR(parts)

    def _recent_cases(self, model):
        """Return the newest cases of ``model`` of the caller, open ones first."""
        found = self.env[model].search(self._case_domain(), order="id desc", limit=SHOWN)
        return found.sorted(lambda case: case.state in case._final_states)

    def _alerts(self):
        """Sentences that the agent must see first; addons add outages and appointments."""
        names = [flag.name for flag in self.flag_ids]
        flags = [self.env._("Note: %(flags)s", flags=names)] if names else []
        vexatious = self.partner_id._vexatious_alert()
        flags += [vexatious] if vexatious else []
        return flags + [
            self.env._(
                "Appointment of %(case)s: %(slot)s", case=visit.case_name, slot=visit.slot_text
            )
            for visit in self._open_visits()
        ]

    def _open_visits(self):
        """Return open appointments of the caller's cases."""
        visits = self.env["water.visit"]
        if not (self.account_id or self.partner_id or self._sanitize(self.phone)):
            return visits
        open_states = Domain("state", "in", ("planned", "confirmed", "arrived"))
        return visits.search(
            open_states & Domain("request_id", "any", self._case_domain()), limit=SHOWN
        )

    @api.depends("account_id", "partner_id", "match_ids", "phone", "zone_id", "address")
    def _compute_knowledge_of_caller(self):
        for call in self:
            call.alerts = " · ".join(call._alerts())
            call.running = [call._running_row(case) for case in call._running_cases()]

    def _running_cases(self):
        if not (self.account_id or self.partner_id or self._sanitize(self.phone)):
            return []
        rows = [case for model in self._case_types() for case in self._recent_cases(model)]
        return sorted(rows, key=lambda case: case.state in case._final_states)

    def _running_row(self, case):
        """Return the line of a running case on the screen."""
        return {
            "model": case._name,
            "id": case.id,
            "name": case.name,
            "subject": case.subject,
            "stage": case.stage_id.name,
            "next": case.next_step or "",
            "is_open": case.state not in case._final_states,
            "can_urge": case.can_urge,
            "urged": case.urge_count,
        }
