from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, plaintext2html

from ...base.files import Files
from ...base.moments import is_late
from ...base.reader import reader_of
from ...base.tables import table
from ...base.telling import tell_staff
from ...base.trust import is_trusted, trusted
from ...intake.filing import FilingError, WrongStateError, clean_text, parse_id, parse_local
from ...intake.once import sent_once
from ..actions import PortalAction

_lt = LazyTranslate(__name__)

#: Clocks a customer is told of.
PUBLIC_CLOCKS = ("contact", "on_site", "news", "close", "promise", "callback")
#: Marks what comes through a customer's door; no remote caller can send this very object.
_FILED = object()
#: The same message of a person within this time is a duplicate.
JUST_NOW = timedelta(minutes=1)
#: Most characters about the reason for a call.
LONGEST_ABOUT = 200
#: who answers for a case
NOBODY = ("first_responsible_id", "original_responsible_id", "user_id")


class WaterCaseMixin(models.AbstractModel):
    """The one door through which a customer reaches their cases.

    Portal users have no access right on any model of a case, so remote calls can read nothing. The
    controllers ask here; ownership is checked first, and an absent case gives the same answer as
    another customer's.
    """

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.portal.list.mixin"]

    _portal_search_fields = (
        "name",
        "subject",
        "description",
        "address",
        "account_id.code",
        "category_id.public_name",
    )
    _portal_moment = "received_at"

    _settable_on_create = frozenset({"submission_key"})
    _technical = frozenset({"submission_key"})
    #: what only a customer's door brings along
    _filed_with = ("submission_key",)
    #: where the customer's pages of this case type are
    _portal_url = "/my"
    #: {last part of the address: PortalAction}; rooms and case types add rows
    _customer_actions = {
        "message": PortalAction(
            "_portal_message",
            done=_lt("Thank you. We have received your message."),
            by_delegate=_lt("has written to us"),
            api="append",
        ),
        "callback": PortalAction(
            "_portal_callback",
            done=_lt("Thank you. We call you at that time."),
            by_delegate=_lt("requested a call"),
        ),
        "callback_cancel": PortalAction(
            "_portal_callback_cancel",
            done=_lt("The call is cancelled. We do not call you."),
            by_delegate=_lt("cancelled the call"),
        ),
    }

    submission_key = fields.Char(readonly=True, copy=False, water_erased="empty")
    published_attachment_ids = Files(
        "ir.attachment",
        string="Files the Customer Sees",
        copy=False,
        help="Published one by one; other files of the case stay inside the company.",
    )

    _submission_uniq = models.UniqueIndex(
        "(partner_id, submission_key) WHERE submission_key IS NOT NULL",
        "This form has been sent already.",
    )
    _door_submission_uniq = models.UniqueIndex(
        "(submission_key) WHERE strpos(submission_key, ':') > 0",
        "This form has been sent already.",
    )

    form_key = fields.Char(
        compute="_compute_form_key",
        readonly=False,
        default=lambda self: uuid4().hex,
        export_string_translation=False,
    )

    # -- which files ----------------------------------------------------------------------

    @api.constrains("published_attachment_ids")
    def _check_published(self):
        """Refuse files of other records: they would be shown to the customer."""
        for case in self:
            for file in case.published_attachment_ids.sudo():
                if not case._is_own_file(file):
                    raise ValidationError(
                        self.env._("“%(file)s” is not a file of this case.", file=file.name)
                    )

    def _is_own_file(self, file):
        """Return whether ``file`` belongs to the case; heirs know of more."""
        return (file.res_model, file.res_id) == (self._name, self.id)

    def _log_publication(self, before, after):
        """Log who showed which file to the customer, or took it back (S2.2.4)."""
        for kind, files in (("file_published", after - before), ("file_hidden", before - after)):
            if files:
                # of a file without content there is no checksum
                names = [f"{file.name} ({(file.checksum or '')[:12]})" for file in files.sudo()]
                self._log_events(kind, {"note": ", ".join(names)})

    def _on_infected(self, file):
        """Hide infected files from the customer as well."""
        super()._on_infected(file)
        before = self.sudo().published_attachment_ids
        if file in before:
            trusted(self.sudo()).published_attachment_ids = before - file
            self._log_publication(before, before - file)

    # -- whose cases ----------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        """Return the domain of cases that ``partner`` may see: their own, not those of the
        company's people.

        :param partner: res.partner of the signed-in user
        """
        return Domain("partner_id", "=", partner.id) if partner else Domain.FALSE

    @api.model
    def _portal_find(self, case_id):
        """Return one of the customer's cases, or an empty recordset: absent and foreign are
        alike.

        :param case_id: from the URL, any value
        """
        number = parse_id(case_id)
        return self._portal_search([("id", "=", number)] if number else Domain.FALSE, limit=1)

    def _portal_file(self, attachment_id):
        """Return a published file of this case, or an empty recordset.

        :param attachment_id: from the URL, any value
        """
        number = parse_id(attachment_id)
        return self.published_attachment_ids.filtered(lambda file: file.id == number)

    # -- filing ---------------------------------------------------------------------------

    @api.model
    def _portal_submit(self, values, files=()):
        """File a case for the signed-in customer.

        :param values: {form field: text as typed}, with ``submission_key``
        :param files: ``(name, seekable binary stream)`` pairs
        :raises FilingError: field by field; no case is saved then
        :return: the case; the same one if the form is sent again
        """
        channel = self.env.ref("water_service_desk.channel_portal")
        partner = self.env.user.partner_id
        return self.env["water.intake"]._file(self._name, values, files, channel, partner)

    @api.model
    def _file_case(self, values, files, partner, channel):
        """File a case from any customer's door; doors call ``water.intake``.

        :param partner: res.partner the door has made sure of, or an empty recordset
        :param channel: water.channel of the door
        """
        # sudo: case - customers have no rights; the input is checked here
        cases = self.sudo()
        key = self._submission(values, partner, channel)
        known = self._filed_by(partner) if partner else Domain.TRUE
        case = key and cases.search(known & Domain("submission_key", "=", key), limit=1)
        if case:
            return case
        vals = cases._checked_filing(values, files, partner)
        vals |= {"partner_id": partner.id, "customer_lang": not partner and self.env.lang}
        vals |= {"channel_id": channel.id, "submission_key": key}
        vals |= self._delegated_values(vals, partner)
        return cases._create_once(vals, files)._filed_for_holder()

    @api.model
    def _filed_by(self, partner):
        filed = Domain("delegation_id.partner_id", "=", partner.id)
        return Domain("partner_id", "=", partner.id) | filed

    @api.model
    def _delegated_values(self, vals, partner):
        """Hook: return the changes if ``partner`` files for another customer.

        :param vals: checked values of the case
        """
        return {}

    @api.model
    def _submission(self, values, partner, channel):
        """Return the key by which a repeated form is recognised: by sender, else by door."""
        key = clean_text(values.get("submission_key"), 64).replace(":", "")
        return (key if partner else f"{channel.code}:{key}") if key else False

    def _create_once(self, vals, files):
        """Create, or repeat the request if a duplicate request was faster."""
        with sent_once(self.env):
            case = self.with_context(water_filed=_FILED).create(vals).with_env(self.env)
            case._publish(case._store_files(files))
            case.flush_recordset()
        return case

    # -- acts of the customer -------------------------------------------------------------

    def _portal_actions(self):
        """Return {last part of the address: PortalAction} of the case type."""
        return table(self, "_customer_actions")

    def _portal_can(self, action):
        is_open = self.state not in self._final_states
        if action == "callback":
            return is_open and bool(self.sudo().phone)
        if action == "callback_cancel":
            return bool(self.sudo()._open_calls("requested"))
        return action == "message" and is_open

    def _portal_do(self, action, values, files=()):
        """Do the customer's action on a case of :meth:`_portal_find`; all or nothing.

        :param action: a key of :meth:`_portal_actions`
        :param values: {form field: text as typed}
        :param files: ``(name, seekable binary stream)`` pairs
        :raises WrongStateError: if the case has moved on
        :raises FilingError: field by field, for missing or invalid ones
        """
        self.ensure_one()
        if self.sudo().erased_at or not self._portal_can(action):
            raise WrongStateError(self.env._("This is no longer possible: your case has moved on."))
        with self.env.cr.savepoint():
            self._portal_act(action, values, files)

    def _portal_act(self, action, values, files):
        delegation = self._check_delegate(action)
        getattr(self, self._portal_actions()[action].method)(values, files)
        delegation._log_act(self, action)

    def _portal_outcome(self, action):
        return action

    def _portal_done(self, outcome):
        """Return the text after an action; None for unknown ones."""
        for action, row in self._portal_actions().items():
            texts = {action: row.done, **row.outcomes}
            if outcome in texts:
                return self.env._(texts[outcome])
        return None

    def _portal_permits(self, action):
        """Return whether the user may do it now; rooms check delegates.

        :param action: a key of :meth:`_portal_actions`
        """
        # sudo: case - whether it was erased
        if self.sudo().erased_at or not self._portal_can(action):
            return False
        return self._delegate_may(action)

    def _portal_message(self, values, files=()):
        """Add the customer's message."""
        text = self._need_text(values, "body", self.env._("Write your message."), files)
        faults = self._file_faults(files)
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        if not self._is_repeated_message(text, files):
            self._take_message(text, files)

    def _is_repeated_message(self, text, files):
        """Return whether the same form came a moment ago, as after a double click."""
        names = {name for name, _stream in files}
        since = fields.Datetime.now() - JUST_NOW
        spoken = self.sudo().event_ids.filtered(lambda row: row.kind == "customer_message")
        newest = spoken.sorted("id")[-1:]
        said = newest.payload or {}
        same = (said.get("text"), set(said.get("files", ()))) == (text, names)
        return same and newest.user_id == self.env.user and newest.at >= since

    def _portal_callback(self, values, files=()):
        """Plan or move a call at the customer's chosen time (回电)."""
        zone = self.company_id._water_reader_tz()
        moment = parse_local(clean_text(values.get("wished_at")), zone)
        if not moment:
            raise FilingError({"wished_at": self.env._("Choose the day and time of the call.")})
        about = clean_text(values.get("about"))
        if len(about) > LONGEST_ABOUT:
            raise FilingError({"about": self._too_long(LONGEST_ABOUT)})
        earlier = self.sudo()._open_calls("requested")
        if earlier.wished_at == moment and about in ("", earlier.note):
            return  # sent twice
        about = about or earlier.note
        try:
            earlier._withdraw()
            self.sudo()._request_callback(moment, about)
        except ValidationError as error:
            raise FilingError({"wished_at": str(error)}) from error

    def _portal_callback_cancel(self, values, files=()):
        self.sudo()._open_calls("requested")._withdraw()

    def _need_text(self, values, field, message, instead=()):
        text = clean_text(values.get(field))
        if not text and not instead:
            raise FilingError({field: message})
        if len(text) > self._text_limits["description"]:
            raise FilingError({field: self._too_long(self._text_limits["description"])})
        return text

    def _take_message(self, text, files=()):
        attachments = self._store_files(files)
        self._publish(attachments)
        self._log_events(
            "customer_message",
            {"text": text, "files": {file.name: file.checksum for file in attachments}},
        )
        self._post_from_customer(text, attachments)

    def _post_from_customer(self, text, attachments=()):
        """Show the customer's words in the thread and notify the handler by the mail queue."""
        handler = self._whose_turn()
        quiet = self.with_context(
            mail_post_autofollow_author_skip=True, mail_notify_force_send=False
        )
        message = quiet.message_post(
            body=plaintext2html(text or self.env._("(files only)")),
            author_id=self._portal_author().id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=handler.partner_id.ids,
        )
        if attachments:
            trusted(message).attachment_ids = attachments
        if not handler:
            self._tell_untaken()
        elif not handler._reads_customers():
            self._tell_words(handler, text)

    def _portal_author(self):
        user = self.env.user
        return user.partner_id if not user._is_public() else self.partner_id or user.partner_id

    def _portal_person(self):
        """Return the name under which the action is logged."""
        user = self.env.user
        return user.name if not user._is_public() else self.contact_name or self.name

    def _tell_words(self, handler, text):
        def compose(env):
            subject = env._("%s: the customer has added something", self.name)
            return subject, plaintext2html(text or env._("(files only)"))

        # sudo: water.case - the customer neither sees nor chooses who is told
        case = self.sudo()
        case.env["water.staff.message"]._tell(handler, compose, record=case)

    def _tell_untaken(self):
        tell_staff(
            self,
            self.sudo()._supervisors(),
            lambda case: case.env._(
                "%s: the customer has written, and the case is unassigned", case.name
            ),
            lambda case: case.env._("Take it or assign it: %s", case._staff_line()),
        )

    @api.model
    def _refuse_filed(self, vals_list):
        """Refuse values that only a customer's door gives, and a form that was saved already."""
        names = table(self, "_filed_with")
        given = [vals.get(name) for vals in vals_list for name in names]
        given += [self.env.context.get(f"default_{name}") for name in names]
        if any(given) and not self._is_filed():
            raise UserError(self.env._("This is kept by the system."))
        keys = [key for vals in vals_list if (key := self._staff_key(vals))]
        if not keys:
            return
        # sudo: case - asked by a key that only who has saved it knows
        if saved := self.sudo().search([("submission_key", "in", keys)], limit=1):
            raise UserError(
                self.env._("This form has been saved already, as %s: go on there.", saved.name)
            )

    @api.model
    def _prepare_filed(self, vals_list):
        """Leave a case filed as a customer without a handler, also if staff file it."""
        if self._is_filed():
            for vals in vals_list:
                vals.update(dict.fromkeys(NOBODY, False))
        # several at once come of no form, and may have been begun with the same values
        key = self._staff_key(vals_list[0]) if len(vals_list) == 1 else False
        if key:
            vals_list[0]["submission_key"] = key

    @api.model
    def _is_filed(self):
        """Return whether a customer files: marked by an object that no client can send."""
        return self.env.context.get("water_filed") is _FILED

    def _on_published(self, before, vals):
        if not is_trusted(self.env):
            for case in self:
                files = before[case.id]["published_attachment_ids"]
                case._log_publication(files, case.published_attachment_ids)

    # -- who follows it with the customer ----------------------------------------------------

    def _customer_link(self):
        reader = reader_of(self.env)
        return self._reader_link(reader) if reader else super()._customer_link()

    def _reader_link(self, reader):
        """Return the link for the reader of a copy, without the customer's key."""
        # sudo: case - whether the reader may open it
        mine = self.sudo()._portal_domain(reader) & Domain("id", "=", self.id)
        path = self.access_url if self.sudo().search_count(mine, limit=1) else "/water/track"
        return f"{self.get_base_url()}{path}"

    # -- the list ------------------------------------------------------------------------------
    # The customer's list of cases: by state, category, month and account.

    @api.model
    def _portal_sortings(self):
        return super()._portal_sortings() | {
            "due": (self.env._("Due"), "closed_at desc, promised_at, id"),
            "state": (self.env._("State"), "stage_id, received_at desc, id desc"),
        }

    @api.model
    def _portal_filters(self):
        is_open = Domain("closed_at", "=", False)
        return super()._portal_filters() | {
            "answer": (self.env._("Waiting for you"), self._portal_waiting_domain()),
            "open": (self.env._("In progress"), is_open),
            "closed": (self.env._("Finished"), ~is_open),
        }

    @api.model
    def _portal_groupings(self):
        return super()._portal_groupings() | {
            "state": (self.env._("State"), "stage_id", "state"),
            "category": (self.env._("Matter"), "category_id", "category_id"),
            "account": (self.env._("Account"), "account_id", "account_id"),
        }

    def _portal_group_title(self, groupby):
        # sudo: water.category, water.account - names in the customer's own case
        case = self.sudo()
        if groupby == "state":
            return self._portal_titles()[self.state]
        if groupby == "category":
            category = case.category_id
            return category.public_name or category.name or self.env._("Other matters")
        if groupby == "account":
            account = case.account_id
            words = " · ".join(filter(None, (account.code, account.address)))
            return words or self.env._("Without an account")
        return super()._portal_group_title(groupby)

    def _portal_due(self):
        """Return the date of the result for a list; "" while it is paused.

        A passed date is shown: the page says that we are late.
        """
        if not self._has_own_promise():
            return ""
        return self._portal_time(min(self.sudo()._limits_counted_on(), default=False))

    # -- promises ------------------------------------------------------------------------------
    # Show customers the promises about a case: rows of plain values.

    def _shown_clocks(self):
        return self.deadline_ids.filtered(
            lambda clock: (
                clock.kind in PUBLIC_CLOCKS
                and clock.state != "void"
                and not clock._is_appointment()
            )
        )

    def _public_clocks(self):
        if not self._has_own_promise():
            return {}
        clocks = self._shown_clocks()
        if not self._crew_is_awaited():
            clocks = clocks.filtered(lambda clock: clock.kind != "on_site")
        newest = {clock.kind: clock for clock in clocks.sorted("id")}
        promises = clocks.filtered(lambda clock: clock.kind == "promise" and not clock.met_at)
        return newest | {clock.kind: clock for clock in promises.sorted("due_at")[:1]}

    def _portal_promises(self):
        """Return the promises: the shared ones, then the case's own limits.

        One row per clock, in order of time.
        """
        shared = [
            {"kind": "shared", "title": title, "until": text, "text": text, "why": "", "state": ""}
            for title, text in self._shared_promises()
        ]
        titles, newest = self._portal_clock_titles(), self._public_clocks()
        if promise := newest.get("promise"):
            titles["promise"] = self._portal_promise_titles()[promise.promise_kind or "result"]
        if not (self.sudo().phone or self.sudo().email_from):
            newest.pop("contact", None)  # customers without contact data get no promise of a call
        kinds = [kind for kind in PUBLIC_CLOCKS if kind in newest]
        kinds.sort(key=lambda kind: newest[kind].due_at)
        return shared + [self._portal_promise(newest[kind], titles[kind]) for kind in kinds]

    def _portal_promise(self, clock, title):
        words = {"what": title, "due": self._portal_near_time(clock.due_at)}
        state = self._portal_clock_state(clock)
        texts = {
            "paused": self.env._("%(what)s: the time is paused for the moment"),
            "overdue": self.env._(
                "%(what)s: promised by %(due)s. We are late and apologise for it; we are on it."
            ),
            "missed": self.env._(
                "%(what)s: promised by %(due)s. We did not keep it, and apologise for it."
            ),
        }
        text = texts.get(state, self.env._("%(what)s by %(due)s")) % words
        if state == "running":
            text = self._promise_sentence(clock.kind, words["due"]) or text
        return {
            "kind": clock.kind,
            "title": title,
            "until": self.env._("by %s", words["due"]),
            "text": text,
            "why": clock._explain(),
            "state": state,
            **self._portal_countdown(clock, state),
        }

    def _portal_countdown(self, clock, state):
        if state not in ("running", "overdue"):
            return {}
        moments = {"due_at": clock.due_at, "now": fields.Datetime.now()}
        iso = {name: f"{moment.isoformat()}Z" for name, moment in moments.items()}
        return {**iso, "left": clock.time_left}

    def _portal_clock_state(self, clock):
        if clock.met_at:
            return "late" if clock._is_missed(clock.met_at) else "kept"
        overdue = clock.state != "paused" and is_late(clock.due_at, fields.Datetime.now())
        if overdue and not clock.is_pending:  # the case is closed: no work is going on
            return "missed"
        return "overdue" if overdue else clock.state

    # -- told ----------------------------------------------------------------------------------
    # Answers that customers have read are read-only: another step gives another answer.

    def _check_write(self, vals):
        """Refuse changes to texts the customer has read: they would go unnoticed, unchecked and
        unsigned.
        """
        super()._check_write(vals)
        names = set(self._told_fields) & vals.keys()
        for case in self.filtered(lambda case: case.state in case._portal_told_states):
            if any((case[name] or "") != (vals[name] or "") for name in names):
                raise UserError(
                    self.env._(
                        "The customer was told this already. It is changed when the case is taken"
                        " up again."
                    )
                )

    # -- saved once ----------------------------------------------------------------------------
    # A form of the staff is saved once.
    #
    # After a lost connection an agent who sees an error saves again, which would create a second
    # case. So each new form has a key, as customers' forms have.

    @api.depends()
    def _compute_form_key(self):
        self.form_key = False

    @api.model
    def _staff_key(self, vals):
        key = vals.get("form_key")
        is_given = isinstance(key, str) and len(key) <= 64 and key.isalnum()
        return f"staff:{self.env.uid}:{key}" if is_given else False
