import re
import unicodedata
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.roles import CONTACT_GROUPS, SUPERVISOR
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.transitions import Missing

#: How many earlier complaints are shown while somebody types.
SHOWN = 6


def address_key(text):
    """What two spellings of one address have in common; empty for hardly any address.

    :param text: as typed
    """
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    plain = re.sub(r"[\W_]+", "", plain)
    return plain if len(plain) > 3 else False


class WaterComplaint(models.Model):
    """Several contacts about one matter: seen while typing, linked, counted, told (E5)."""

    _inherit = "water.complaint"

    _reactions = {"department_complained_id": ("_on_unit_complained",)}

    address_key = fields.Char(
        compute="_compute_address_key",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
    )
    repeat_of_id = fields.Many2one(
        "water.complaint",
        string="Repeat of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="An earlier complaint about the same matter, handled beside this one.",
    )
    repeat_ids = fields.One2many("water.complaint", "repeat_of_id", string="Repeats", readonly=True)
    repeat_count = fields.Integer(
        string="Contacts on the Matter",
        readonly=True,
        copy=False,
        default=0,
        help="This complaint, its repeats and what was merged into it; 0 as long as it is alone.",
    )
    repeat_alerted_at = fields.Datetime(readonly=True, copy=False)
    similar_ids = fields.Many2many(
        "water.complaint", string="Recent Complaints", compute="_compute_similar"
    )
    counts_for_rates = fields.Boolean(
        string="Counts for Satisfaction and Call-backs",
        compute="_compute_counts_for_rates",
        store=True,
        help="Anonymous, withdrawn, merged and unaccepted complaints count for the volume alone.",
    )

    _anonymous_unit_idx = models.Index(
        "(department_complained_id, received_at) WHERE is_anonymous IS TRUE"
    )

    @api.depends("address")
    def _compute_address_key(self):
        for case in self:
            case.address_key = address_key(case.address)

    @api.depends("is_anonymous", "state")
    def _compute_counts_for_rates(self):
        for case in self:
            left_out = case.state in ("withdrawn", "merged", "rejected")
            case.counts_for_rates = not (case.is_anonymous or left_out)

    # -- while typing ------------------------------------------------------------------------

    @api.depends("phone", "account_id", "address", "partner_id", "is_anonymous")
    @api.depends_context("uid")
    def _compute_similar(self):
        for case in self:
            facts = case._similar_facts() if case._reads_contact() else {}
            case.similar_ids = case._find_similar(facts, case._origin)

    def _similar_facts(self):
        """{field: value} of what may be the same as in another complaint."""
        company = self.company_id or self.env.company
        facts = {
            "phone_normalized": company._water_phone(self.phone),
            "account_id": self.account_id._origin.id,
            "partner_id": self.partner_id._origin.id,
            "address_key": address_key(self.address),
        }
        return {} if self.is_anonymous else {name: value for name, value in facts.items() if value}

    @api.model
    def _find_similar(self, facts, other=None):
        """Complaints of the last days that share a fact and that the user may see.

        Every fact has an index of its own; the newest come first.

        :param facts: {field: value}, from :meth:`_similar_facts`
        :param other: the complaint itself, left out
        """
        if not facts:
            return self.browse()
        days = timedelta(days=self.env.company.water_repeat_days)
        same = Domain.OR(Domain(name, "=", value) for name, value in facts.items())
        recent = Domain("received_at", ">=", fields.Datetime.now() - days)
        apart = Domain("id", "!=", other.id) if other else Domain.TRUE
        found = self.search(same & recent & apart & Domain("state", "!=", "merged"), order="id")
        return found.sorted("received_at", reverse=True)[:SHOWN]

    # -- linking -----------------------------------------------------------------------------

    def _root(self):
        """The complaint that stands for the matter."""
        return self.duplicate_of_id or self.repeat_of_id or self

    def _same_customer(self, other):
        """Whether both come from one customer: the person, the telephone or the account."""
        mine, theirs = self.sudo(), other.sudo()
        return any(
            mine[name] and mine[name] == theirs[name]
            for name in ("partner_id", "phone_normalized", "account_id")
        )

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
        """Note that the complaint is about the same matter as an earlier one.

        Both are handled and answered by themselves; nobody sees more of either than before.

        :param original: water.complaint
        :param reason: why, required for the complaints of two customers
        :raises UserError: with what is missing
        """
        self.ensure_one()
        self.check_access("write")
        original.check_access("read")
        if not self._is_desk():
            raise UserError(self.env._("Only the desk links complaints."))
        root = original.sudo()._root()
        missing = self._need_same_customer(root, reason)
        if missing:
            raise UserError("\n".join(missing))
        if root == self or self.repeat_ids or self.sudo().duplicate_ids:
            raise ValidationError(
                self.env._("Choose the earliest complaint of the matter: no chains, no circles.")
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
        root = self.sudo().repeat_of_id
        if not self._is_desk() or not root:
            raise UserError(self.env._("%s is no repeat of another complaint.", self.name))
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        trusted(self.sudo()).write({"repeat_of_id": False})
        self._log_events("repeat_unlinked", {"original": root.name, "reason": reason})
        root._count_repeats()

    def _count_repeats(self):
        """Count the contacts on these matters; the supervisor hears when there are too many."""
        for root in self:
            others = len(root.repeat_ids) + len(root.duplicate_ids)
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

    # -- anonymous ones about one unit ---------------------------------------------------------

    @api.model
    def _is_about_staff(self, vals):
        category = self.env["water.category"].sudo().browse(vals.get("category_id"))
        about = category.about_staff or category.parent_id.about_staff
        return about or vals.get("person_complained_id")

    def _link_anonymous(self):
        """Anonymous complaints about one unit in one week are one matter until told otherwise."""
        nameless = self.filtered(lambda case: case.is_anonymous and case.department_complained_id)
        for case in nameless.sudo().sorted("received_at"):
            first = case._first_of_week()
            if first and first != case and not case.repeat_ids:
                why = self.env._("Anonymous, about the same unit, in the same week.")
                case._set_repeat(first, why)

    def _first_of_week(self):
        """The earliest anonymous complaint about the unit in the calendar week of this one."""
        zone = ZoneInfo(self.company_id._water_tz())
        local = self.received_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        monday = (local - timedelta(days=local.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        begin = monday.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        found = self.search(
            [
                ("is_anonymous", "=", True),
                ("department_complained_id", "=", self.department_complained_id.id),
                ("company_id", "=", self.company_id.id),
                ("received_at", ">=", begin),
                ("received_at", "<=", self.received_at),
                ("id", "!=", self.id),
                ("state", "not in", ("withdrawn", "rejected", "merged")),
            ],
            order="received_at, id",
            limit=1,
        )
        return found._root()

    # -- the dialog ----------------------------------------------------------------------------

    def action_relate(self):
        """Open the dialog that links a complaint to an earlier one, merges it, or undoes that."""
        self.ensure_one()
        return self._dialog("water.merge.wizard", self.env._("Same Matter"))

    @api.model
    def _prepare_new(self, vals_list):
        super()._prepare_new(vals_list)
        for vals in vals_list:
            if vals.get("is_anonymous") and self._is_about_staff(vals):
                vals["is_confidential"] = True

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        self._link_anonymous()

    def _on_unit_complained(self, before, vals):
        if vals["department_complained_id"]:
            self.filtered(lambda case: not case.repeat_of_id)._link_anonymous()
