from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.births import WAYS
from odoo.addons.water_service_desk.case.transitions import Missing, Move
from odoo.addons.water_service_desk.knowledge.search_terms import INDEX_FUNCTION, search_terms
from odoo.addons.water_service_desk.privacy.models.water_erasure_mixin import PRIVACY
from odoo.addons.water_service_desk.privacy.scrub import GONE, Scrubber

from ...complaint.models.water_complaint import OPEN_STATES

#: Parts of an event's payload that are no words of people.
FACTS = frozenset(
    {
        *("from", "to", "clock", "due", "mode", "finding", "cause", "medium", "failure"),
        *("severity", "category", "channel", "received_at", "department", "role", "events"),
        *("goodbye", "process", "number", "digest", "step", "decision", "level", "liability"),
    }
)


class Shredder(Scrubber):
    """Scrubber that removes all texts, and keeps of events only the facts that are counted."""

    def __init__(self):
        super().__init__(())

    def __call__(self, text):
        return GONE

    def tree(self, value):
        """The same for what JSON can express; counted facts and keys stay."""
        if isinstance(value, dict):
            return {k: v if k in FACTS else self.tree(v) for k, v in value.items()}
        return super().tree(value)


DONE, ABSENT, MISSING = "done", "absent", "missing"
LATEST = datetime.max
#: Fields of a complaint for the full-text search, without customer data.
SEARCHED = (
    *("subject", "verbatim", "description", "demand"),
    *("investigation", "plan", "resolution", "customer_remark"),
)
#: The function of the articles for text of one language. It names its schema: a backup is restored
#: without a search path, and would leave the whole table out.
TEXT_FUNCTION = """
CREATE OR REPLACE FUNCTION water_text_vector(words text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT %s.water_search_vector(jsonb_build_object('', words), 'A')
$$
"""
#: Events that a sealed file need not be followed by a further volume for.
OF_THE_ARCHIVE = frozenset({"sealed", "held", "hold_lifted", "destroyed"})
#: Rows added after the archiving are sealed after this time without further ones.
SETTLED = timedelta(days=1)


class WaterComplaint(models.Model):
    """The rest of a complaint after its destruction (销毁): the facts that statistics count."""

    _inherit = "water.complaint"

    _transitions = {
        ("confirmed", "archived"): Move(needs=("_need_complete",)),
        ("callback", "archived"): Move(needs=("_need_complete",)),
        **{
            (state, "archived"): Move(needs=("_need_complete_with_incident",))
            for state in OPEN_STATES
        },
    }

    archive_checklist = fields.Json(
        compute="_compute_archive_checklist", export_string_translation=False
    )

    archive_text = fields.Char(
        string="Words of the Complaint",
        compute="_compute_archive_text",
        search="_search_archive_text",
    )
    _counters = {"archive_count": "water.archive"}

    _technical = frozenset({"archive_digest", "archive_number", "manifest_digest"})

    #: the facts of the case in the order of the dossier, then all other fields
    _dossier = (
        "name",
        "subject",
        "verbatim",
        "description",
        "demand",
        "category_id",
        "severity",
        "channel_id",
        "external_source",
        "external_ref",
        "received_at",
        "occurred_at",
        "partner_id",
        "contact_name",
        "phone",
        "email_from",
        "address",
        "account_id",
        "zone_id",
        "is_anonymous",
        "is_confidential",
        "person_complained_id",
        "department_complained_id",
        "original_responsible_id",
        "first_responsible_id",
        "user_id",
        "department_id",
        "readback_at",
        "readback_by_id",
        "readback_correction",
        "first_contact_at",
        "investigation",
        "finding",
        "liability",
        "cause_id",
        "plan",
        "resolution",
        "notified_at",
        "confirmed_at",
        "confirm_mode",
        "satisfaction_result",
        "satisfaction_process",
        "customer_remark",
        "closed_at",
        "archived_at",
        "archive_number",
        "retain_until",
    )

    archive_number = fields.Char(readonly=True, copy=False, index="trigram")
    archive_digest = fields.Char(
        readonly=True, copy=False, help="SHA-256 of the newest sealed file of the case."
    )
    archive_ids = fields.One2many(
        "water.archive", "complaint_id", string="Sealed Files", readonly=True
    )
    archive_count = fields.Integer(string="Number of Sealed Files", compute="_compute_counts")
    archived_at = fields.Datetime(readonly=True, copy=False)
    seal_due_at = fields.Datetime(readonly=True, copy=False)
    seal_error = fields.Char(string="Not Sealed Because", readonly=True, copy=False)
    retain_until = fields.Date(
        string="Keep until", readonly=True, copy=False, help="After it the case may be destroyed."
    )
    hold_reason = fields.Char(string="Held Because", readonly=True, copy=False, water_born=WAYS)
    hold_by_id = fields.Many2one(
        "res.users", string="Held by", readonly=True, copy=False, water_born=WAYS
    )
    hold_at = fields.Datetime(string="Held since", readonly=True, copy=False, water_born=WAYS)
    destroyed_at = fields.Datetime(readonly=True, copy=False)
    can_hold = fields.Boolean(compute="_compute_can_hold", export_string_translation=False)

    _seal_idx = models.Index("(seal_due_at, id) WHERE seal_due_at IS NOT NULL")
    _archive_idx = models.Index("(archived_at DESC, id DESC) WHERE archived_at IS NOT NULL")
    _retain_idx = models.Index(
        "(retain_until, id) WHERE retain_until IS NOT NULL AND destroyed_at IS NULL"
    )
    _archive_number_uniq = models.UniqueIndex(
        "(company_id, archive_number) WHERE archive_number IS NOT NULL",
        "This archive number is taken.",
    )

    def _destruction_hindrances(self):
        """Return why the case may not be destroyed, as sentences; heirs add theirs."""
        self.ensure_one()
        if self.destroyed_at:
            return [self.env._("it was destroyed before")]
        if self.state != "archived":
            return [self.env._("it is not archived")]
        return [] if self.erased_at else self._erasure_hindrances()

    def _check_not_destroyed(self):
        gone = self.sudo().filtered("destroyed_at")[:1]
        if gone:
            raise UserError(self.env._("The file of %s has been destroyed.", gone.name))

    def _destroy(self, number):
        """Destroy the content of archived complaints; category, dates and figures stay.

        :param number: number of the protocol that two people have signed
        """
        reason = self.env._("Destroyed by the protocol %s", number)
        for case in trusted(self.sudo()):
            if not case.erased_at:
                case._anonymise(reason)
            case._shred()
            values = {"destroyed_at": fields.Datetime.now(), "seal_due_at": False}
            case.with_context(tracking_disable=True).write({**values, "archive_digest": False})
            case._log_events("destroyed", {"number": number})

    def _shred(self):
        """Take every word out of the case, its rows, its chain and its thread."""
        shredder = Shredder()
        rows = self._rows_around()
        messages = self._hanging("mail.message", "model", rows)
        self.env["bus.bus"]._forget(messages)
        messages.unlink()
        self._erase_to_dos(shredder, rows)
        self._erase_files(rows)
        for row in rows:
            values = self._scrubbed(row, self._texts_of(row), shredder)
            if values:
                row.write(values)
        texts = self._scrubbed(self, self._texts_of(self), shredder)
        self.with_context(tracking_disable=True).write(texts)
        self._erase_chains(shredder, rows)

    # -- checklist -----------------------------------------------------------------------------
    # Whether the file of a complaint is complete (归档清单, S3.2.4b), item by item.
    #
    # An item is present, not applicable for a stated reason, or missing; then the complaint is not
    # archived. Other addons join in without being listed here: models whose rows belong to
    # complaints may name open items by ``_archive_missing()``.

    @api.depends_context("lang")
    def _compute_archive_checklist(self):
        for case in self:
            case.archive_checklist = case._origin._checklist() if case._origin else []

    def _checklist(self):
        """The checklist of one complaint: dicts with key, label, state, note and link."""
        self.ensure_one()
        # sudo: rows - every user who works on the case may know the missing parts
        case = self.sudo()
        rows = []
        for key, (label, model) in self._checklist_items().items():
            state, note = getattr(case, f"_item_{key}")()
            link = bool(model) and case._has_rows(model)
            rows.append({"key": key, "label": label, "state": state, "note": note, "link": link})
        return rows + case._open_rows()

    @api.model
    def _checklist_items(self):
        """Return ``{key: (label, model of the rows that its link opens, or None)}``, in order.

        Each key has a method ``_item_<key>`` that returns (state, note).
        """
        return {
            "registration": (self.env._("Registration"), None),
            "readback": (self.env._("Read-back"), None),
            "dispatch": (self.env._("Dispatch"), "water.dispatch"),
            "evidence": (self.env._("Investigation and evidence"), "water.evidence"),
            "plan": (self.env._("Plan"), None),
            "measures": (self.env._("Promised measures"), "water.resolution.action"),
            "negotiation": (self.env._("Negotiation"), "water.negotiation"),
            "notice": (self.env._("Notice of the result"), "water.notice"),
            "confirmation": (self.env._("Confirmation by the customer"), None),
            "callback": (self.env._("Call-back"), "water.callback"),
            "chain": (self.env._("Event chain"), "water.case.event"),
        }

    def _need_complete(self):
        """Return checklist items that ``_who_waits`` does not name already."""
        return [
            Missing(
                self.env._("%(item)s: %(note)s", item=row["label"], note=row["note"]),
                "action_open_checklist" if row["link"] else "archive_checklist",
                row["key"],
            )
            for row in self._checklist()
            if row["state"] == MISSING and row["key"] not in ("measures", "compensation")
        ] + self._open_promises()

    def _need_complete_with_incident(self):
        """Return what is missing on the checklist of a complaint that ends with its incident.

        Registration, news and end of the incident replace the steps of its own handling
        (``_by_incident``); only calls and open rows are checked.
        """
        rows = [(self._checklist_items()["callback"][0], *self._item_callback())]
        rows += [(row["label"], row["state"], row["note"]) for row in self._open_rows()]
        missing = [
            self.env._("%(item)s: %(note)s", item=label, note=note)
            for label, state, note in rows
            if state == MISSING
        ]
        if not self.first_contact_at and not self.incident_id.notice_ids:
            missing.append(self.env._("tell the customer the news of the incident first"))
        return missing

    @api.model
    def _has_rows(self, model):
        return model in self.env and "complaint_id" in self.env[model]._fields

    def _rows_of(self, model):
        if not self._has_rows(model):
            return self.env["water.notice"]
        return self.env[model].search([("complaint_id", "=", self.id)])

    def _open_rows(self):
        """Return an item for each open matter that rows of the case report."""
        items = []
        # asked first, for it is asked of each case that an incident closes
        if not any(hasattr(model, "_archive_missing") for model in self.env.registry.values()):
            return items
        for model in self.env["water.dossier"]._models():
            if not hasattr(model, "_archive_missing"):
                continue
            title = self.env["ir.model"]._get(model._name).name
            for note in self._rows_of(model._name)._archive_missing():
                row = {"key": model._name, "label": title, "state": MISSING, "note": note}
                items.append({**row, "link": True})
        return items

    # -- the items ------------------------------------------------------------------------------

    def _by_incident(self):
        """Return why steps of handling do not apply to a case that ends with its incident."""
        incident = self.incident_id
        if not incident or self.own_claim or self.confirmed_at:
            return ""
        return self.env._("handled together by the incident %s", incident.name)

    def _item_registration(self):
        missing = self._missing_facts()
        if not missing:
            return DONE, self.env._("registered as %s", self.name)
        if self._by_incident():
            return ABSENT, self.env._("registered in brief; %s", self._by_incident())
        if self.external_ref:
            return ABSENT, self.env._("as the order %s was received", self.external_ref)
        return MISSING, self.env._("fill in: %(facts)s", facts=missing)

    def _item_readback(self):
        if self.readback_at:
            return DONE, self.env._("confirmed by the customer on %s", self._day(self.readback_at))
        if self._by_incident():
            return ABSENT, self._by_incident()
        if not self.channel_id.needs_readback:
            return ABSENT, self.env._("not asked for on this channel: %s", self.channel_id.name)
        if not self._need_readback():
            return ABSENT, self.env._("anonymous, no read-back possible")
        return MISSING, self.env._("read the matter back to the customer and have it confirmed")

    def _item_dispatch(self):
        lead = self.dispatch_ids.filtered(lambda row: row.role == "lead")
        done = lead.filtered(lambda row: row.state == "finished")
        if done:
            return DONE, format_list(self.env, done.department_id.mapped("name"))
        if self._by_incident():
            return ABSENT, self._by_incident()
        if lead.filtered(lambda row: row.state in ("sent", "accepted")):
            return MISSING, self.env._("the department has not finished its work")
        return ABSENT, self.env._("handled by the first responsible person")

    def _item_evidence(self):
        evidence = self._rows_of("water.evidence")
        if self._has_rows("water.evidence") and evidence:
            return DONE, self.env._("%s pieces of evidence", len(evidence))
        if strip_invisible(self.investigation) and self.finding:
            return DONE, self.env._("what the investigation showed is written down")
        if self._by_incident():
            return ABSENT, self._by_incident()
        return MISSING, self.env._("write down what the investigation showed")

    def _item_plan(self):
        versions = self._has_rows("water.resolution") and self._rows_of("water.resolution")
        if versions or strip_invisible(self.plan):
            return DONE, self.env._("a plan was made")
        if self._by_incident():
            return ABSENT, self._by_incident()
        if self.severity != "complex":
            return ABSENT, self.env._("no complex case: settled at once, see the result")
        return MISSING, self.env._("a complex case needs a plan")

    def _item_measures(self):
        actions = self.plan_action_ids
        waiting = [row._line().removeprefix("· ") for row in actions if row._is_waiting()]
        open_ = [*waiting, *self._open_promises()]
        if open_:
            return MISSING, self.env._("still to come: %s", "; ".join(open_))
        if actions:
            return DONE, self.env._("%s done", len(actions))
        return ABSENT, self.env._("none was promised beyond the result")

    def _open_promises(self):
        """Return open visits, calls and other promises to the customer after the result.

        ``_who_waits`` checks the promises of the plan.
        """
        clocks = (
            self.sudo()
            ._open_clocks()
            .filtered(
                lambda row: (
                    row.promise_kind in ("visit", "contact")
                    or (row.kind == "promise" and row.started_at >= (self.closed_at or LATEST))
                )
            )
        )
        return [
            Missing(
                self.env._("promised and still to come: %s", clock.label or clock.display_name),
                "action_open_deadlines",
            )
            for clock in clocks
        ] + self._wished_calls(clocks)

    def _wished_calls(self, told):
        """Calls that this customer, or one whose complaint was merged, still waits for.

        :param told: clocks that are named already
        """
        cases = self.sudo() | self._merged_cases()
        calls = cases._open_calls("requested").filtered(lambda row: row.deadline_id not in told)
        return [
            Missing(
                self.env._("promised and still to come: %s", call.display_name),
                "action_open_callbacks",
            )
            for call in calls
        ]

    def _item_negotiation(self):
        rounds = self._rows_of("water.negotiation")
        if self._has_rows("water.negotiation") and rounds:
            return DONE, self.env._("%s rounds", len(rounds))
        if self._by_incident():
            return ABSENT, self._by_incident()
        if self.reopen_count:
            return ABSENT, self.env._("objected, handled again and notified anew")
        return ABSENT, self.env._("the customer did not object to the result")

    def _item_notice(self):
        if not self._need_notice():
            latest = self.notice_ids.filtered("sent_at")[:1]
            return DONE, f"{latest.name} · {self._day(latest.sent_at)}"
        if self._by_incident():
            return ABSENT, self.env._("told by the news of the incident %s", self.incident_id.name)
        return MISSING, self.env._("notify the customer of the result")

    def _item_confirmation(self):
        if self.confirm_mode:
            modes = dict(self._fields["confirm_mode"]._description_selection(self.env))
            return DONE, modes[self.confirm_mode]
        if self._by_incident():
            return ABSENT, self._by_incident()
        return MISSING, self.env._("record how the customer confirmed the result")

    def _item_callback(self):
        calls = self.callback_ids.filtered(lambda row: row.kind == "follow_up")
        done = calls.filtered("done_at")[:1]
        if done:
            outcomes = dict(done._fields["outcome"]._description_selection(self.env))
            return DONE, outcomes.get(done.outcome) or self._day(done.done_at)
        if calls.filtered(lambda row: row.state == "open"):
            return MISSING, self.env._("make the call-back first")
        if self._by_incident():
            return ABSENT, self._by_incident()
        if self.is_anonymous:
            return ABSENT, self.env._("anonymous, no call possible")
        return ABSENT, self.env._("not drawn for a call")

    def _item_chain(self):
        faults = self._event_faults()
        if faults:
            return MISSING, " ".join(faults)
        return DONE, self.env._("%s records, complete", self.event_count)

    @api.model
    def _day(self, moment):
        return self.env["water.dossier"]._moment(moment)[:10]

    # -- links ----------------------------------------------------------------------------------

    def action_open_checklist(self, key=None):
        """Open what an item of the checklist is about.

        :param key: key of the item
        :raises UserError: for an item that opens no window
        """
        self.ensure_one()
        self.check_access("read")
        rows = {row["key"]: row for row in self._checklist() if row["link"]}
        if key not in rows:
            raise UserError(self.env._("There is nothing to open."))
        model = self._checklist_items().get(key, ("", key))[1]
        action = self._open_children(model, rows[key]["label"], "complaint_id")
        # the page asks for the action itself, not by a button, which would add its views
        return {**action, "views": [(False, "list"), (False, "form")]}

    # -- archive search ------------------------------------------------------------------------
    # Any words of an archived complaint find it at once among millions (S3.2.4b).
    #
    # Chinese is indexed by pairs of characters, as articles are, so that words of two characters
    # use the index too. The index covers archived complaints alone, so that others cost no time.

    def init(self):
        """Give the table the column of the archive's words, kept by the database, and its index."""
        if self._abstract:
            return
        cr, table = self.env.cr, SQL.identifier(self._table)
        words = SQL(" || ' ' || ").join(
            SQL("coalesce(%s, '')", SQL.identifier(name)) for name in SEARCHED
        )
        cr.execute(SQL(INDEX_FUNCTION))
        ((schema,),) = self.env.execute_query(SQL("SELECT current_schema"))
        cr.execute(SQL(TEXT_FUNCTION, SQL.identifier(schema)))
        cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS archive_words tsvector GENERATED ALWAYS AS"
                " (CASE WHEN archived_at IS NOT NULL THEN water_text_vector(%s) END) STORED",
                table,
                words,
            )
        )
        cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS %s ON %s USING gin (archive_words)"
                " WHERE archive_words IS NOT NULL",
                SQL.identifier(f"{self._table}_archive_words_idx"),
                table,
            )
        )

    def _compute_archive_text(self):
        """Show no value: the field is only searched."""
        self.archive_text = False

    @api.model
    def _search_archive_text(self, operator, value):
        """Archived complaints in which all words of ``value`` occur, each at least begun."""
        if operator not in ("ilike", "like", "=ilike") or not isinstance(value, str):
            return NotImplemented
        terms = search_terms(value)
        if not terms:
            return Domain.FALSE if value.strip() else Domain.TRUE
        query = SQL("to_tsquery('pg_catalog.english', %s)", " & ".join(terms))
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "%s @@ %s", SQL.identifier(alias, "archive_words"), query
            )
        )

    # -- archive -------------------------------------------------------------------------------
    # An archived complaint: its number, its sealed files, how long it is kept (S3.2.4b).

    @api.depends_context("uid")
    def _compute_can_hold(self):
        self.can_hold = self.env.su or self.env.user.has_group(PRIVACY)

    # -- archiving ----------------------------------------------------------------------------

    def _after_archived(self, origins):
        self.sudo().dispatch_ids._cancel()  # an archived case takes no more work
        now = fields.Datetime.now()
        by_incident = self.filtered(lambda case: not case.closed_at)
        trusted(by_incident).closed_at = now
        by_incident._log_events("closed")
        self._log_events("archived")
        for company, cases in self.sudo().grouped("company_id").items():
            numbers = self.env["ir.sequence"]._water_archive_numbers(company, len(cases))
            today = company._water_today()
            quiet = trusted(cases).with_context(tracking_disable=True)
            for case, number in zip(quiet, numbers, strict=True):
                years = relativedelta(years=case._retention_period())
                case.write(
                    {
                        "archive_number": number,
                        "retain_until": today + years,
                        "seal_due_at": now,
                    }
                )
        self.env["water.archive"]._wake_sealers()

    def _retention_period(self):
        category = self.category_id
        return (
            category.retention_years
            or category.parent_id.retention_years
            or self.company_id.water_retention_years
            or super()._retention_period()
        )

    def _seal_later(self, kind, _at):
        """Seal rows that come after the sealing (an appeal, a payment) as a further volume."""
        if kind in OF_THE_ARCHIVE:
            return
        later = self.sudo().filtered(lambda case: case.archive_number and not case.destroyed_at)
        if later:
            # without tracking: the thread would keep the old value after an erasure
            quiet = trusted(later).with_context(tracking_disable=True)
            quiet.write({"seal_due_at": fields.Datetime.now() + SETTLED})

    def action_open_archives(self):
        """Open the sealed files of the complaint."""
        return self._open_children("water.archive", self.env._("Sealed Files"), "complaint_id")

    def message_post(self, **kwargs):
        """Refuse messages in the thread of an archived complaint, except mails of customers.

        :raises AccessError: for any other message
        """
        received = kwargs.get("message_type") == "email" and self.env.su  # by the mail gateway
        if not received and not is_trusted(self.env):
            self.env["mail.message"]._check_water_archived(self.ids)
        return super().message_post(**kwargs)

    def _check_told(self, partner_ids):
        """Allow messages about an archived complaint to staff only.

        :raises AccessError: for recipients outside
        """
        super()._check_told(partner_ids)
        # sudo: res.partner - who of the named is staff
        named = self.env["res.partner"].sudo().browse(partner_ids or ())
        is_by_hand = not (self.env.su or is_trusted(self.env))
        if is_by_hand and any(named.mapped("partner_share")):
            self.env["mail.message"]._check_water_archived(self.ids)

    def _message_create(self, values_list):
        """Let the system itself write to the thread; users cannot."""
        thread = super(WaterComplaint, trusted(self))
        return thread._message_create(values_list).with_env(self.env)

    # -- legal hold -----------------------------------------------------------------------------

    def action_hold(self):
        """Open the dialog that puts the complaints under legal hold, or lifts it."""
        held = all(self.mapped("legal_hold"))
        title = self.env._("Lift the Legal Hold") if held else self.env._("Legal Hold")
        return self._dialog("water.hold.wizard", title, default_is_lifted=held)

    def _hold(self, held, reason):
        """Put the complaints under legal hold or lift it, with a log entry.

        :param held: False lifts it
        :param reason: the proceeding, required
        :raises AccessError: unless the user is a privacy officer
        :raises UserError: without a reason
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(PRIVACY)):
            raise AccessError(self.env._("Only privacy officers decide what is kept or erased."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        changed = self.filtered(lambda case: case.legal_hold != held)
        if held:
            changed._check_not_destroyed()
        values = {
            "legal_hold": held,
            "hold_reason": reason.strip(),
            "hold_by_id": self.env.uid,
            "hold_at": fields.Datetime.now(),
        }
        trusted(changed.sudo()).write(values)
        changed._log_events("held" if held else "hold_lifted", {"reason": reason.strip()})

    def _take_along(self, before, way):
        super()._take_along(before, way)
        case = self.sudo()
        if case.legal_hold:
            reason = case.hold_reason or self.env._("%s is under legal hold", before.name)
            if not case.hold_reason:
                trusted(case).write({"hold_reason": reason, "hold_at": fields.Datetime.now()})
            case._log_events("held", {"reason": reason, "original": before.name})

    def _hold_with(self, before):
        if self.destroyed_at:
            return
        super()._hold_with(before)
        known = before.hold_reason if "hold_reason" in before._fields else ""
        reason = known or self.env._("%s is under legal hold", before.name)
        now = fields.Datetime.now()
        trusted(self).write({"hold_reason": reason, "hold_by_id": self.env.uid, "hold_at": now})
        self._log_events("held", {"reason": reason, "original": before.name})

    # -- erasure --------------------------------------------------------------------------------

    def _erasure_hindrances(self):
        """Keep an archived case until the date set when it was archived."""
        hindrances = super()._erasure_hindrances()
        today = self.company_id._water_today()
        if not hindrances and self.retain_until and self.retain_until > today:
            hindrances.append(self.env._("it has to be kept until %s", self.retain_until))
        return hindrances

    def _erase_around(self, scrubber, reason):
        """Destroy the sealed files, which hold personal data too; their digests stay."""
        super()._erase_around(scrubber, reason)
        self.archive_ids._destroy(reason)

    def _forget_words(self, words, reason):
        """Destroy the sealed files of the other half of a split case as well."""
        super()._forget_words(words, reason)
        self.archive_ids._destroy(reason)
        if self.archive_number and not self.destroyed_at:
            now = fields.Datetime.now()
            trusted(self).write({"archive_digest": False, "seal_due_at": now})

    def _erase_values(self, scrubber):
        """Seal the rest of the case again, so that file and database agree."""
        values = super()._erase_values(scrubber)
        if self.archive_number and not self.destroyed_at:
            values |= {"archive_digest": False, "seal_due_at": fields.Datetime.now()}
        return values

    # -- the archive as a list ------------------------------------------------------------------

    @api.model
    def _destroyable(self, company):
        today = company._water_today()
        return (
            Domain("retain_until", "<=", today)
            & Domain("destroyed_at", "=", False)
            & Domain("legal_hold", "=", False)
            & ~Domain("duplicate_ids", "any", [("legal_hold", "=", True)])
            & Domain("company_id", "=", company.id)
        )

    def _refuse_write(self, vals):
        super()._refuse_write(vals)
        if "legal_hold" in vals and not is_trusted(self.env):
            if any(case.legal_hold != bool(vals["legal_hold"]) for case in self):
                raise UserError(self.env._("Legal hold is set and lifted with its reason."))
