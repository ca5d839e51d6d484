from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...base.roles import CONTACT_GROUPS, SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import said
from ...case.transitions import Missing
from ..address import address_key

#: How many earlier cases are shown while somebody types.
SHOWN = 6
#: The to-do of whoever calls a customer whom no message reaches.
RESULT = "water_service_desk.mail_activity_type_result"


class WaterMatterMixin(models.AbstractModel):
    """Several contacts about one matter: seen while typing, linked, counted, told (E5).

    Case types inherit it before themselves; what they link, merge and mirror is of their kind.
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

    @api.depends("address")
    def _compute_address_key(self):
        for case in self:
            case.address_key = address_key(case.address)

    # -- while typing ------------------------------------------------------------------------

    @api.depends("phone", "account_id", "address", "partner_id", "is_anonymous", "state")
    @api.depends_context("uid")
    def _compute_similar(self):
        for case in self:
            # whoever files or handles a case is told; of a finished one nobody asks any more
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
        """Cases of the company that share a fact, of the last days, and that the user may see.

        Every fact has an index of its own; the newest come first. What was filed without a name
        is found by no telephone: its number would say whose it is.

        :param facts: {field: value}, from :meth:`_similar_facts`
        :param other: the case itself, left out
        :param company: res.company whose they are, by default the user's present one
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
        # browsed anew: what is read of these few is not fetched of all
        return self.browse(found.sorted("received_at", reverse=True)[:SHOWN].ids)

    # -- linking -----------------------------------------------------------------------------

    def _root(self):
        """The case that stands for the matter."""
        return self.duplicate_of_id or self.repeat_of_id or self

    def _same_customer(self, other):
        """Whether both come from one customer: the person, the telephone or the account.

        Two people of whom each is known by name are two, though both name one account: whoever
        held it before, and whoever holds it now. Of a nameless one and one with a name nobody says
        so: it would say who the first one is.
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
        if not said(reason):
            words = self.env._("say why the matters of two customers are one")
            return [Missing(words, "action_relate")]
        return []

    def _link_repeat(self, original, reason=None):
        """Note that the case is about the same matter as an earlier one.

        Both are handled and answered by themselves; nobody sees more of either than before.

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
        """Link to ``root``, count, and tell the supervisor when it is time."""
        trusted(self.sudo()).write({"repeat_of_id": root.id})
        self._log_events("repeat_linked", {"original": root.name, "reason": reason or ""})
        root.sudo()._count_repeats()

    def _unlink_repeat(self, reason):
        """It is another matter after all.

        :param reason: why, required
        :raises UserError: without a reason, or when it is linked to nothing
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        root = self.sudo().repeat_of_id
        if not self._is_desk() or not root:
            raise UserError(self.env._("%s is no repeat of another case.", self.name))
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        trusted(self.sudo()).write({"repeat_of_id": False})
        self._log_events("repeat_unlinked", {"original": root.name, "reason": reason})
        root._count_repeats()

    def _count_repeats(self):
        """Count the contacts on these matters; the supervisor hears when there are too many.

        Repeats of what was merged are contacts on the matter that is handled.
        """
        for root in self | self.duplicate_of_id:
            merged = root._contacts_merged()
            others = len(root.repeat_ids | merged | merged.repeat_ids)
            trusted(root).write({"repeat_count": 1 + others if others else 0})
            limit = root.company_id.water_repeat_contacts
            if root.repeat_count >= limit and not root.repeat_alerted_at:
                trusted(root).write({"repeat_alerted_at": fields.Datetime.now()})
                root._tell_repeats()

    def _contacts_merged(self):
        """What was merged into it, as far as somebody has turned to us with it."""
        return self.duplicate_ids

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
