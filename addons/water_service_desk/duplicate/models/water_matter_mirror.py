from odoo import api, fields, models
from odoo.fields import Domain

from ...case.transitions import Missing, Refusal

#: what of the other case is promised to everybody whom the matter concerns
MIRRORED = ("on_site", "close", "news")


class WaterMatterMixin(models.AbstractModel):
    """Whoever's contact was merged reads how far the matter is, not that his number is closed.

    State, promise and news are those of the case that is handled; nothing else of it is
    shown: no words, no person, no number (E5).
    """

    _inherit = "water.matter.mixin"

    #: states that only the other customer brings about: for this one the result is told
    _his_alone = {}
    #: states in which a case may be merged, and others into it
    _merging_states = ()
    #: external id of what the customer of a merged case is sent
    _merged_template = None

    lead_state = fields.Char(string="State of the Matter", compute="_compute_lead_state")

    def _lead_case(self):
        """The case that is handled in place of this one, or nothing."""
        # sudo: case - state and dates alone are used of it
        return self.sudo().duplicate_of_id if self.state == "merged" else self.sudo().browse()

    def _joined_cases(self):
        """The cases of other customers that were merged into this one."""
        # sudo: case - nobody sees more of them; they are told
        merged = self.sudo().duplicate_ids.filtered(lambda case: case.state == "merged")
        return merged.filtered(lambda case: not case._is_told_with(case.duplicate_of_id))

    def _need_external_answer(self):
        """Nor does it end while a body waits whose order was merged into it."""
        missing = super()._need_external_answer()
        for case in self._merged_cases():
            missing += [
                Missing(f"{case.name}: {row}", "duplicate_ids")
                for row in case.with_env(self.env).sudo()._need_external_answer()
            ]
        return missing

    def _prepare_return(self, reason):
        """What goes back to its body is answered to nobody else: whoever was merged in is not
        left behind, not even the same customer.
        """
        missing = [row for case in self._merged_cases() for row in case._still_merged()]
        if missing:
            raise Refusal(self[:1].name, self, missing)
        super()._prepare_return(reason)

    def _still_merged(self):
        words = self.env._("%s is merged into it: undo that first", self.name)
        return [Missing(words, "duplicate_ids")]

    def _need_no_joined(self):
        """Whoever relies on it is not left behind when it ends without a result."""
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
            if lead:  # his own order is still answered by its own date
                dates = [lead.promised_at, *case._promised_bodies(), *case._held_dates(lead)]
                case.promised_at = min(filter(None, dates), default=False)

    def _limits_counted_on(self):
        """He counts on what all do, and on what holds for him alone."""
        lead = self._lead_case()
        theirs = lead._limits_counted_on() + self._held_dates(lead) if lead else []
        return super()._limits_counted_on() + theirs

    def _body_limit(self):
        """Whoever waits for an order that was merged in waits for this case."""
        bodies = [super()._body_limit()]
        bodies += [case._body_limit() for case in self._merged_cases()]
        return min(filter(None, bodies), default=False)

    # -- the customer's pages ----------------------------------------------------------------

    def _portal_page(self):
        page, lead = super()._portal_page(), self._lead_case()
        return page | self._portal_lead(lead) if lead else page

    def _told_clocks(self):
        """What is promised to everybody whom the matter concerns, and what to him alone."""
        lead = self._lead_case()
        if not lead:
            return super()._told_clocks() - self._promised_to_others()
        shown = super(WaterMatterMixin, lead)._told_clocks()
        his = self._promised_to_him()
        return shown.filtered(
            lambda row: row.kind in MIRRORED or row in his or row._promises_result()
        )

    def _portal_promise(self, clock, title):
        """While the matter stands still, his own date holds."""
        row, due = super()._portal_promise(clock, title), self._held_limits().get(clock.id)
        if not due or row["state"] != "paused":
            return row
        words = {"what": title, "due": self._portal_time(due)}
        text = self.env._("%(what)s by %(due)s", **words)
        until = self.env._("by %s", words["due"])
        return row | {"state": "running", "until": until, "text": text}

    def _is_provisional_date(self, moment):
        """A date of the matter is as certain for him as for the other one."""
        lead = self._lead_case()
        return super()._is_provisional_date(moment) or bool(
            lead and lead._is_provisional_date(moment)
        )

    def _portal_rows(self):
        rows = super()._portal_rows()
        for case, row in zip(self, rows, strict=True):
            lead = case._lead_case()
            if lead:
                told = lead._portal_told()
                row |= self._portal_lead(lead)
                row["promised"] = "" if told else case._portal_due()
        return rows

    def _portal_lead(self, lead):
        """What a page says of how far the matter is.

        :param lead: the case that is handled, with superuser rights
        """
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
        """He goes on to tell us what he knows while the matter is open."""
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
        """Whoever handles the matter hears of it, not only who has taken the other call."""
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
        """Nobody hears what is said of himself, nor what is closed to the desk and to him."""
        case = self.sudo()
        closed = case.is_restricted and not case._is_open_to(handler)
        return handler not in case._people_concerned() and not closed

    # -- messages ----------------------------------------------------------------------------

    def _send_of_lead(self):
        """Whose contact is merged is told by whom he is answered, and by when."""
        self._send_to_customer(self.env.ref(self._merged_template))

    def _tell_customer_of_delay(self, clock, pause):
        """Whoever relies on the same limit hears of the new one as well."""
        super()._tell_customer_of_delay(clock, pause)
        if clock._promises_result():
            self._joined_cases()._send_of_lead()
