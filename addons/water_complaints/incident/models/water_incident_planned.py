from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible


class WaterIncident(models.Model):
    """Planned outages: announced in time, and what callers are told before and after their end.

    Users are told 24 hours before (城市供水条例 art. 22), 48 hours before a long one (practice of
    several companies); the company sets both. The lead time is checked on entry.
    """

    _inherit = "water.incident"

    notice_given_at = fields.Datetime(
        string="Announced at", help="When customers were told of the planned outage in writing."
    )
    announced_end_at = fields.Datetime(
        string="Announced End", help="Until when the planned outage was announced to last."
    )
    told_begin_at = fields.Datetime(
        string="Beginning as Told",
        readonly=True,
        copy=False,
        help="From when the outage was to last by what customers were told.",
    )
    told_end_at = fields.Datetime(
        string="End as Told",
        readonly=True,
        copy=False,
        help="Until when it was to last by what customers were told; late is what passes it.",
    )
    lead_needed = fields.Integer(
        string="Announced Before (h)",
        compute="_compute_lead_needed",
        store=True,
        help="So many hours before its beginning customers have to be told.",
    )
    lead_alert = fields.Char(string="Lead Time", compute="_compute_lead_alert")
    lead_reason = fields.Char(string="Shorter Lead Time Because", readonly=True, copy=False)
    lead_waived_by_id = fields.Many2one(
        "res.users", string="Shorter Lead Time Allowed by", readonly=True, copy=False
    )
    lead_waived_at = fields.Datetime(
        string="Shorter Lead Time Allowed on", readonly=True, copy=False
    )
    is_told_in_time = fields.Boolean(
        string="Announced in Time", compute="_compute_is_told_in_time", store=True
    )

    can_call_off = fields.Boolean(compute="_compute_can_call_off", export_string_translation=False)

    @api.depends("is_planned", "aware_at", "announced_end_at", "expected_at")
    def _compute_lead_needed(self):
        """Use the present settings; announced outages keep their lead, see ``res.company``."""
        for incident in self:
            company, end = incident.company_id.sudo(), incident._planned_end()
            lasts = end and incident.aware_at and end - incident.aware_at
            is_long = lasts and lasts > timedelta(hours=company.water_planned_long)
            hours = company.water_planned_long_hours if is_long else company.water_planned_hours
            incident.lead_needed = incident.is_planned and hours

    @api.depends("lead_needed", "notice_given_at", "aware_at", "told_begin_at", "told_end_at")
    def _compute_is_told_in_time(self):
        for incident in self:
            given = incident.is_planned and incident._notified_at()
            incident.is_told_in_time = bool(given) and incident._has_enough_notice(given)

    @api.depends(
        *("lead_needed", "notice_given_at", "aware_at", "lead_waived_at", "state"),
        *("told_begin_at", "told_end_at"),
    )
    def _compute_lead_alert(self):
        for incident in self:
            waits = incident.is_planned and incident.state in ("proposed", "open")
            incident.lead_alert = waits and not incident.lead_waived_at and incident._lead_fault()

    @api.model_create_multi
    def create(self, vals_list):
        incidents = super().create(vals_list)
        incidents.filtered("notice_given_at")._keep_announced_times()
        return incidents

    def write(self, vals):
        """Announce changed dates again; a waived lead time covers only its own beginning."""
        before = {incident.id: (incident.aware_at, incident._planned_end()) for incident in self}
        result = super().write(vals)
        if "notice_given_at" in vals:
            self._keep_announced_times()
        moved = self.filtered(lambda row: row.lead_waived_at and row.aware_at != before[row.id][0])
        if moved:
            trusted(moved).write({"lead_waived_at": False})
        moved = self.filtered(lambda row: (row.aware_at, row._planned_end()) != before[row.id])
        moved._ask_for_moved_news()
        for incident in moved.filtered(lambda row: row.state == "open" and row._is_ahead()):
            incident._move_plan(before[incident.id][0])
        return result

    def _ask_for_moved_news(self):
        """Have planned work announced again once it is moved; otherwise news follow its dates."""
        now = fields.Datetime.now()
        for incident in self.filtered(lambda row: row.state == "open" and row._is_ahead()):
            due = now if incident._is_moved() else incident._next_news_after(now)
            trusted(incident).next_progress_at = due
            self._wake_broadcast()

    def _keep_announced_times(self):
        """Store the announced dates: customers do not know later changes."""
        for incident in trusted(self):
            given = incident.notice_given_at
            incident.write(
                {
                    "told_begin_at": given and incident.aware_at,
                    "told_end_at": given and incident._planned_end(),
                }
            )

    def _notified_by_letter(self):
        given = self.notice_given_at
        if not given or given in self.notice_ids.mapped("at"):
            return ()
        return given, self.told_begin_at or self.aware_at, self.told_end_at

    def _notified_at(self):
        """Return since when customers know of the outage as it is now; False once it was moved.

        Work that begins later than announced, but before its announced end, counts as announced.
        """
        holds = not self.told_begin_at or self._begins_within(self.told_begin_at, self.told_end_at)
        return holds and self.notice_given_at

    def _begins_within(self, begin, end):
        """Return whether an announcement from ``begin`` until ``end`` covers the present
        beginning.
        """
        return begin == self.aware_at or bool(end and begin < self.aware_at < end)

    def _is_ahead(self):
        return bool(self.is_planned and self.aware_at) and not self._has_begun()

    def _is_moved(self):
        """Return whether the announced dates differ from the present ones.

        A later end entered after the beginning does not count as moved.
        """
        if not (self.is_planned and self.told_begin_at):
            return False
        if self._has_begun():
            return not self._notified_at()
        return (self.told_begin_at, self.told_end_at) != (self.aware_at, self._planned_end())

    def _planned_end(self):
        return self.announced_end_at or self.expected_at

    def _outdated_news(self):
        """Return the news that announced other dates than the present ones."""
        dates = self.aware_at, self._planned_end()
        return self.notice_ids.filtered(
            lambda row: (
                row.begin_at
                and (
                    not self._begins_within(row.begin_at, row.expected_at)
                    if self._has_begun()
                    else (row.begin_at, row.expected_at) != dates
                )
            )
        )

    def _announced_until(self):
        """Return the end that was announced for the present dates (naive UTC), or False.

        Until moved work is announced again, this is its planned end. Screens, pages, messages,
        reminders and compensation all use this method.
        """
        return (not self._is_moved() and self.told_end_at) or self._planned_end()

    def _announced_at(self):
        """Return since when customers know the present dates; False if they must be told again.

        Before the work begins, a later end than announced must be announced again as well.
        """
        end, told = self._planned_end(), self.told_end_at
        is_longer = self._is_ahead() and bool(told and end and end > told)
        return not is_longer and self._notified_at()

    def _has_enough_notice(self, told_at):
        return self.aware_at - told_at >= timedelta(hours=self.lead_needed)

    def _lead_fault(self):
        """Return what the lead time lacks and who may waive it; "" if it is kept."""
        if not self.is_planned or not self.aware_at:
            return ""
        if not self._planned_end():
            return self.env._("Enter the announced end: the lead time goes by how long it lasts.")
        told_at = self._announced_at() or fields.Datetime.now()
        if self._has_enough_notice(told_at):
            return ""
        hours = max((self.aware_at - told_at).total_seconds(), 0) / 3600
        return self.env._(
            "Customers must be told %(needed)s hours before a planned outage, here it is"
            " %(left)s hours: %(missing)s hours are missing. Choose a later beginning, or have a"
            " supervisor allow it with the reason.",
            needed=self.lead_needed,
            left=f"{hours:.1f}",
            missing=f"{self.lead_needed - hours:.1f}",
        )

    def _check_lead(self):
        """Refuse news while the lead time is too short and not waived.

        Once the work has begun, news are allowed: the late announcement is on record.

        :raises UserError: what is missing and who may waive it
        """
        fault = self._is_ahead() and not self.lead_waived_at and self._lead_fault()
        if fault:
            raise UserError(fault)

    def _has_begun(self):
        return self.aware_at <= fields.Datetime.now()

    def _is_past_announced_end(self):
        if not (self.is_planned and self.state == "open"):
            return False
        end = self._announced_until()
        return bool(end) and fields.Datetime.now() > end

    def _late_category_for(self, category):
        """Return the category of late planned work for a case of ``category``, or an empty one.

        Questions and calls for water keep their category.
        """
        late = self.kind_id.late_category_id
        fits = not category or category in self.category_ids
        asks = category in self.kind_id.early_category_ids
        if not self._is_past_announced_end() or not fits or asks or category == late:
            return late.browse()
        return late

    def action_waive_lead(self):
        """Open the dialog that allows a shorter lead time."""
        self._check_step("proposed", "open")
        return {**self._dialog("lead"), "name": self.env._("Allow a Shorter Lead Time")}

    def _waive_lead(self, reason):
        """Let a supervisor waive the lead time.

        :raises AccessError: for anyone below
        :raises UserError: without a reason, or if the lead time is kept
        """
        self._check_step("proposed", "open")
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only a supervisor allows a shorter lead time."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        if not self.lead_alert or not self._planned_end():
            raise UserError(self.lead_alert or self.env._("The lead time is kept already."))
        now = fields.Datetime.now()
        trusted(self).write(
            {
                "lead_reason": reason.strip(),
                "lead_waived_by_id": self.env.uid,
                "lead_waived_at": now,
            }
        )
        self.message_post(body=self.env._("Shorter lead time allowed: %s", reason.strip()))

    def _keep_announcement(self, notice):
        """Record the first news before planned work, and news after a move, as its announcement."""
        if self._is_ahead():
            values = {"notice_given_at": self._announced_at() or notice.at}
            values["announced_end_at"] = self._planned_end()
            trusted(self).write(values)

    @api.constrains("aware_at", "announced_end_at")
    def _check_announced_end(self):
        for incident in self:
            end = incident.announced_end_at
            if end and end <= incident.aware_at:
                raise ValidationError(
                    self.env._("The announced end of the outage lies before its beginning.")
                )

    # -- called off ----------------------------------------------------------------------------
    # Planned work that is called off: everyone who was told of it is notified (S2.1.1).

    @api.depends("state", "is_planned", "aware_at")
    @api.depends_context("uid")
    def _compute_can_call_off(self):
        for incident in self:
            ahead = incident.is_planned and incident.state == "open" and not incident._has_begun()
            incident.can_call_off = ahead and self._is_manager()

    def action_dismiss(self):
        """Open the dialog that says why it is none, or does not take place."""
        if self.can_call_off:
            self.check_access("write")
            return {**self._dialog("dismissed"), "name": self.env._("Call the Work Off")}
        return super().action_dismiss()

    def _dismiss(self, reason):
        """Dismiss a proposal, or call off planned work before it has begun.

        :raises UserError: without a reason
        """
        off = self.filtered("can_call_off")
        for incident in off:
            incident._call_off(reason)
        if self - off:
            super(WaterIncident, self - off)._dismiss(reason)

    def _call_off(self, reason):
        """Call off planned work: close the questions about it with the news."""
        self._check_step("open")
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        values = {"state": "dismissed", "dismiss_reason": reason, "next_progress_at": False}
        trusted(self).write(values)
        self.sudo().activity_ids.unlink()
        if self.notice_ids or self.notice_given_at:
            words = self.with_context(lang=self.company_id.partner_id.lang).env
            text = words._(
                "%(subject)s does not take place: %(reason)s",
                subject=self.subject,
                reason=reason.strip(),
            )
            self._announce("restored", text)
