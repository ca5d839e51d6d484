from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint import steps
from ...complaint.steps import PLACED

#: Categories of which a cluster, or one case, may be an incident.
TRIGGERS = ("cluster", "condition", "always")
#: Marks the end of an incident, whose news were told; no caller can send it.
_TOLD = object()


class WaterCaseMixin(models.AbstractModel):
    """A case of any type may hang on an incident: it is told, not handled once more."""

    _inherit = "water.case.mixin"
    _description = "Case"

    #: states in which a case may still come to hang on an incident
    _incident_states = ("registered", "dispatched", "investigating", "accepted", "processing")
    #: the state in which a case ends with its incident
    _incident_end = "closed"

    incident_id = fields.Many2one(
        "water.incident",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        check_company=True,
        readonly=True,
    )
    own_claim = fields.Boolean(
        string="Claim of Its Own",
        copy=False,
        help="Asks for more than that the supply comes back, such as for flood damage: stays open"
        " when the incident is over.",
    )
    incident_text = fields.Text(related="incident_id.current_text", string="News of the Incident")

    #: states in which a user investigates the cause of this case
    _incident_busy_states = ()

    late_category_id = fields.Many2one(
        "water.category",
        string="Proposed Category",
        compute="_compute_late_category",
        help="What the case is about now that planned work takes longer than announced.",
    )

    _new_steps = steps.CASE_NEW
    _created_steps = steps.CASE_CREATED
    _reactions = steps.CASE_CHANGED

    @api.model
    def _claims(self, vals_list):
        """Return the ids of claim categories among the values of cases."""
        ids = {vals["category_id"] for vals in vals_list if vals.get("category_id")}
        # sudo: water.category - asked what kind of matter it is
        return set(self.env["water.category"].sudo().browse(ids).filtered("is_claim").ids)

    @api.model
    def _running_incidents(self, vals_list):
        accounts = [vals["account_id"] for vals in vals_list if vals.get("account_id")]
        zones = self.env["water.account"].sudo().browse(accounts).zone_id.ids
        zones += [vals["zone_id"] for vals in vals_list if vals.get("zone_id")]
        there = Domain("zone_ids", "in", zones) | Domain("account_ids", "in", accounts)
        # sudo: water.incident - registering a case links it to running incidents
        return self.env["water.incident"].sudo().search(Domain("state", "=", "open") & there)

    @api.model
    def _incident_of(self, incidents, vals):
        """The running incident that a case with these values belongs to, or none."""
        if not incidents:
            return incidents
        account = self.env["water.account"].sudo().browse(vals.get("account_id"))
        zone = vals.get("zone_id") or account.zone_id.id
        category = self.env["water.category"].sudo().browse(vals.get("category_id"))
        company = vals.get("company_id") or self.env.company.id
        occurred_at, received_at = (
            fields.Datetime.to_datetime(vals.get(name)) for name in ("occurred_at", "received_at")
        )
        return incidents.filtered(
            lambda incident: (
                incident.company_id.id == company
                and (zone in incident.zone_ids.ids or account in incident.account_ids)
                and incident._takes(category, occurred_at, received_at)
            )
        )[:1]

    def _incident_clusters(self):
        """``(company, zone, kind, family, always)`` of what may make an incident, each once.

        The family is that of cases of no kind of their own, which count with their like alone.
        """
        risky = self.sudo().filtered(
            lambda case: case.zone_id and case.category_id.emergency_trigger in TRIGGERS
        )
        if not risky:
            return set()
        kinds, rest = self.env["water.incident.kind"].sudo()._by_category()
        found = set()
        for case in risky:
            category = case.category_id
            kind = kinds.get(category) or rest
            family = category.parent_id or category
            if kind.nature != "other":
                family = family.browse()
            if kind:
                always = category.emergency_trigger == "always"
                found.add((case.company_id, case.zone_id, kind, family, always))
        return found

    # -- joining and leaving ------------------------------------------------------------------

    def _join_incident(self, incident):
        """Link the cases to ``incident``; their own clocks and dispatches stay."""
        trusted(self.sudo()).write({"incident_id": incident.id})
        self._log_joined()
        if not incident.kind_id.starts_on_site:
            self._clocks_of_crews()._void()

    def _clocks_of_crews(self):
        waits = self.sudo().filtered(lambda case: not case._has_own_crew())
        return waits._open_clocks().filtered(lambda clock: clock.kind == "on_site")

    def _has_own_crew(self):
        """Return whether the customer needs a crew besides the one at the main."""
        case = self.sudo()
        return case.category_id.has_own_crew or case._is_other_matter()

    def _is_unattended(self):
        has_crew = self.sudo().incident_id and not self._has_own_crew()
        return not has_crew and super()._is_unattended()

    def _clocks_met_by(self, kind):
        clocks = super()._clocks_met_by(kind)
        if kind == "incident_joined":
            clocks -= self.filtered(lambda case: case._has_own_crew()).sudo()._open_clocks()
        return clocks

    def _standard_lines(self, office):
        lines = super()._standard_lines(office)
        incident = self.sudo().incident_id
        awaited = incident.kind_id.starts_on_site or self._has_own_crew()
        over = incident.state == "dismissed" or incident._is_past_announced_end()
        if not incident or awaited or over:
            return lines
        return tuple(line for line in lines if line.kind != "on_site")

    def _log_joined(self):
        if not self:
            return
        self._log_events(
            "incident_joined", {case.id: {"number": case.sudo().incident_id.name} for case in self}
        )
        helped = self.filtered(lambda case: case.sudo().incident_id.arrived_at)
        if helped := helped.filtered(lambda case: not case._has_own_crew()):
            helped._log_events("arrived")

    def action_leave_incident(self):
        """Take the case out of the incident; it is handled by itself from now on.

        :raises UserError: for a finished case, or by anyone but the desk
        """
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk takes a case out of an incident."))
        names = {case.id: {"number": case.sudo().incident_id.name} for case in self}
        trusted(self.sudo()).write({"incident_id": False})
        self._log_events("incident_left", names)
        for case in self:
            case._await_crew()
        self._call_out()
        return True

    def _await_crew(self):
        clocks = self.sudo().deadline_ids.filtered(lambda clock: clock.state != "void")
        awaited = () if "on_site" in clocks.mapped("kind") else ("on_site",)
        if not (self.sudo().dispatch_ids or self._clocks_of_dispatching()):
            awaited += ("dispatch",)
        if awaited:
            self._restart_clocks(awaited)

    # -- what the customer and the desk hear ----------------------------------------------------

    def _send_stage_mail(self):
        told = self.filtered(
            lambda case: case.state == case._initial_state and case.sudo().incident_id._valid_news()
        )
        if self.env.context.get("water_incident_told") is _TOLD:
            return  # the news of the end were sent already
        super(WaterCaseMixin, self - told)._send_stage_mail()
        for incident, cases in told.sudo().grouped("incident_id").items():
            incident._valid_news()._tell_cases(cases)

    def _notified_wording(self):
        """Return the key by which a person is told once: the customer, else the mail address, else
        the telephone number, else the case.
        """
        stranger = self.email_normalized or self.phone_normalized or self
        return self.partner_id or stranger

    def _log_notified(self, at=None):
        """The customers were told how it stands: that is a contact, where the kind says so.

        :param at: naive UTC, now by default
        """
        at = at or fields.Datetime.now()
        fresh = self.sudo().filtered(
            lambda case: (
                case.incident_id.kind_id.told_is_contact
                and case.state not in case._final_states
                and (not case.first_contact_at or "contact" in case._open_clocks().mapped("kind"))
            )
        )
        if not fresh:
            return
        trusted(fresh.filtered(lambda case: not case.first_contact_at)).write(
            {"first_contact_at": at}
        )
        numbers = {case.id: {"number": case.incident_id.name} for case in fresh}
        fresh._log_events("incident_told", numbers, at=at)

    def _need_incident_over(self):
        case = self.sudo()
        if case.own_claim:
            return case._why_not_ended()
        if case.incident_id.state not in ("restored", "closed", "dismissed"):
            return [self.env._("wait for the end of the incident it hangs on")]
        return case._why_not_ended()

    def _close_with_incident(self, text):
        self._open_clocks()._check_due()  # a missed limit may keep a case open
        told = self.with_context(water_incident_told=_TOLD)
        ready = told.filtered(lambda case: not case._refusals(case._incident_end))
        if ready:
            ready._log_events("incident_over", {case.id: {"result": text} for case in ready})
            ready._keep_incident_result(text)
            ready._move_to(self._incident_end)

    def _keep_incident_result(self, text):
        """Hook: store the news of the end as the result of the case."""

    @api.model
    def _prepare_incident(self, vals_list):
        incidents = self._running_incidents(vals_list)
        claims = self._claims(vals_list)
        for vals in vals_list:
            incident = self._incident_of(incidents, vals)
            vals["incident_id"] = incident.id
            if incident and vals.get("category_id") in claims:
                vals["own_claim"] = True

    def _follow_incident(self):
        joined = self.filtered("incident_id")
        joined._log_joined()
        # agents read the news on the screen; at other doors the message brings them
        joined.filtered(lambda case: case.sudo().channel_id.is_live)._log_notified()
        self.env["water.incident"]._propose_for(self.filtered(lambda case: not case.incident_id))

    def _prepare_write(self, vals):
        vals = super()._prepare_write(vals)
        if vals.get("category_id") in self._claims([vals]) and any(self.mapped("incident_id")):
            vals["own_claim"] = True
        return vals

    # -- ending --------------------------------------------------------------------------------
    # Whether a case may end with the incident it hangs on (S3.2.1f).

    def _why_not_ended(self):
        """Return what keeps the case from ending with its incident, as sentences.

        Called with ``sudo``. Other addons add their reasons.
        """
        self.ensure_one()
        words = []
        if self.own_claim:
            words.append(self.env._("handle its own claim first"))
        if self.state in self._incident_busy_states:
            words.append(self.env._("it is under investigation"))
        if self.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted")):
            words.append(self.env._("a department is still at work"))
        if self.visit_ids.filtered(lambda row: row._is_open()):
            words.append(self.env._("a visit is still to come"))
        if self._open_calls("requested"):
            words.append(self.env._("the customer has asked to be called"))
        if self.external_state == "open":
            words.append(self.env._("the order of another body is not answered yet"))
        if self.category_id.is_medical or self._tells_of_harm():
            words.append(self.env._("it reports injury or illness"))
        if self.category_id not in self.incident_id.category_ids:
            words.append(self.env._("it is about another matter"))
        if self._is_elsewhere():
            words.append(self.env._("it is about another place"))
        if self._unsigned_end():
            words.append(self.env._("what its customer is told has to be signed first"))
        return words

    def _unsigned_end(self):
        name = self._signed_field
        return self._need_signature("answer", self[name] or "") if name else []

    def _tells_of_harm(self):
        """Return whether its texts mention injuries or illness."""
        words = self.env["water.emergency.word"]
        texts = [text for text in self._given_texts() if text]
        return words._tells_of_harm("\n".join(texts), self.company_id.id)

    def _end_words(self):
        return self._state_label(self._incident_end)

    def _why_stays_open(self):
        return self._why_not_ended() or self._who_waits()

    def _can_be_called(self):
        return bool(self.phone) and self._addressee().water_message_medium != "none"

    # -- late ----------------------------------------------------------------------------------
    # After the announced end of planned work a missing supply is another matter (OT05).
    #
    # The pick-up screen says so while the agent types; cases of all other doors, and those that
    # came before, are proposed the category on their form.

    @api.depends("incident_id", "category_id", "state")
    def _compute_late_category(self):
        for case in self:
            # sudo: water.incident - the announced end is public
            late = case.sudo().incident_id
            proposed = late._late_category_for(case.category_id)
            case.late_category_id = case.state not in case._final_states and proposed.id

    def action_set_late_category(self):
        """Take over the proposed category; its crew is awaited from now on.

        :raises UserError: if no category is proposed
        """
        self.check_access("write")
        for case in self:
            category = case.late_category_id
            if not category:
                raise UserError(self.env._("The announced end is not past, or it is about more."))
            case.category_id = category
            case._await_crew()
        return True

    # -- joining -------------------------------------------------------------------------------
    # Category and place are often put right later: what follows is the same as at the first look.
    #
    # A case that turns out to belong to a running incident is linked to it and gets its news. A
    # linked case that turns out to be about something else stays until the end of the incident, but
    # gets a crew, and may cause an incident of its own.

    def _is_other_matter(self):
        """Return whether the case is about something else, or somewhere else, than its incident."""
        case = self.sudo()
        if not case.incident_id:
            return False
        return case.category_id not in case.incident_id.category_ids or case._is_elsewhere()

    def _is_elsewhere(self):
        incident, zone = self.incident_id, self.zone_id or self.account_id.zone_id
        here = zone in incident.zone_ids or self.account_id in incident.account_ids
        return bool(zone) and not here

    def _on_matter_of_incident(self, before, _vals):
        changed = self.sudo().filtered(
            lambda case: (
                case.state in case._incident_states
                and any(case[name] != before[case.id].get(name, case[name]) for name in PLACED)
            )
        )
        for case in changed:
            if not case.incident_id or case._is_other_matter():
                case._join_running()
        others = changed.filtered(lambda case: case._is_for_itself())
        for case in others:
            case._await_crew()
        self.env["water.incident"]._propose_for(
            changed.filtered(lambda case: not case.incident_id) | others
        )

    def _is_for_itself(self):
        """Return whether the case is handled by itself although it is linked to an incident."""
        over = self.incident_id.state in ("restored", "closed", "dismissed")
        return over or self._is_other_matter()

    def _left_incidents(self):
        """Return the numbers of incidents it was taken out of: it does not rejoin by itself."""
        left = self.event_ids.filtered(lambda event: event.kind == "incident_left")
        return {(event.payload or {}).get("number") for event in left}

    def _join_running(self):
        """Hang on what goes on where the case is, if it is about that; its customer is told."""
        facts = {name: self[name].id for name in ("category_id", "zone_id", "account_id")}
        moments = {name: self[name] for name in ("occurred_at", "received_at")}
        facts |= {"company_id": self.company_id.id, **moments}
        left = self._left_incidents()
        running = self._running_incidents([facts]).filtered(lambda row: row.name not in left)
        incident = self._incident_of(running, facts)
        if not incident:
            return
        self._join_incident(incident)
        if self.category_id.is_claim:
            trusted(self).write({"own_claim": True})
        news = incident._valid_news()
        if news and not self.partner_id & news.contact_ids.partner_id:
            news._tell_cases(self)

    # -- promise -------------------------------------------------------------------------------
    # A case of a running incident has the promises of the incident.

    def _shared_promises(self):
        # sudo: water.incident - public in its area
        case = self.sudo()
        incident = case.incident_id
        if incident.state != "open" or case._is_for_itself() or case.state in case._final_states:
            return super()._shared_promises()
        return incident._promise_rows() + super()._shared_promises()

    def _has_own_promise(self):
        case = self.sudo()
        alone = not (case.incident_id and self._shared_promises())
        late = case.incident_id._is_past_announced_end()
        own = alone or late or case.own_claim or self._has_own_crew()
        return bool(own) and super()._has_own_promise()

    def _crew_is_awaited(self):
        """Return whether a crew is awaited at the customer's place instead of at the main."""
        incident = self.sudo().incident_id
        gone = incident.state == "dismissed" or incident._is_past_announced_end()
        helped = incident and not gone and not self._has_own_crew()
        return not helped and super()._crew_is_awaited()
