import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import CASE_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.compensation import instant, moment

_logger = logging.getLogger(__name__)

#: Accounts worked out per committed batch.
BATCH = 1000
#: An incident that cannot be worked out is looked at again after this time.
RETRY = timedelta(hours=1)
#: Facts on which it depends who is owed how much.
FACTS = frozenset(
    {
        "kind",
        "kind_id",
        "is_planned",
        "strategic_main",
        "aware_at",
        "restored_at",
        "zone_ids",
        "account_ids",
    }
    | {
        "notice_given_at",
        "announced_end_at",
        "told_end_at",
        "quality_notice",
        "quality_from",
        "quality_until",
    }
    | {"counted_hours", "state"}
)
#: Departments see no money.
NOTICES = {"boil": "water_boil", "drink": "water_drink", "use": "water_use"}


class WaterIncident(models.Model):
    """What all affected accounts are owed for an incident, without anybody's application.

    Worked out in the background, batch by batch, by account: killed or run twice, nobody gets
    it twice and nobody is left out. Changed facts work it out again.
    """

    _inherit = "water.incident"

    counted_hours = fields.Float(
        string="Counted as (h)",
        help="Where the company counts at least so many hours for everybody; 0: as it was.",
    )
    compensation_check_at = fields.Datetime(
        readonly=True, copy=False, help="When it is worked out who is owed what."
    )
    compensation_account_id = fields.Integer(
        readonly=True, copy=False, help="How far accounts are."
    )
    compensation_ids = fields.One2many(
        "water.compensation", "incident_id", string="Compensations", groups=CASE_GROUPS
    )
    compensation_count = fields.Integer(
        string="Number of Compensations", compute="_compute_compensation"
    )
    compensation_total = fields.Monetary(
        string="Compensation", compute="_compute_compensation", currency_field="currency_id"
    )
    exemption_ids = fields.One2many(
        "water.compensation.exemption", "incident_id", string="Exemptions", groups=CASE_GROUPS
    )

    _compensation_idx = models.Index(
        "(compensation_check_at) WHERE compensation_check_at IS NOT NULL"
    )
    _quality_sane = models.Constraint(
        "CHECK (quality_until > quality_from AND counted_hours >= 0)",
        "A notice is lifted after it was given.",
    )

    @api.depends_context("uid")
    def _compute_compensation(self):
        domain = [
            ("incident_id", "in", self._origin.ids),
            ("state", "in", ("draft", "proposed", "approved")),
        ]
        rows = self.env["water.compensation"]
        found = {}
        if rows.has_access("read"):
            groups = rows._read_group(domain, ["incident_id"], ["__count", "amount:sum"])
            found = {incident.id: figures for incident, *figures in groups}
        for incident in self:
            count, total = found.get(incident._origin.id, (0, 0))
            incident.compensation_count, incident.compensation_total = count, total

    def _fact_makers(self):
        """Who had a hand in its facts: they decide on no money that goes by them."""
        ends = self.notice_ids.filtered(lambda notice: notice.kind == "restored")
        return self.create_uid | self.opened_by_id | self.manager_id | ends.user_id | self.maker_ids

    # -- asking for it --------------------------------------------------------------------------

    def write(self, vals):
        is_changed = FACTS & vals.keys() and vals.get("state") != "closed"
        beside = self._beside() if is_changed else self.browse()
        result = super().write(vals)
        if is_changed:
            (beside | self | self._beside())._compensate_again()
        return result

    def _compensate_again(self, at=None):
        """Have it worked out in the background who is owed what.

        :param at: naive UTC, now by default
        """
        now = fields.Datetime.now()
        for incident in trusted(self.sudo()):
            if not incident._has_scheme() or incident.state in ("proposed", "dismissed"):
                continue
            due = max(at or now, incident.aware_at)
            incident.write({"compensation_check_at": due, "compensation_account_id": 0})
            cron = self.env.ref("water_compensation.ir_cron_compensate").sudo()
            cron._trigger(at=due)

    def _has_scheme(self):
        """Whether the company had a scheme when it began; without one no rule pays."""
        company = self.company_id.sudo()
        return bool(company._water_scheme_on(company._water_today(self.aware_at))[0])

    def action_open_compensations(self):
        """Open what the affected are owed."""
        self.ensure_one()
        return windows.rows(
            "water.compensation", self.display_name, [("incident_id", "=", self.id)]
        )

    def action_compensate(self):
        """Work out again who is owed what.

        :raises UserError: for whoever does not run incidents, or before it is under way
        """
        self._check_step("open", "restored", "closed")
        for incident in self:
            if not incident._has_scheme():
                raise UserError(
                    self.env._("Choose a scheme of compensation in the settings first.")
                )
        self._compensate_again()
        return True

    def action_exemption(self):
        """Open the dialog that asks for an exemption for all of the incident."""
        self.ensure_one()
        self._check_step("open", "restored")
        return windows.dialog(
            "water.compensation.exemption",
            self.env._("Ask for an Exemption"),
            {"default_incident_id": self.id},
            view_id=self.env.ref("water_compensation.exemption_view_dialog").id,
        )

    # -- the background job ---------------------------------------------------------------------

    @api.model
    def _cron_compensate(self):
        """Scheduled action: work out batch by batch who is owed what; go on where it stopped."""
        self = trusted(self.sudo())
        now = fields.Datetime.now()
        for incident in self.search(
            [("compensation_check_at", "<=", now)], order="restored_at, id"
        ):
            while incident._compensate_safely():
                if not self.env["ir.cron"]._commit_progress(BATCH, remaining=1):
                    return
                self.env.invalidate_all()
            self.env["ir.cron"]._commit_progress(1)

    def _compensate_safely(self):
        """One batch; one incident that fails is reported and put off, the others go on."""
        try:
            with self.env.cr.savepoint():
                return self._compensate_batch()
        except Exception:
            _logger.exception("The compensation of incident %s could not be worked out", self.id)
            self.invalidate_recordset()
            self.compensation_check_at = fields.Datetime.now() + RETRY
            return False

    def _compensate_batch(self):
        """Work out the next accounts; False when none is left."""
        domain = self._accounts_domain() & Domain("id", ">", self.compensation_account_id)
        accounts = self.env["water.account"].search(domain, order="id", limit=BATCH)
        self._compensate_accounts(accounts)
        if len(accounts) == BATCH:
            trusted(self).compensation_account_id = accounts[-1].id
            return True
        self._release_the_others()
        trusted(self).write({"compensation_check_at": False, "compensation_account_id": 0})
        return False

    def _compensate_accounts(self, accounts, reason=False):
        """Propose, or work out again, what ``accounts`` are owed.

        :param reason: why it is worked out again, for the record
        """
        own, told = self._own_exemptions(accounts), self._told(accounts)
        items = []
        for trigger, family in self._failures():
            beside = self._interruptions(accounts, trigger, family)
            for account in accounts:
                known = {"beside": beside.get(account), "told": told.get(account)}
                item = self._item_for(account, trigger, family, own, **known)
                items += [item] if item else []
        items += self._pressure_items(accounts, own)
        self.env["water.compensation"]._work_out(items, reason or self._why())
        self._later_ones()._compensate_again()

    def _why(self):
        words = self.with_context(lang=self.company_id.partner_id.lang)
        return words.env._("The facts of the incident have changed")

    def _own_exemptions(self, accounts):
        """{origin key: facts} of exemptions of single customers, those of all put in."""
        exemptions = self.env["water.compensation.exemption"]
        shared = exemptions._facts_of(self).get(self.id, {})
        rows = self.env["water.compensation"].sudo()
        mine = rows.search(
            [
                ("incident_id", "=", self.id),
                ("account_id", "in", accounts.ids),
                ("exemption_ids", "!=", False),
            ]
        )
        single = exemptions._facts_of(mine)
        found = {
            row.origin_key: {
                name: shared.get(name, []) + single.get(row.id, {}).get(name, [])
                for name in ("exempt", "pauses")
            }
            for row in mine
        }
        return {"shared": shared, **found}

    def _item_for(self, account, trigger, family, own, beside=None, facts=None, told=None):
        """The case of one account, as ``_work_out`` takes it; nothing without a rule.

        :param beside: what befell the account at the same time, see :meth:`_interruptions`
        :param told: what the household was told of planned work, see :meth:`_told`
        """
        begin = self._spell_of(family)[0]
        company = self.company_id
        day = company._water_today(begin)
        rules = self.env["water.compensation.rule"]
        rule = rules._rule_for(company, trigger, account.customer_class, day)
        if not (rule and rule.is_automatic):
            return None
        key = self._key_of(family, account)
        exempt = own.get(key, own["shared"])
        facts = facts or self._facts_for(trigger, rule, beside, told)
        facts |= {name: value for name, value in exempt.items() if value}
        facts = self._one_interruption(facts, beside) if beside else facts
        failed_at = instant(facts.get("limit")) or begin
        values = {
            "origin_key": key,
            "company_id": company.id,
            "incident_id": self.id,
            "account_id": account.id,
            "partner_id": account._holder_at(failed_at).id,
            "zone_id": account.zone_id.id,
            "department_id": self.department_id.id,
            "customer_class": account.customer_class,
            "failed_at": failed_at,
            "paid_from": self._paid_from(rule, facts, begin),
        }
        return {"values": values, "rule": rule, "facts": facts}

    def _paid_from(self, rule, facts, begin):
        if rule.pay_from == "end":
            return instant(facts.get("end")) or self.restored_at or begin
        return instant(facts.get("limit")) or begin

    # -- what went wrong --------------------------------------------------------------------------

    def _failures(self):
        """``(trigger, family)`` of what may be owed by now; one family, one compensation."""
        found, owed = [], self.kind_id.owed_for
        if owed == "supply" and self.restored_at:
            found.append(("supply_strategic" if self.strategic_main else "supply", "supply"))
        is_announced = (self.announced_end_at or self.told_end_at) and self._announced_until()
        if owed == "planned" and self.restored_at and is_announced:
            found.append(("supply_planned", "supply"))
        if owed == "planned" and self._has_begun():
            found.append(("planned_notice", "notice"))
        if self.quality_notice and self.quality_until:
            found.append((NOTICES[self.quality_notice], "water"))
        return found

    def _facts_for(self, trigger, rule, beside=None, told=None):
        """What the rule has to know of the incident, as JSON values."""
        since, until = told or self._known_by([self._told_on_paper()])
        until = until or self._announced_until()
        if trigger == "planned_notice":
            end = until or self.restored_at
            return {
                "notice": {
                    "begin": moment(self.aware_at),
                    "end": moment(end),
                    "given": moment(since),
                }
            }
        begin, end = self._spell_of("water" if trigger.startswith("water_") else "supply")
        begin = beside["begin"] if beside else begin
        limit = rule._limit_of(begin, self.company_id.sudo()._water_calendar())
        if trigger == "supply_planned":
            limit = max(until, begin)
        facts = {"begin": moment(begin), "limit": moment(limit), "end": moment(end)}
        return facts | ({"counted_hours": self.counted_hours} if self.counted_hours else {})

    # -- what no longer applies -------------------------------------------------------------------

    def _release_the_others(self):
        """Accounts and failures that the incident no longer has are owed nothing by it."""
        families = {family for __, family in self._failures()} | (
            {"pressure"} if self.kind_id.owed_for == "pressure" else set()
        )
        rows = self.env["water.compensation"].search(
            [
                ("incident_id", "=", self.id),
                ("origin_key", "=like", f"incident:{self.id}:%"),
                ("state", "in", ("draft", "proposed", "approved")),
                ("amount", ">", 0),
            ]
        )
        affected = set(self.env["water.account"].search(self._accounts_domain()).ids)
        gone = rows.filtered(
            lambda row: (
                row.account_id.id not in affected or row.origin_key.split(":")[2] not in families
            )
        )
        items = [gone_row._own_item() for gone_row in gone]
        for item in items:
            item["facts"]["exempt"] = ["not_affected"]
        self.env["water.compensation"]._work_out(items, self._why())
