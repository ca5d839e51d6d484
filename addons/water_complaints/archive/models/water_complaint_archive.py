from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.births import WAYS
from odoo.addons.water_service_desk.privacy.models.water_erasure_mixin import PRIVACY

#: Events that a sealed file need not be followed by a further volume for.
OF_THE_ARCHIVE = frozenset({"sealed", "held", "hold_lifted", "destroyed"})
#: What is entered after the archiving is sealed when nothing more has come for so long.
SETTLED = timedelta(days=1)


class WaterComplaint(models.Model):
    """An archived complaint: its number, its sealed files, how long it is kept (S3.2.4b)."""

    _inherit = "water.complaint"
    _counters = {"archive_count": "water.archive"}

    _technical = frozenset({"archive_digest", "archive_number", "manifest_digest"})
    _goes_along = dict.fromkeys(("hold_reason", "hold_by_id", "hold_at"), WAYS)

    #: the facts of the case in the order of the dossier; whatever else it holds follows them
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
    hold_reason = fields.Char(string="Held Because", readonly=True, copy=False)
    hold_by_id = fields.Many2one("res.users", string="Held by", readonly=True, copy=False)
    hold_at = fields.Datetime(string="Held since", readonly=True, copy=False)
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

    @api.depends_context("uid")
    def _compute_can_hold(self):
        self.can_hold = self.env.su or self.env.user.has_group(PRIVACY)

    # -- archiving ----------------------------------------------------------------------------

    def _transition_values(self, state):
        values = super()._transition_values(state)
        return {**values, "archived_at": fields.Datetime.now()} if state == "archived" else values

    def _after_archived(self, origins):
        super()._after_archived(origins)
        now = fields.Datetime.now()
        for company, cases in self.sudo().grouped("company_id").items():
            numbers = self.env["ir.sequence"]._water_archive_numbers(company, len(cases))
            today = company._water_today()
            quiet = trusted(cases).with_context(tracking_disable=True)
            for case, number in zip(quiet, numbers, strict=True):
                years = relativedelta(years=case._kept_for_years())
                case.write(
                    {
                        "archive_number": number,
                        "retain_until": today + years,
                        "seal_due_at": now,
                    }
                )
        self.env["water.archive"]._wake_sealers()

    def _kept_for_years(self):
        """Years by the category, its family, or the company's setting."""
        category = self.category_id
        return (
            category.retention_years
            or category.parent_id.retention_years
            or self.company_id.water_retention_years
            or super()._kept_for_years()
        )

    def _on_event(self, kind, at):
        """What comes after the sealing (an appeal, a payment) is sealed as a further volume."""
        super()._on_event(kind, at)
        if kind in OF_THE_ARCHIVE:
            return
        later = self.sudo().filtered(lambda case: case.archive_number and not case.destroyed_at)
        if later:
            # without tracking: what is erased afterwards would stand in the thread as it was
            quiet = trusted(later).with_context(tracking_disable=True)
            quiet.write({"seal_due_at": fields.Datetime.now() + SETTLED})

    def action_open_archives(self):
        """Open the sealed files of the complaint."""
        return self._open_children("water.archive", self.env._("Sealed Files"), "complaint_id")

    def message_post(self, **kwargs):
        """Nothing more is said in the thread of an archived complaint, mails of customers apart.

        :raises AccessError: for whoever tries
        """
        received = kwargs.get("message_type") == "email" and self.env.su  # by the mail gateway
        if not received and not is_trusted(self.env):
            self.env["mail.message"]._check_water_archived(self.ids)
        return super().message_post(**kwargs)

    def _check_told(self, partner_ids):
        """Colleagues are told what there is to do; nobody outside hears more than was archived.

        :raises AccessError: for whoever tries
        """
        super()._check_told(partner_ids)
        # sudo: res.partner - who of the named is staff
        named = self.env["res.partner"].sudo().browse(partner_ids or ())
        is_by_hand = not (self.env.su or is_trusted(self.env))
        if is_by_hand and any(named.mapped("partner_share")):
            self.env["mail.message"]._check_water_archived(self.ids)

    def _message_create(self, values_list):
        """What the system itself enters in a thread comes this way; by hand nobody does."""
        thread = super(WaterComplaint, trusted(self))
        return thread._message_create(values_list).with_env(self.env)

    # -- legal hold -----------------------------------------------------------------------------

    def action_hold(self):
        """Open the dialog that puts the complaints under legal hold, or lifts it."""
        held = all(self.mapped("legal_hold"))
        title = self.env._("Lift the Legal Hold") if held else self.env._("Legal Hold")
        return self._dialog("water.hold.wizard", title, default_is_lifted=held)

    def _hold(self, held, reason):
        """Put the complaints under legal hold or lift it, on record: nothing held is destroyed.

        :param held: False lifts it
        :param reason: which proceeding, required
        :raises AccessError: for anybody but a privacy officer
        :raises UserError: without a reason
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(PRIVACY)):
            raise AccessError(self.env._("Only privacy officers decide what is kept or erased."))
        if not said(reason):
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
        """What is born of a case that is held is as much evidence as that."""
        super()._take_along(before, way)
        case = self.sudo()
        if case.legal_hold:
            reason = case.hold_reason or self.env._("%s is under legal hold", before.name)
            if not case.hold_reason:
                trusted(case).write({"hold_reason": reason, "hold_at": fields.Datetime.now()})
            case._log_events("held", {"reason": reason, "original": before.name})

    def _hold_with(self, before):
        """On record like the one that somebody has set; of what is destroyed nothing is left."""
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
        """An archived case is kept as long as was settled when it was archived."""
        hindrances = super()._erasure_hindrances()
        today = self.company_id._water_today()
        if not hindrances and self.retain_until and self.retain_until > today:
            hindrances.append(self.env._("it has to be kept until %s", self.retain_until))
        return hindrances

    def _erase_around(self, scrubber, reason):
        """The sealed files hold the person too: they go, and their digests stay."""
        super()._erase_around(scrubber, reason)
        self.archive_ids._destroy(reason)

    def _forget_words(self, words, reason):
        """So do those of a half that another person's words are taken out of."""
        super()._forget_words(words, reason)
        self.archive_ids._destroy(reason)
        if self.archive_number and not self.destroyed_at:
            now = fields.Datetime.now()
            trusted(self).write({"archive_digest": False, "seal_due_at": now})

    def _erase_values(self, scrubber):
        """What is left of the case is sealed anew, so that file and database agree."""
        values = super()._erase_values(scrubber)
        if self.archive_number and not self.destroyed_at:
            values |= {"archive_digest": False, "seal_due_at": fields.Datetime.now()}
        return values

    # -- the archive as a list ------------------------------------------------------------------

    @api.model
    def _destroyable(self, company):
        """The archived cases of a company whose time is over and that nothing holds."""
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
