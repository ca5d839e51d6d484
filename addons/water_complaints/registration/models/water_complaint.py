from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import CONTACT_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.births import AGAIN, PART
from odoo.addons.water_service_desk.case.transitions import Missing, Move

#: Digits of a number that are read out: enough to be recognised, too few to be called.
TAIL = 4
#: Facts about a representative besides the contact data.
SPEAKER = ("representative_name", "representative_relation", "representative_authority")
SPEAKER += ("representative_may_read", "representative_is_told", "representative_id")


class WaterComplaint(models.Model):
    """Registering a complaint: read-back, representatives, anonymous customers (S3.2.1)."""

    _inherit = "water.complaint"

    _transitions = {
        ("registered", "dispatched"): Move(needs=("_need_readback", "_need_department")),
        ("registered", "investigating"): Move(needs=("_need_readback",)),
    }

    readback_text = fields.Text(
        string="What Was Read Back",
        readonly=True,
        copy=False,
        groups=CONTACT_GROUPS,
        water_mask="all",
    )
    readback_mode = fields.Selection(
        [
            ("spoken", "Read back by the agent"),
            ("screen", "Confirmed by the customer on their screen"),
            ("waived", "Not applicable"),
        ],
        string="Read-back",
        readonly=True,
        copy=False,
    )
    is_represented = fields.Boolean(
        string="On Behalf of Another Person",
        help="The customer does not complain in person.",
        water_born=(PART,),
    )
    representative_name = fields.Char(
        groups=CONTACT_GROUPS, copy=False, water_born=(AGAIN, PART), water_mask="name"
    )
    representative_relation = fields.Char(
        string="Relation", copy=False, help="Such as son, tenant, lawyer.", water_born=(AGAIN, PART)
    )
    representative_authority = fields.Text(
        string="Proof of Authority",
        copy=False,
        help="What shows that they may speak for the customer: a letter, a recording, a file.",
        water_born=(AGAIN, PART),
        water_mask="all",
    )
    representative_id = fields.Many2one(
        "res.partner",
        string="Representative's Contact",
        copy=False,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
        water_born=(AGAIN, PART),
        water_erased="empty",
    )
    representative_may_read = fields.Boolean(
        string="May Read the Case",
        copy=False,
        help="On their own pages, as the customer does.",
        water_born=(AGAIN, PART),
    )
    representative_is_told = fields.Boolean(
        string="Gets the Messages",
        copy=False,
        default=True,
        help="Letters and messages go to them as well, once contact and authority are on record;"
        " else the customer alone is told.",
        water_born=(AGAIN, PART),
    )

    readback_at = fields.Datetime(string="Read Back at", readonly=True, copy=False)
    readback_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    readback_correction = fields.Text(string="Customer's Correction", readonly=True, copy=False)
    can_readback = fields.Boolean(compute="_compute_can_readback")

    _customer_fields = frozenset({"representative_id"})

    @api.depends("state", "readback_at", "channel_id")
    @api.depends_context("uid")
    def _compute_can_readback(self):
        for case in self:
            can_begin = case.state == "registered" and case._can_move_to("dispatched")
            case.can_readback = can_begin and bool(case._need_readback())

    # -- on behalf of somebody else ----------------------------------------------------------

    def _missing_facts(self):
        missing = super()._missing_facts()
        case = self.sudo()
        names = ("representative_name", "representative_relation", "representative_authority")
        if case.is_represented:
            missing += [
                case._fields[name]._description_string(self.env) for name in names if not case[name]
            ]
        return missing

    @api.constrains("is_represented", "is_anonymous")
    def _check_represented(self):
        if any(case.is_represented and case.is_anonymous for case in self):
            raise ValidationError(self.env._("An anonymous customer cannot have a representative."))

    @api.model
    def _portal_domain(self, partner):
        """Let representatives read the case if the customer has allowed it."""
        own = super()._portal_domain(partner)
        return own | self._represented_domain(partner) if partner else own

    @api.model
    def _represented_domain(self, partner):
        allowed = Domain("is_represented", "=", True) & Domain("representative_may_read", "=", True)
        return allowed & Domain("representative_id", "=", partner.id)

    def _erasure_words(self):
        return [*super()._erasure_words(), self.representative_name, self.representative_id.name]

    # -- reading back ------------------------------------------------------------------------

    def _spoken_summary(self):
        """Return the text that the agent reads to the customer, in the customer's language
        (S3.2.1d).

        The telephone number is masked against listeners; the promised time comes last.
        """
        self.ensure_one()
        # sudo: complaint - read out to the customer
        case = self.sudo().with_context(lang=self._customer_lang())
        parts = [
            case._spoken_person(),
            case.env._(
                "At %(address)s, %(happened)s, the following happened: %(matter)s",
                address=case.address or case.env._("(no address)"),
                happened=case._customer_time(case.occurred_at) or case.env._("(no time)"),
                matter=case.description or case.subject,
            ),
            case.env._("What you ask for: %s", case.demand or case.env._("(nothing)")),
        ]
        return "\n".join([*parts, *case._spoken_promises(), case.env._("Is that right?")])

    def _spoken_person(self):
        """Return the customer's name and contact as they are read out."""
        if self.is_anonymous:
            return self.env._("You do not want to give your name.")
        digits = "".join(filter(str.isdigit, self.phone or ""))
        person = self.env._(
            "You are %(name)s, and your number ends in %(tail)s.",
            name=self.contact_name or self.env._("(no name)"),
            tail=digits[-TAIL:] or self.env._("(no number)"),
        )
        if not self.is_represented:
            return person
        return self.env._(
            "%(person)s %(representative)s speaks for you (%(relation)s).",
            person=person,
            representative=self.representative_name or "",
            relation=self.representative_relation or "",
        )

    def action_readback(self):
        """Open the read-back dialog (S3.2.1d)."""
        return self._dialog("water.readback.wizard", self.env._("Read Back"))

    def _confirm_readback(self, correction=None, by_customer=False):
        """Record that the customer agrees with what was registered.

        :param correction: what the customer corrected, or None
        :param by_customer: whether the customer confirmed it on the page, without a call
        :raises UserError: if required facts are missing
        """
        self.check_access("write")
        self._check_unsealed()
        for case in self:
            case._check_facts()
            if not case.first_responsible_id and case._creator_is_responsible():
                case.action_take()
            case._keep_readback("screen" if by_customer else "spoken", correction)
            # the read-back was the first contact
            if not (case.channel_id.is_live or by_customer):
                case._log_contact(self.env._("Read back to the customer"))

    def _check_facts(self):
        missing = self._need_facts()
        if missing:
            raise UserError("\n".join(missing))

    def _keep_readback(self, mode, correction=None):
        trusted(self).write(
            {
                "readback_at": fields.Datetime.now(),
                "readback_by_id": self.env.uid,
                "readback_correction": correction or False,
                "readback_text": self._spoken_summary(),
                "readback_mode": mode,
            }
        )
        payload = {"mode": mode, "correction": correction or ""}
        payload |= {"note": self.channel_id.code} if mode == "screen" else {}
        self._log_events("readback", payload)

    def _after_transition(self, origins, state):
        """Log why there was no read-back, if nobody could be reached."""
        leaving = self.filtered(
            lambda case: (
                origins[case.id] == "registered"
                and state in ("dispatched", "investigating")
                and not (case.readback_at or case.readback_mode)
            )
        )
        if leaving:
            trusted(leaving).write({"readback_mode": "waived"})
            reasons = {case.id: {"reason": case._waiver_reason()} for case in leaving}
            leaving._log_events("readback_waived", reasons)
        return super()._after_transition(origins, state)

    def _waiver_reason(self):
        case = self.sudo().with_context(lang=self.company_id.partner_id.lang)
        if case._is_out_of_reach():
            return case.env._("The customer is anonymous and cannot be reached.")
        return case.env._(
            "Received by “%s”: the customer is not there to be read to.", case.channel_id.name
        )

    # -- the customer's own pages ------------------------------------------------------------

    @api.model
    def _portal_submit(self, values, files=()):
        case = super()._portal_submit(values, files)
        if values.get("confirmed") and not case.readback_at:
            case._confirm_readback(by_customer=True)
        return case

    @api.model
    def _portal_review(self, values, files=()):
        """Return the summary before the customer sends the form: ``[(label, text)]``.

        :param values: {form field: text as typed}
        :param files: ``(name, seekable binary stream)`` pairs
        :raises FilingError: field by field, as on sending
        """
        partner = self.env.user.partner_id
        vals = self.sudo()._checked_filing(values, files, partner)
        draft = self.sudo().new({**vals, "partner_id": partner.id})
        return [
            (self.env._("Your name"), draft.contact_name),
            (self.env._("Phone"), vals.get("phone")),
            (self.env._("Matter"), draft.category_id.public_name or draft.category_id.name),
            (self.env._("Where"), draft.address),
            (self.env._("Happened at"), draft._portal_time(draft.occurred_at)),
            (self.env._("What happened"), draft.description),
            (self.env._("What you ask for"), draft.demand),
        ]

    # -- without a name ----------------------------------------------------------------------

    def action_issue_code(self):
        """Issue a query code and show it once.

        :raises UserError: by anyone but the desk, or for a finished case
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk issues query codes."))
        message = self.env._(
            "%s — read it out or write it down now: it is not shown again.",
            self._issue_query_code(),
        )
        title = self.env._("Query code of %s", self.name)
        return windows.message(message, "warning", title, windows.RELOAD)

    def _need_readback(self):
        """Require the customer's confirmation before a dispatch (S3.2.1d)."""
        unreachable = self._is_out_of_reach()
        again = self.handling_round > 1  # cases handled again were confirmed the first time
        if self.readback_at or unreachable or again or not self.channel_id.needs_readback:
            return []
        words = self.env._("read the matter back to the customer and have it confirmed")
        return [Missing(words, "action_readback")]

    def _confirm_filing(self):
        """Record the customer's own read-back on the page, which is no contact (S3.2.1d)."""
        super()._confirm_filing()
        for case in self.filtered(lambda case: not case.readback_at):
            case._confirm_readback(by_customer=True)

    # -- representative ------------------------------------------------------------------------
    # Representatives get the customer's messages (S3.2.1, S3.2.3).

    def _additional_recipients(self):
        """Add representatives with contact data and authority to the recipients."""
        case = self.sudo()
        people = super()._additional_recipients()
        lawful = case.is_represented and case.representative_is_told
        # delegates get messages only as long as the delegation holds
        if lawful and case.representative_authority and not case.delegation_id:
            people |= case.representative_id
        return people - case.partner_id

    def _portal_voices(self):
        """Count a representative's answers to copied mails as the customer's."""
        return super()._portal_voices() | self.sudo().representative_id

    def _notice_address(self):
        """Return the mail address for letters: the customer's, else the representative's."""
        case = self.sudo()
        return case.email_from or case._additional_recipients()[:1].email

    @api.model
    def _not_delicate(self):
        return super()._not_delicate() & Domain("is_confidential", "=", False)

    @api.model
    def _delegated_values(self, vals, partner):
        """A complaint of a delegate is one on behalf of the holder."""
        values = super()._delegated_values(vals, partner)
        if not values.get("delegation_id"):
            return values
        row = self.env["water.account.delegate"].sudo().browse(values["delegation_id"])
        localized = row.with_context(lang=row.company_id.partner_id.lang)
        labels = dict(row._fields["relation"]._description_selection(localized.env))
        return values | {
            "is_represented": True,
            "representative_name": partner.name,
            "representative_relation": labels[row.relation],
            "representative_authority": localized.env._(
                "Delegation no. %(number)s of the account, accepted on %(day)s.",
                number=row.id,
                day=row.company_id._water_today(row.accepted_at),
            ),
            "representative_id": partner.id,
        }

    def action_representative(self):
        """Open the permissions of the representative."""
        return self._open_part("representative", self.env._("Representative"))
