from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...base.roles import CONTACT_GROUPS, SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import strip_invisible
from ...case.transitions import Missing, Refusal
from ..address import address_key

#: Most earlier cases shown while typing.
SHOWN = 6
#: The to-do to call a customer whom no message reaches.
RESULT = "water_service_desk.mail_activity_type_result"
#: kinds of clocks promised to all customers of merged cases
MIRRORED = ("on_site", "close", "news")


class WaterMatterMixin(models.AbstractModel):
    """Several contacts about one subject: found while typing, linked, counted, notified (E5).

    Case types list it before themselves; links and merges stay within a type.
    """

    _name = "water.matter.mixin"
    _description = "One of Several Contacts about a Matter"

    address_key = fields.Char(
        compute="_compute_address_key",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
    )
    repeat_of_id = fields.Many2one(
        "water.matter.mixin",
        string="Repeat of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="An earlier case about the same matter, handled beside this one.",
    )
    repeat_ids = fields.One2many(
        "water.matter.mixin", "repeat_of_id", string="Repeats", readonly=True
    )
    repeat_count = fields.Integer(
        string="Contacts on the Matter",
        readonly=True,
        copy=False,
        default=0,
        help="This case, its repeats and what was merged into it; 0 as long as it is alone.",
    )
    repeat_alerted_at = fields.Datetime(readonly=True, copy=False)
    similar_ids = fields.Many2many(
        "water.matter.mixin", string="Recent Cases", compute="_compute_similar"
    )

    #: states that only the other customer brings about: for this one the result is told
    _his_alone = {}
    #: states in which a case may be merged, and others into it
    _merging_states = ()
    #: external id of the message to the customer of a merged case
    _merged_template = None

    lead_state = fields.Char(string="State of the Matter", compute="_compute_lead_state")

    @api.depends("address")
    def _compute_address_key(self):
        for case in self:
            case.address_key = address_key(case.address)

    # -- while typing ------------------------------------------------------------------------

    @api.depends("phone", "account_id", "address", "partner_id", "is_anonymous", "state")
    @api.depends_context("uid")
    def _compute_similar(self):
        for case in self:
            # users who file or handle a case are notified; finished cases are not checked
            asked = case._reads_contact() and case.state not in case._final_states
            facts = case._similar_facts() if asked else {}
            company = case.company_id or self.env.company
            case.similar_ids = case._find_similar(facts, case._origin, company)

    def _similar_facts(self):
        """{field: value} of what may be the same as in another case."""
        facts = {
            "phone_normalized": self.phone_normalized,
            "account_id": self.account_id._origin.id,
            "partner_id": self.partner_id._origin.id,
            "address_key": address_key(self.address),
        }
        return {} if self.is_anonymous else {name: value for name, value in facts.items() if value}

    @api.model
    def _find_similar(self, facts, other=None, company=None):
        """Return recent cases of the company that share a fact and that the user may read.

        Every fact has an index of its own; the newest come first. Anonymous cases are not found by
        telephone: it would reveal the customer.

        :param facts: {field: value}, from :meth:`_similar_facts`
        :param other: the case itself, left out
        :param company: res.company of the cases, by default the user's present one
        """
        if not facts:
            return self.browse()
        company = company or self.env.company
        # sudo: res.company - how far it looks back
        days = timedelta(days=company.sudo().water_repeat_days)
        named = {"phone_normalized": Domain("is_anonymous", "=", False)}
        same = Domain.OR(
            Domain(name, "=", value) & named.get(name, Domain.TRUE) for name, value in facts.items()
        )
        recent = Domain("received_at", ">=", fields.Datetime.now() - days)
        apart = Domain("id", "!=", other.id) if other else Domain.TRUE
        here = Domain("company_id", "=", company.id)
        domain = same & here & recent & apart & Domain("state", "!=", "merged")
        found = self.search_fetch(domain, ["received_at"], order="id")
        # browsed again, so that reads of these few do not prefetch all
        return self.browse(found.sorted("received_at", reverse=True)[:SHOWN].ids)

    # -- linking -----------------------------------------------------------------------------

    def _root(self):
        return self.duplicate_of_id or self.repeat_of_id or self

    def _same_customer(self, other):
        """Return whether both have the same customer: person, telephone or account.

        Two known people are different even with the same account: a former and a present holder. An
        anonymous case never equals a named one: it would reveal the customer.
        """
        mine, theirs = self.sudo(), other.sudo()
        if mine.is_anonymous != theirs.is_anonymous:
            return False
        names = ["partner_id", "phone_normalized"]
        if not (mine.partner_id and theirs.partner_id):
            names.append("account_id")
        return any(mine[name] and mine[name] == theirs[name] for name in names)

    def _need_same_company(self, other):
        """Each company counts, and answers for, its own contacts."""
        if other.sudo().company_id == self.company_id:
            return []
        return [Missing(self.env._("choose an original of the same company"), "action_relate")]

    def _need_same_customer(self, other, reason):
        """Only a supervisor, with a reason, brings the matters of two customers together."""
        if self.env.su or self._same_customer(other):
            return []
        if not self.env.user.has_group(SUPERVISOR):
            words = self.env._("they are of different customers: ask a supervisor")
            return [Missing(words, "action_relate")]
        if not strip_invisible(reason):
            words = self.env._("say why the matters of two customers are one")
            return [Missing(words, "action_relate")]
        return []

    def _link_repeat(self, original, reason=None):
        """Link the case as a repeat of an earlier one.

        Both are handled and answered separately; access rights stay as they are.

        :param original: case of the same type
        :param reason: why, required for the cases of two customers
        :raises UserError: with what is missing
        """
        self.ensure_one()
        self.check_access("write")
        original.check_access("read")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk links cases."))
        root = original.sudo()._root()
        missing = self._need_same_company(root) or self._need_same_customer(root, reason)
        if missing:
            raise UserError("\n".join(missing))
        if root == self or self.repeat_ids or self.sudo().duplicate_ids:
            raise ValidationError(
                self.env._("Choose the earliest case of the matter: no chains, no circles.")
            )
        self._set_repeat(root, reason)

    def _set_repeat(self, root, reason=None):
        trusted(self.sudo()).write({"repeat_of_id": root.id})
        self._log_events("repeat_linked", {"original": root.name, "reason": reason or ""})
        root.sudo()._count_repeats()

    def _unlink_repeat(self, reason):
        """Unlink a repeat.

        :param reason: why, required
        :raises UserError: without a reason, or if it is not linked
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        root = self.sudo().repeat_of_id
        if not self._is_desk() or not root:
            raise UserError(self.env._("%s is no repeat of another case.", self.name))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        trusted(self.sudo()).write({"repeat_of_id": False})
        self._log_events("repeat_unlinked", {"original": root.name, "reason": reason})
        root._count_repeats()

    def _count_repeats(self):
        """Count the contacts about these cases; notify the supervisor of too many.

        Repeats of merged cases count for the lead case.
        """
        for root in self | self.duplicate_of_id:
            merged = root.duplicate_ids
            others = len(root.repeat_ids | merged | merged.repeat_ids)
            trusted(root).write({"repeat_count": 1 + others if others else 0})
            limit = root.company_id.water_repeat_contacts
            if root.repeat_count >= limit and not root.repeat_alerted_at:
                trusted(root).write({"repeat_alerted_at": fields.Datetime.now()})
                root._tell_repeats()

    def _tell_repeats(self):
        case = self.sudo()
        tell_staff(
            case,
            case._desk_supervisors() - case._people_concerned(),
            lambda row: row.env._(
                "%(case)s: %(count)s contacts on the same matter",
                case=row.name,
                count=row.repeat_count,
            ),
        )

    # -- the dialog ----------------------------------------------------------------------------

    def action_relate(self):
        """Open the dialog that links a case to an earlier one, merges it, or undoes that."""
        self.ensure_one()
        return self._dialog("water.merge.wizard", self.env._("Same Matter"))

    # -- limits --------------------------------------------------------------------------------
    # New limits of the lead case stay within waiting limits of merged cases.
    #
    # The lead case may get another triage, standard or round: a contact's earlier limit holds in
    # that round of handling, a body's until its order is answered.

    def _restart_clocks(self, kinds):
        clocks = super()._restart_clocks(kinds)
        for case in self.sudo():
            case._hurry_by_merged(clocks.filtered(lambda row, case=case: row._case() == case))
        return clocks

    def _hurry_by_merged(self, clocks):
        for case in self._merged_cases():
            case._hurry(clocks, case._limits_to_keep())

    # -- the body moves its limit ----------------------------------------------------------------

    def _start_external_clock(self):
        super()._start_external_clock()
        self._order_moved()

    def _order_moved(self):
        for case in self.sudo().filtered("merge_snapshot"):
            lead = case._lead_case()
            if not lead or lead.state in lead._final_states:
                continue
            promised = lead.promised_at
            orders = [row for row in case._limits_to_keep() if row[2]]
            case._hurry(lead._open_clocks(), orders, is_final=True)
            lead._tell_earlier(promised)

    def _check_unsealed(self):
        """Refuse entries in a merged case: they belong to the lead case.

        :raises UserError: with the number of that case
        """
        for case in self:
            lead = case._lead_case()
            if lead and lead.state not in lead._final_states:
                raise UserError(
                    self.env._(
                        "%(case)s is handled together with %(lead)s: enter it there, or undo the"
                        " merging first with the button “Same Matter”.",
                        case=case.name,
                        lead=lead.name,
                    )
                )
        super()._check_unsealed()

    # -- mirror --------------------------------------------------------------------------------
    # The customer of a merged case reads the progress of the lead case, not “closed”.
    #
    # State, promise and news are those of the lead case; its words, people and number are hidden
    # (E5).

    def _lead_case(self):
        # sudo: case - state and dates alone are used of it
        return self.sudo().duplicate_of_id if self.state == "merged" else self.sudo().browse()

    def _joined_cases(self):
        # sudo: case - not shown; their customers are notified
        merged = self.sudo().duplicate_ids.filtered(lambda case: case.state == "merged")
        return merged.filtered(lambda case: not case._is_told_with(case.duplicate_of_id))

    def _need_external_answer(self):
        """Require the answers of merged orders before the case ends."""
        missing = super()._need_external_answer()
        for case in self._merged_cases():
            missing += [
                Missing(f"{case.name}: {row}", "duplicate_ids")
                for row in case.with_env(self.env).sudo()._need_external_answer()
            ]
        return missing

    def _prepare_return(self, reason):
        """Refuse to return an order with merged cases, which would stay unanswered, even of the
        same customer.
        """
        missing = [row for case in self._merged_cases() for row in case._still_merged()]
        if missing:
            raise Refusal(self[:1].name, self, missing)
        super()._prepare_return(reason)

    def _still_merged(self):
        words = self.env._("%s is merged into it: undo that first", self.name)
        return [Missing(words, "duplicate_ids")]

    def _need_no_joined(self):
        """Refuse to end without a result while merged cases rely on it."""
        return [row for case in self._joined_cases() for row in case._still_merged()]

    @api.depends("state", "duplicate_of_id")
    def _compute_lead_state(self):
        for case in self:
            lead = case._lead_case()
            case.lead_state = case._state_label(lead.state) if lead else False

    @api.depends("state", "duplicate_of_id")
    def _compute_promised_at(self):
        super()._compute_promised_at()
        for case in self:
            lead = case._lead_case()
            if lead:  # an order of the merged case keeps its own date
                dates = [lead.promised_at, *case._promised_bodies(), *case._held_dates(lead)]
                case.promised_at = min(filter(None, dates), default=False)

    def _limits_counted_on(self):
        lead = self._lead_case()
        theirs = lead._limits_counted_on() + self._held_dates(lead) if lead else []
        return super()._limits_counted_on() + theirs

    def _body_limit(self):
        bodies = [super()._body_limit()]
        bodies += [case._body_limit() for case in self._merged_cases()]
        return min(filter(None, bodies), default=False)

    # -- the customer's pages ----------------------------------------------------------------

    def _portal_page(self):
        page, lead = super()._portal_page(), self._lead_case()
        return page | self._portal_lead(lead) if lead else page

    def _shown_clocks(self):
        lead = self._lead_case()
        if not lead:
            return super()._shown_clocks() - self._promised_to_others()
        shown = super(WaterMatterMixin, lead)._shown_clocks()
        his = self._promised_to_him()
        return shown.filtered(
            lambda row: row.kind in MIRRORED or row in his or row._promises_result()
        )

    def _portal_promise(self, clock, title):
        """Show the customer's own date while the lead case is paused."""
        row, due = super()._portal_promise(clock, title), self._held_limits().get(clock.id)
        if not due or row["state"] != "paused":
            return row
        words = {"what": title, "due": self._portal_time(due)}
        text = self.env._("%(what)s by %(due)s", **words)
        until = self.env._("by %s", words["due"])
        return row | {"state": "running", "until": until, "text": text}

    def _is_provisional_date(self, moment):
        lead = self._lead_case()
        return super()._is_provisional_date(moment) or bool(
            lead and lead._is_provisional_date(moment)
        )

    def _portal_rows(self):
        rows = super()._portal_rows()
        for case, row in zip(self, rows, strict=True):
            lead = case._lead_case()
            if lead:
                told = lead._portal_has_result()
                row |= self._portal_lead(lead)
                row["promised"] = "" if told else case._portal_due()
        return rows

    def _portal_lead(self, lead):
        state = self._his_alone.get(lead.state, lead.state)
        return {
            "status": self._portal_titles()[state],
            "is_open": lead.state not in self._final_states,
        }

    def _portal_timeline(self):
        """The own steps up to the merging, then those of the matter."""
        lead = self._lead_case()
        if not lead:
            return super()._portal_timeline()
        titles = self._portal_titles() | self._portal_coming_titles()
        shown = self._his_alone.get(lead.state, lead.state)
        is_open = lead.state not in self._final_states
        moves = lead.event_ids.filtered(lambda row: row.kind == "moved").sorted("id")
        at = max(filter(None, (moves[-1:].at, self.merged_at)))
        present = self._portal_step(self._portal_titles(), shown, at)
        present["kind"] = "present" if is_open else "past"
        present["note"] = lead._stage_words() if lead.state in self._merging_states else ""
        path = [state for state in self._portal_path if state not in self._his_alone]
        ahead = path[path.index(shown) + 1 :] if is_open and shown in path else ()
        return [
            *self._portal_past_steps(),
            present,
            *({"title": titles[s], "note": "", "at": "", "kind": "coming"} for s in ahead),
        ]

    def _portal_can(self, action):
        """Let the customer send messages while the lead case is open."""
        lead = self._lead_case()
        if lead and action == "message":
            return lead.state not in self._final_states
        return super()._portal_can(action)

    @api.model
    def _portal_filters(self):
        runs = Domain("state", "=", "merged") & Domain("duplicate_of_id.closed_at", "=", False)
        is_open = Domain("closed_at", "=", False) | runs
        return super()._portal_filters() | {
            "open": (self.env._("In progress"), is_open),
            "closed": (self.env._("Finished"), ~is_open),
        }

    def _post_from_customer(self, text, attachments=()):
        """Notify the handler of the lead case of the message as well."""
        super()._post_from_customer(text, attachments)
        lead = self._lead_case()
        if not lead:
            return
        handler = lead._whose_turn()
        if not handler:
            lead._tell_untaken()
        elif handler != self._whose_turn() and self._tells_words(handler):
            lead._tell_words(handler, text)

    def _tells_words(self, handler):
        case = self.sudo()
        closed = case.is_restricted and not case._is_open_to(handler)
        return handler not in case._people_concerned() and not closed

    # -- messages ----------------------------------------------------------------------------

    def _send_of_lead(self):
        self._send_to_customer(self.env.ref(self._merged_template))

    def _tell_customer_of_delay(self, clock, pause):
        """Notify merged customers with the same limit."""
        super()._tell_customer_of_delay(clock, pause)
        if clock._promises_result():
            self._joined_cases()._send_of_lead()

    def _api_state(self):
        values, lead = super()._api_state(), self._lead_case()
        return {**values, "closed_at": lead._api_state()["closed_at"]} if lead else values

    # -- news ----------------------------------------------------------------------------------
    # Customers whose contact was merged hear in their own case as well how far the matter is.

    def _keep_news(self, text):
        row = super()._keep_news(text)
        for case in self._joined_cases():
            case._keep_news(self._words_for(case, {"text": text})["text"])
        return row

    def _start_next_news(self, at):
        """News goes on as long as the standard of any of the contacts promises it."""
        clocks = super()._start_next_news(at)
        if clocks:
            return clocks
        office = self.company_id.sudo()._water_calendar()
        values = [
            self.sudo()._clock_values(line, at, office)
            for case in self._joined_cases()
            for line in case._promised_lines("received", ("news",), {}, office)
        ]
        first = sorted(values, key=lambda row: row["due_at"])[:1]
        return self.env["water.deadline"]._start(first)

    # -- erasure -------------------------------------------------------------------------------
    # Evidence of a merged case is in the lead case.

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        held = self.sudo().duplicate_ids.filtered("legal_hold")
        if held:
            words = self.env._("%s, which was merged into it, is under legal hold", held[0].name)
            hindrances.append(words)
        return hindrances
