from odoo import SUPERUSER_ID, api, fields, models

from ...base.reader import reader_of
from ...base.roles import CONTACT_GROUPS
from ...base.words import looks_like_name, sentences
from ...case.births import SAME

#: The to-do to tell a customer otherwise after a failed message.
LOST = "water_service_desk.mail_activity_type_message"


class WaterCaseMixin(models.AbstractModel):
    """A case whose customer is told things: whom, where, how, and what became of it."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.addressee.mixin"]

    _technical = frozenset({"gateway_code"})

    _counters = {"customer_message_count": "water.message"}
    _contact_todos = (LOST,)
    _settable_on_create = frozenset({"is_of_unproved"})

    customer_message_ids = fields.One2many(
        "water.message", string="Customer Messages", groups=CONTACT_GROUPS
    )
    customer_message_count = fields.Integer(string="Number of Messages", compute="_compute_counts")
    is_of_unproved = fields.Boolean(
        string="Contact Named by a Stranger",
        readonly=True,
        copy=False,
        help="It comes from a case whose contact was given by an unverified person. It has not "
        "been proved.",
    )
    customer_lang = fields.Selection(
        selection="_customer_languages",
        string="Language of Messages",
        copy=False,
        help="Language of customers without a contact; a contact has its own.",
        water_born=SAME,
    )
    message_failed = fields.Boolean(
        string="Message Not Delivered", compute="_compute_message_failed"
    )

    @api.model
    def _customer_languages(self):
        return self.env["res.lang"].get_installed()

    def _customer_lang(self):
        """Return the contact's language, else that of the case if we speak it."""
        spoken = self.sudo().customer_lang
        is_spoken = spoken in dict(self._customer_languages())
        return self._addressee().lang or (is_spoken and spoken) or super()._customer_lang()

    def _compute_message_failed(self):
        messages = self.env["water.message"].sudo()
        link = messages._case_field(self._name)
        if self._origin._pointed_at_by([messages._fields[link]]):
            # sudo: water.message - handlers of the case may know that one failed
            messages = messages.search([(link, "in", self._origin.ids), ("state", "=", "given_up")])
        lost = messages[link]
        for case in self:
            case.message_failed = case._origin in lost

    def action_open_messages(self):
        """Open the customer's messages with their delivery state."""
        return self._open_children("water.message", self.env._("Customer Messages"))

    def _still_read_by(self, followers):
        outside, case = followers.filtered("partner_share"), self.sudo()
        told = case.partner_id | case._additional_recipients()
        return super()._still_read_by(followers) - (outside - told)

    def _message_case(self):
        return self

    def _message_link(self):
        return {self.env["water.message"]._case_field(self._name): self.id}

    def _send_to_customer(self, template):
        if template and self:
            self.env["water.message"]._queue(template, self)

    def _erase_around(self, scrubber, reason):
        """Drop waiting messages of erased customers."""
        self.customer_message_ids._drop()
        super()._erase_around(scrubber, reason)

    def _customer_link(self):
        return f"{self.get_base_url()}{self.access_url}"

    def _is_unproved(self):
        """Return whether the address comes from a stranger and nobody has confirmed it.

        By mail, or on the page without a login, anyone can enter any address.
        """
        case = self.sudo()
        by = case.create_uid
        by_stranger = case.is_of_unproved or by.share or by.id == SUPERUSER_ID
        return (by_stranger and not case.partner_id) or super()._is_unproved()

    def _customer_name(self):
        """Return a stranger's name only if it looks like one: other words are never sent on."""
        name = super()._customer_name()
        if self._is_unproved() and not reader_of(self.env) and not looks_like_name(name):
            return ""
        return name

    def _customer_subject(self):
        """Return the public name of the category, as on the customer's page.

        Without a category it is the subject, except a stranger's, whose words are never sent on.
        """
        # sudo: water.category - its name
        category = self.sudo().category_id
        if name := category.public_name or category.name:
            return name
        return self.env._("What you have told us") if self._is_unproved() else self.subject

    def _shared_promises(self):
        """Hook: return promises shared by many cases, instead of or before the case's own.

        The only place for them: telephone, mails, result page, tracking page and portal use it.

        :return: ``(title, sentence)`` pairs in the language of the environment
        """
        return []

    def _has_own_promise(self):
        """Hook: return whether the case's own limits are told to its customer."""
        return True

    def _crew_is_awaited(self):
        """Hook: return whether the customer is told when a crew comes."""
        return True

    def _spoken_promises(self):
        """Return our promises to read out, the most important first (S3.2.1d).

        :return: sentences in the language of the environment
        """
        shared = [sentence for _title, sentence in self._shared_promises()]
        return shared + (self._own_promises() if self._has_own_promise() else [])

    def _own_promises(self):
        """Return first contact, visit and answer, as far as they are promised, in order of time."""
        case, dues = self.sudo(), {}
        for clock in case._open_clocks().sorted("due_at"):
            is_ahead = clock.due_at > fields.Datetime.now() and not clock._is_appointment()
            if clock.kind in ("contact", "on_site") and is_ahead:
                dues.setdefault(clock.kind, clock.due_at)
        if not case._crew_is_awaited():
            dues.pop("on_site", None)
        if not (case.phone or case.email_from):
            dues.pop("contact", None)
        if answer := case._counted_on():
            dues["close"] = answer
        kinds = sorted(dues, key=dues.get)
        return [case._promise_sentence(kind, case._customer_time(dues[kind])) for kind in kinds]

    def _promise_sentence(self, kind, due):
        """Return a promise named by its act, in the language of the environment.

        The only words for it: telephone, mails, text messages and pages use them.

        :param kind: kind of the clock
        :param due: its limit, in words
        """
        sentence = {
            "contact": self.env._("We will contact you by %s."),
            "on_site": self.env._("Our staff will be with you by %s."),
            "close": self.env._("You will have our answer by %s."),
        }.get(kind)
        return sentence and sentence % due

    def _customer_promise(self):
        """Name the arrival of a crew first, as on the customer's page."""
        words = self._spoken_promises()
        if self._shared_promises():
            return sentences(words)
        if len(words) < 2:
            return super()._customer_promise()
        return sentences(words)

    def _is_urgent_news(self):
        """Ignore quiet hours for emergencies."""
        return self.severity == "emergency" or super()._is_urgent_news()

    def _customer_door(self):
        path = self.access_url if self._has_login() else "/water/track"
        return f"{self.get_base_url()}{path}"

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state != self._initial_state:  # what comes back to it was received long ago
            self._send_stage_mail()

    def _send_stage_mail(self):
        for stage, cases in self.grouped("stage_id").items():
            cases._send_to_customer(stage.sudo().mail_template_id)

    def _is_provisional_date(self, moment):
        """Return whether it is a limit of the case in a year without announced holidays."""
        # sudo: water.deadline - dates have the same words for every sender
        clocks = self.sudo().deadline_ids
        return moment in [row.due_at for row in clocks if row.provisional and not row.met_at]

    def _tell_customer_of_delay(self, clock, pause):
        """Notify the customer when the promised date moves (S2.3.2c)."""
        super()._tell_customer_of_delay(clock, pause)
        if clock.kind not in ("close", "promise"):
            return
        template = self.env.ref("water_service_desk.mail_template_new_date")
        self.env["water.message"]._queue(template, clock)
