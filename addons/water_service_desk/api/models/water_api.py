from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import AccessError, ConcurrencyError, MissingError, UserError, ValidationError
from odoo.tools.misc import mute_logger

from ...base.marks import marked
from ...base.roles import INTEGRATION
from ...intake.filing import FilingError, WrongStateError, clean_text, parse_id
from .water_case_api import iso
from .water_webhook_delivery import EVENTS

#: Fields of a case as integrations hand it in (beside texts marked ``water_filed``), and of the
#: customer in it.
CASE_KEYS = frozenset(
    "external_id channel kind category address occurred_at due_at customer anonymous confidential"
    " files answers".split()
)
#: Most cases of one batch.
MAX_BATCH = 100
#: whose methods are described
OURS = "odoo.addons.water_"


class WaterApi(models.AbstractModel):
    """The interface for website, app, WeChat programme and hotline systems (S3.2.1a 渠道畅通).

    Called over ``/json/2/water.api/<method>`` with the key of an integration's user, who can do
    nothing else, in the channels of that user. Documented for callers in ``doc/api.md`` and
    ``doc/openapi.yaml``.

    Refusals are HTTP answers of 4xx: 401 without a key, 403 for other users, 404 for an unknown
    external number, 409 if the case has moved on, 422 for wrong input with ``context.errors``
    {field: message}, 429 above the limit of calls.
    """

    _name = "water.api"
    _description = "Interface for Integrations"
    #: whose unique numbers two requests may hand in at once: one of them starts again
    _retried_tables = ("water_api_",)

    # -- methods ---------------------------------------------------------------------------

    @api.model
    def categories(self, kind=None):
        """Return the categories for new cases.

        :param kind: ``complaint``, ``inquiry`` or ``request``, all by default
        :return: list of ``kind``, ``code``, ``name``, ``family`` (name of the family, or "") and
            ``questions``: ``name``, ``text`` and ``choices`` of the category's questions
        """
        self._enter("categories")
        kinds = self._kinds()
        if kind is not None:
            kinds = {kind: kinds[self._read_kind({"kind": kind}, None)]}
        return [
            {
                "kind": name,
                "code": row.code,
                "name": row.public_name or row.name,
                "family": row.parent_id.name or "",
                "questions": row._public_questions(),
            }
            for name, model in kinds.items()
            for row in self.env[model]._filing_categories()
        ]

    @api.model
    def submit(self, case=None):
        """File one case. Safe to repeat: the same external number gives the same case.

        :param case: {field: value}, see ``doc/api.md``
        :return: ``external_id``, ``number``, ``result`` (``created`` or ``known``) and the
            status as :meth:`status` gives it
        """
        channels = self._enter("submit")
        return self._submit(case, channels)

    @api.model
    def submit_batch(self, cases=None):
        """File up to 100 cases, each wholly or not at all; a wrong one does not stop the others.

        :param cases: list of cases as for :meth:`submit`
        :return: for each ``row`` (from 0), ``external_id``, ``result`` (``created``, ``known`` or
            ``error``), ``number`` and ``errors`` {field: message}
        """
        channels = self._enter("submit_batch")
        if not isinstance(cases, list) or not 0 < len(cases) <= MAX_BATCH:
            text = self.env._("Send a list of 1 to %s cases.", MAX_BATCH)
            raise FilingError({"cases": text})
        return [self._submit_row(row, case, channels) for row, case in enumerate(cases)]

    @api.model
    def status(self, external_id=None, channel=None):
        """How a case of the channel stands, in the words that its customer reads.

        :param external_id: the number given to :meth:`submit`
        :param channel: code, needed by who is bound to several channels
        """
        return self._find(self._enter("status"), external_id, channel)._api_status()

    @api.model
    def append(self, external_id=None, message=None, files=None, message_id=None, channel=None):
        """Add a message or files of the customer to a case of the channel.

        :param message_id: the addition's own number; a repeated one is ignored
        """
        channels = self._enter("append")
        case = self._find(channels, external_id, channel)
        key = message_id if message_id is None else self._read_id(message_id, "message_id")
        return self._once(lambda: self._append(case, message, files, key, channels, channel))

    @api.model
    def confirm(self, external_id=None, values=None, channel=None):
        """Confirm and rate the result for the customer.

        :param values: ``result`` and ``process`` ("1" to "5") and ``remark`` for a complaint,
            ``satisfaction`` and ``remark`` for a request, nothing for an inquiry
        """
        case = self._find(self._enter("confirm"), external_id, channel)
        return self._do(case, "confirm", values)

    @api.model
    def contest(self, external_id=None, reason=None, channel=None):
        """Reject the result for the customer: the case is handled again."""
        case = self._find(self._enter("contest"), external_id, channel)
        return self._do(case, "contest", {"reason": reason})

    # -- who calls, for which channel --------------------------------------------------------

    @api.model
    def _enter(self, method):
        """Return the channels of the caller, and count the call.

        :raises AccessError: for users who are no integration with a channel
        """
        if not self.env.user.has_group(INTEGRATION):
            raise AccessError(self.env._("This is for integrations: use the key of one."))
        self.env["water.api.call"]._count(method)
        # sudo: res.users - which channels oneself is bound to
        channels = self.env.user.sudo().water_channel_ids
        if not channels:
            raise AccessError(
                self.env._("This integration is bound to no channel: ask the administrator.")
            )
        return channels

    @api.model
    def _channel(self, channels, code, errors=None):
        """The channel with this code, or the only one of the caller."""
        text = clean_text(code)
        found = channels.filtered(lambda row: row.code == text) if text else channels
        if len(found) != 1 or (code is not None and not text):
            codes = ", ".join(sorted(channels.mapped("code")))
            fault = {"channel": self.env._("Name one of your channels: %s.", codes)}
            if errors is None:
                raise FilingError(fault)
            errors.update(fault)
        return found[:1]

    @api.model
    def _kinds(self):
        models_ = self.env["water.case.link.mixin"]._case_models()
        return {link.removesuffix("_id"): model for link, model in sorted(models_.items())}

    @api.model
    def _read_kind(self, case, errors):
        kind, kinds = clean_text(case.get("kind")), self._kinds()
        if kind not in kinds:
            fault = {"kind": self.env._("Choose one of: %s.", ", ".join(kinds))}
            if errors is None:
                raise FilingError(fault)
            errors.update(fault)
        return kind if kind in kinds else "inquiry"

    @api.model
    def _find(self, channels, external_id, channel):
        """Return the case of one of the caller's channels, with sudo.

        :raises MissingError: if there is none, or of another channel
        """
        channel = self._channel(channels, channel)
        entry = self.env["water.api.entry"]._find(channel, self._read_id(external_id))
        return entry._need()

    # -- filing ------------------------------------------------------------------------------

    @api.model
    def _submit(self, case, channels):
        case = self._need_object(case, CASE_KEYS | self._filed().keys(), "case")
        external_id = self._read_id(case.get("external_id"))
        channel = self._channel(channels, case.get("channel"))
        return self._once(lambda: self._file(case, external_id, channel))

    @api.model
    def _file(self, case, external_id, channel):
        entries = self.env["water.api.entry"]
        known = entries._find(channel, external_id)
        if known:
            return self._receipt(known, "known")
        model, values, files, contact, extra = self._read_case(case, external_id, channel)
        partner = self._customer(channel, contact, values, extra["is_anonymous"])
        try:
            intake = self.env["water.intake"]
            filed = intake._file(model, values, files, channel, partner, extra=extra)
        except FilingError as error:
            raise FilingError(self._named(error.errors)) from error
        entry = entries._keep(filed, channel, external_id)
        filed._tell_webhooks("created")
        return self._receipt(entry, "created")

    @api.model
    def _read_case(self, case, external_id, channel):
        """Return ``(model, form values, files, contact, further values)`` of a case.

        :raises FilingError: for input that the filing service cannot read
        """
        errors = {}
        kind = self._read_kind(case, errors)
        model = self._kinds()[kind]
        contact = self._read_contact(case, errors)
        limits = {**self._filed(), "address": self.env[model]._text_limits["address"]}
        values = {
            name: self._read_text(case, name, errors, most=limits.get(name))
            for name in (*limits, "occurred_at")
        }
        values["phone"] = contact["phone"]
        values["category_id"] = self._read_category_code(case, model, errors)
        values |= self._read_answers(case, values["category_id"], errors)
        files = self._read_files(case.get("files"), errors)
        extra = self._read_extra(case, external_id, channel, contact, errors)
        if errors:
            raise FilingError(errors)
        return model, values, files, contact, extra

    @api.model
    def _filed(self):
        """Return {text of the form of some case type: most characters}."""
        kinds = [self.env[model] for model in self._kinds().values()]
        return {
            name: most for cases in kinds for name, most in marked(cases, "water_filed").items()
        }

    @api.model
    def _read_category_code(self, case, model, errors):
        code = self._read_text(case, "category", errors)
        categories = self.env[model]._filing_categories()
        found = categories.filtered(lambda row: row.code == code)
        if code and not found:
            errors["category"] = self.env._("Choose one of the codes that “categories” lists.")
        return found[:1].id

    @api.model
    def _read_answers(self, case, category_id, errors):
        """Return ``{question: answer}`` for the category's questions; all are optional."""
        # sudo: water.category - one of those that the customer may choose
        category = self.env["water.category"].sudo().browse(category_id or ())
        known = {question["name"] for question in category._public_questions() if category}
        answers = {} if case.get("answers") is None else case["answers"]
        try:
            self._need_object(answers, known, "answers")
        except FilingError as error:
            errors.update(error.errors)
            return {}
        return {name: self._read_text(answers, name, errors, "answers.") for name in answers}

    @api.model
    def _read_extra(self, case, external_id, channel, contact, errors):
        """Return the values that no customer form has."""
        extra = {
            "is_anonymous": self._read_flag(case, "anonymous", errors),
            "is_confidential": self._read_flag(case, "confidential", errors),
        }
        if contact["name"]:
            extra["contact_name"] = contact["name"]
        if contact["email"]:
            extra["email_from"] = contact["email"]
        if contact["language"]:
            extra["customer_lang"] = contact["language"]
        due = self._read_due(case, channel, errors)
        if channel.is_external_body:
            extra |= {
                "external_source": channel.name,
                "external_ref": external_id,
                "external_due_at": due,
            }
        return extra

    @api.model
    def _customer(self, channel, contact, values, is_anonymous):
        """Identify the customer as far as the channel proves it, and fill in the account.

        Customers without a name are entered nowhere: a contact created with the case would reveal
        them.

        :raises FilingError: if number and telephone do not belong together
        """
        customers = self.env["water.api.customer"]
        partner = self.env["res.partner"]
        code, reference = contact["account_number"], contact["reference"]
        if code:
            account = self.env["water.api.call"]._try(
                "account", lambda: customers._by_account(code, contact["phone"])
            )
            if not account:
                text = self.env._("No account has this number and this telephone number.")
                raise FilingError({"customer.account_number": text})
            partner, values["account_code"] = account.partner_id, code
        if reference:
            known = customers._customer(channel, reference)
            if known and partner and known != partner:
                text = self.env._("This reference belongs to another customer.")
                raise FilingError({"customer.reference": text})
            if not (known or is_anonymous):
                known = customers._bind(channel, reference, partner, contact)
            partner = known or partner
        return partner

    @api.model
    def _receipt(self, entry, result):
        case = entry._case()
        return {**case._api_status(entry), "result": result}

    @api.model
    def _submit_row(self, row, case, channels):
        number = case.get("external_id") if isinstance(case, dict) else ""
        answer = {"row": row, "external_id": clean_text(number), "number": "", "errors": {}}
        try:
            with self.env.cr.savepoint():
                receipt = self._submit(case, channels)
        except FilingError as error:
            return {**answer, "result": "error", "errors": error.errors}
        except UserError as error:
            return {**answer, "result": "error", "errors": {"case": str(error)}}
        return {**answer, **{key: receipt[key] for key in ("result", "number")}}

    @api.model
    def _once(self, work):
        """Do ``work`` wholly or not at all; when its twin was faster, the request starts again."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                result = work()
                self.env.flush_all()
                return result
        except UniqueViolation as error:
            if not (error.diag.table_name or "").startswith(self._retried_tables):
                text = self.env._("This number has been registered already.")
                raise ValidationError(text) from error
            raise ConcurrencyError(self.env._("This number is being handed in.")) from error

    # -- later -------------------------------------------------------------------------------

    @api.model
    def _append(self, case, message, files, key, channels, code):
        channel = self._channel(channels, code)
        entries, content = self.env["water.api.entry"], ["message", message, files]
        if key and self._is_added(case, channel, key, content):
            return case._api_status()
        errors = {}
        values = {"body": self._read_text({"message": message}, "message", errors)}
        files = self._read_files(files, errors)
        if errors:
            raise FilingError(errors)
        try:
            case._portal_do("message", values, files)
        except FilingError as error:
            names = {"body": "message"}
            texts = {names.get(name, name): text for name, text in error.errors.items()}
            raise FilingError(texts) from error
        if key:
            entries._keep(case, channel, key, "message", content)
        return case._api_status()

    @api.model
    def _is_added(self, case, channel, key, content):
        try:
            return self.env["water.api.entry"]._is_repeated(case, channel, key, content)
        except FilingError as error:
            raise FilingError({"message_id": error.errors["step_id"]}) from error

    @api.model
    def _do(self, case, step, values):
        values = {} if values is None else values
        if not isinstance(values, dict):
            raise FilingError({"values": self.env._("Send an object with named fields.")})
        action = case._api_actions().get(step)
        if not action:
            raise WrongStateError(self.env._("Cases of this kind have no such step."))
        case._portal_do(action, values)
        return case._api_status()

    # -- steps ---------------------------------------------------------------------------------
    # Acts of a customer in an app: appointments, materials, files.

    # -- appointments ------------------------------------------------------------------------

    @api.model
    def appointments(self, external_id=None, channel=None):
        """The visits of a case, and the windows to which each may be moved.

        :return: list of ``id``, ``begin``, ``end``, ``purpose``, ``state``, ``status``,
            ``can_confirm``, ``can_change`` and ``windows`` (``begin``, ``end``)
        """
        case = self._find(self._enter("appointments"), external_id, channel)
        return self._appointments(case)

    @api.model
    def appointment(
        self, external_id=None, appointment=None, step=None, values=None, step_id=None, channel=None
    ):
        """Confirm, move or cancel a visit.

        :param appointment: ``id`` of :meth:`appointments`
        :param step: ``confirm``, ``move`` or ``cancel``
        :param values: ``window`` (its ``begin``) to move it, ``reason`` to move or cancel it
        :param step_id: the step's own number; the same twice does it once
        """
        channels = self._enter("appointment")
        case = self._find(channels, external_id, channel)
        steps = case._api_actions("appointment.")
        name = steps.get(step) if isinstance(step, str) else None
        if not name:
            text = self.env._("Choose one of: %s.", ", ".join(steps))
            raise FilingError({"step": text})
        known = case._portal_visits()
        typed = {**self._texts(values), "visit_id": self._listed(known, "appointment", appointment)}
        typed["window"] = typed.get("window", "").removesuffix("Z")
        self._step(case, name, typed, None, step_id, (channels, channel))
        return self._appointments(case)

    @api.model
    def _appointments(self, case):
        rows = {row["id"]: row for row in case._portal_visits()}
        return [
            {
                **{name: rows[visit.id][name] for name in ("id", "purpose", "can_confirm")},
                "can_change": rows[visit.id]["can_change"],
                "begin": iso(visit.slot_from),
                "end": iso(visit.slot_to),
                "state": visit.state,
                "status": rows[visit.id]["state"],
                "windows": self._windows(visit, rows[visit.id]["can_change"]),
            }
            for visit in case.visit_ids.sorted("slot_from")
        ]

    @api.model
    def _windows(self, visit, may_move):
        windows = visit._windows() if may_move else ()
        return [{"begin": iso(begin), "end": iso(end)} for begin, end in windows]

    # -- materials ---------------------------------------------------------------------------

    @api.model
    def materials(self, external_id=None, channel=None):
        """The checklist of an application, as its customer reads it.

        :return: list of ``id``, ``name``, ``kind``, ``copies``, ``mandatory``, ``state``,
            ``status``, ``reason`` (why it was refused) and ``can`` (whether it is still taken)
        """
        case = self._find(self._enter("materials"), external_id, channel)
        return self._materials(case)

    @api.model
    def material(self, external_id=None, material=None, files=None, step_id=None, channel=None):
        """Hand in one of the materials.

        :param material: ``id`` of :meth:`materials`
        :param step_id: the step's own number; the same twice hands it in once
        """
        channels = self._enter("material")
        case = self._find(channels, external_id, channel)
        known = case._portal_page().get("materials")
        values = {"material_id": self._listed(known, "material", material)}
        self._step(case, "material", values, files, step_id, (channels, channel))
        return self._materials(case)

    @api.model
    def _materials(self, case):
        names = ("id", "name", "kind", "copies", "mandatory", "state", "reason", "can")
        rows = case._portal_page().get("materials") or []
        return [{**{name: row[name] for name in names}, "status": row["label"]} for row in rows]

    # -- files -------------------------------------------------------------------------------

    @api.model
    def files(self, external_id=None, channel=None):
        """The files of a case that its customer may open.

        :return: list of ``id``, ``name``, ``mimetype`` and ``size`` in bytes
        """
        case = self._find(self._enter("files"), external_id, channel)
        return [
            {"id": row.id, "name": row.name, "mimetype": row.mimetype, "size": row.file_size}
            for row in case.published_attachment_ids.sorted("id")
        ]

    @api.model
    def file(self, external_id=None, file=None, channel=None):
        """One of them.

        :param file: ``id`` of :meth:`files`
        :return: ``name``, ``mimetype`` and ``content`` in base64
        :raises MissingError: for any other file
        """
        case = self._find(self._enter("file"), external_id, channel)
        found = case._portal_file(file) if parse_id(file) else None
        if not found:
            raise MissingError(self.env._("The case has no such file."))
        content = found.datas.decode()
        return {"name": found.name, "mimetype": found.mimetype, "content": content}

    # -- what they share ---------------------------------------------------------------------

    @api.model
    def _listed(self, rows, name, value):
        number = None if isinstance(value, bool) else parse_id(value)
        if rows and number not in [row["id"] for row in rows]:
            text = self.env._("Give the id of one that “%s” lists.", f"{name}s")
            raise FilingError({name: text})
        return str(number)

    @api.model
    def _texts(self, values):
        values = {} if values is None else values
        if not isinstance(values, dict):
            raise FilingError({"values": self.env._("Send an object with named fields.")})
        errors = {}
        texts = {name: self._read_text(values, name, errors) for name in values}
        if errors:
            raise FilingError(errors)
        return texts

    @api.model
    def _step(self, case, name, values, files, step_id, where):
        """Do the customer's action ``name`` once under the step's own number.

        :param where: (channels of the caller, code of the chosen one)
        """
        key = step_id if step_id is None else self._read_id(step_id, "step_id")
        self._once(lambda: self._step_once(case, name, values, files, key, where))

    @api.model
    def _step_once(self, case, name, values, files, key, where):
        channel, entries = self._channel(*where), self.env["water.api.entry"]
        content = [name, values, files]
        if key and entries._is_repeated(case, channel, key, content):
            return
        if name not in case._portal_actions():
            raise WrongStateError(self.env._("Cases of this kind have no such step."))
        errors = {}
        streams = self._read_files(files, errors)
        if errors:
            raise FilingError(errors)
        case._portal_do(name, values, streams)
        if key:
            entries._keep(case, channel, key, "message", content)

    # -- words ---------------------------------------------------------------------------------
    # Content of an app besides cases: words for codes, answers and guides.

    @api.model
    def states(self, kind=None):
        """All states of cases, and all events of webhooks, each with its words.

        :param kind: of case, all by default
        :return: ``states`` (``kind``, ``state``, ``name``, ``is_final``) and ``events``
            (``event``, ``name``)
        """
        self._enter("states")
        kinds = self._kinds()
        if kind is not None:
            kinds = {kind: kinds[self._read_kind({"kind": kind}, None)]}
        labels = dict(
            self.env["water.webhook.delivery"]._fields["event"]._description_selection(self.env)
        )
        return {
            "states": [row for name in kinds for row in self._states_of(name, kinds[name])],
            "events": [{"event": code, "name": labels[code]} for code, _label in EVENTS],
        }

    @api.model
    def _states_of(self, kind, model):
        cases = self.env[model].sudo()
        return [
            {
                "kind": kind,
                "state": state,
                "name": title,
                "is_final": state in cases._final_states,
            }
            for state, title in cases._portal_titles().items()
        ]

    @api.model
    def articles(self, query=None):
        """Published answers, the best for ``query`` first; all of them without one.

        :return: list of ``id``, ``title`` and ``text``
        """
        self._enter("articles")
        found = self.env["water.article"]._public_search(self._query(query), self.env.company)
        cards = [row._public_card() for row in found]
        return [{"id": card["id"], "title": card["name"], "text": card["text"]} for card in cards]

    @api.model
    def guides(self, query=None):
        """Guides in force (办事指南), the best for ``query`` first.

        :return: list of ``id``, ``title``, ``eligibility``, ``promised_days``,
            ``statutory_days``, ``materials`` (``name``, ``kind``, ``copies``, ``mandatory``),
            ``steps`` and ``fees`` (``name``, ``amount``)
        """
        self._enter("guides")
        found = self.env["water.guide"]._public_search(self._query(query), self.env.company)
        return [self._guide(row._public_card()) for row in found]

    @api.model
    def _guide(self, card):
        names = ("name", "kind", "copies", "mandatory")
        return {
            "id": card["id"],
            "title": card["name"],
            "eligibility": card["eligibility"],
            "promised_days": card["promised"],
            "statutory_days": card["statutory"],
            "materials": [dict(zip(names, row, strict=False)) for row in card["materials"]],
            "steps": [row[0] for row in card["steps"]],
            "fees": [{"name": row[0], "amount": row[1]} for row in card["fees"]],
        }

    @api.model
    def _query(self, query):
        return self._read_search(query, "query")

    # -- pages ---------------------------------------------------------------------------------
    # The interface on Odoo's pages of interfaces (``/doc/water.api``): its methods alone.
    #
    # Odoo's documentation shows administrators every method of readable models. The interface has
    # no rows: a request for some gets that answer.

    def __dir__(self):
        """Return the names of public methods for Odoo's documentation."""
        parts = [vars(part) for part in type(self).__mro__ if part.__module__.startswith(OURS)]
        mine = [names for names in parts if names.get("_name") == self._name]
        called = {name for names in mine for name in names if not name.startswith("_")}
        return sorted(called.difference(dir(models.AbstractModel)))

    def _search(self, *args, **kwargs):
        raise self._without_rows()

    def _fetch_query(self, query, fields):
        raise self._without_rows()

    def _without_rows(self):
        return UserError(self.env._("The interface has methods, and no records."))
