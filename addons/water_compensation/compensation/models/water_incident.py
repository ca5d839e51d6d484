import logging
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import CASE_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.compensation import instant, moment, plain
from ...compensation_scheme.spans import joined, merged, pairs

_logger = logging.getLogger(__name__)
#: Accounts worked out per committed batch.
BATCH = 1000
#: An incident that cannot be worked out is looked at again after this time.
RETRY = timedelta(hours=1)
#: Facts on which it depends who is owed how much.
FACTS = frozenset(
    {
        *("kind_id", "strategic_main", "aware_at", "restored_at"),
        *("zone_ids", "account_ids", "notice_given_at", "announced_end_at", "told_end_at"),
        *("quality_notice", "quality_from", "quality_until", "counted_hours", "state"),
    }
)
#: Departments see no money.
NOTICES = {"boil": "water_boil", "drink": "water_drink", "use": "water_use"}
#: Families whose hours are paid for, and the fields that hold when it began and when it was over.
SPELLS = {"supply": ("aware_at", "restored_at"), "water": ("quality_from", "quality_until")}


class WaterIncident(models.Model):
    """How far the entries of an incident's compensations are made: n of m."""

    _inherit = "water.incident"

    entry_note = fields.Char(string="Entries", compute="_compute_entries", compute_sudo=True)
    entry_percent = fields.Float(
        string="Entries Made", compute="_compute_entries", compute_sudo=True
    )

    counted_hours = fields.Float(
        string="Counted as (h)",
        help="If the company counts at least this many hours for all customers; 0: the actual "
        "time.",
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

    def _compute_entries(self):
        """Counts contain no names; they are visible with the incident."""
        rows = self.env["water.compensation"]._read_group(
            [("incident_id", "in", self._origin.ids), ("amount", ">", 0)],
            ["incident_id", "state", "payment_state"],
            ["__count", "amount:sum"],
        )
        for incident in self:
            mine = [row[1:] for row in rows if row[0] == incident._origin]
            approved = [row for row in mine if row[0] == "approved"]
            made = sum(
                count for _state, paid, count, _sum in approved if paid not in ("none", False)
            )
            total = sum(row[2] for row in approved)
            waiting = sum(row[2] for row in mine if row[0] == "proposed")
            amount = sum(row[3] for row in approved)
            incident.entry_percent = 100 * made / total if total else 0
            incident.entry_note = incident._entry_words(made, total, waiting, amount)

    def _entry_words(self, made, total, waiting, amount):
        if not total:
            return self.env._("%(waiting)s to decide", waiting=waiting) if waiting else ""
        return self.env._(
            "%(made)s of %(total)s entries made, %(money)s approved, %(waiting)s to decide",
            made=made,
            total=total,
            money=formatLang(self.env, amount, currency_obj=self.company_id.currency_id),
            waiting=waiting,
        )

    # -- compensation --------------------------------------------------------------------------
    # Compensations of all affected accounts for an incident, without applications.
    #
    # Calculated in the background by account, in batches. If interrupted or repeated, each account
    # is still paid once and none is left out. Changed facts recalculate it.

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
        """Return who recorded its facts; they cannot decide on money that depends on them."""
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
        """Schedule the calculation of all compensations.

        :param at: naive UTC, now by default
        """
        now = fields.Datetime.now()
        for incident in trusted(self.sudo()):
            if not incident._has_scheme() or incident.state in ("proposed", "dismissed"):
                continue
            due = max(at or now, incident.aware_at)
            incident.write({"compensation_check_at": due, "compensation_account_id": 0})
            incident.env.ref("water_compensation.ir_cron_compensate")._trigger(at=due)

    def _has_scheme(self):
        company = self.company_id.sudo()
        return bool(company._water_scheme_on(company._water_today(self.aware_at))[0])

    def action_open_compensations(self):
        """Open the compensations of the affected accounts."""
        self.ensure_one()
        return windows.rows(
            "water.compensation", self.display_name, [("incident_id", "=", self.id)]
        )

    def action_compensate(self):
        """Recalculate all compensations.

        :raises UserError: for users who do not run incidents, or before it is under way
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
        self = trusted(self)
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
        mine = self.env["water.compensation"].search(
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
        """Return the item of one account for ``_work_out``, or None without a rule.

        :param beside: other interruptions at the same time, see :meth:`_interruptions`
        :param told: what the household knew of planned work, see :meth:`_told`
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
        """Return the facts of the incident that the rule needs, as JSON values."""
        since, until = told or self._known_by([self._notified_by_letter()])
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
        limit = rule._limit_of(begin, self.company_id._water_calendar())
        if trigger == "supply_planned":
            limit = max(until, begin)
        facts = {"begin": moment(begin), "limit": moment(limit), "end": moment(end)}
        return facts | ({"counted_hours": self.counted_hours} if self.counted_hours else {})

    # -- what no longer applies -------------------------------------------------------------------

    def _release_the_others(self):
        """Drop compensations of accounts and failures that no longer belong to the incident."""
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

    # -- interruption --------------------------------------------------------------------------
    # Incidents of one household at the same time: no hour is paid for twice (domain 4.1).
    #
    # The law knows no incidents, only the interruption of a household's supply, from when the
    # company is aware of it until the water is back (SI 2008/594 regs 8, 9; “already paid for the
    # same incident”). So overlapping incidents with the same limit are one interruption: the last
    # to end pays for all of it, less what earlier ones pay. With different limits (planned work, a
    # strategic main), each counts from its own beginning, and hours that are late by both are paid
    # once.
    #
    # Assumption: an incident that a household is exempt from, or for which paying was refused, is
    # no part of the interruption; the others count as if it had not been.

    def _spell_of(self, family):
        begin, end = SPELLS.get(family, SPELLS["supply"])
        return self[begin], self[end]

    def _trigger_of(self, family):
        """Return the type of failure, ended or not; None if it is not of the family."""
        if family == "water":
            return self.quality_notice and f"water_{self.quality_notice}"
        if self.kind_id.owed_for == "planned":
            return "supply_planned"
        if self.kind_id.owed_for == "supply":
            return "supply_strategic" if self.strategic_main else "supply"
        return None

    def _order_of(self, family):
        return self._spell_of(family)[1] or datetime.max, self.id

    # -- what lies in the same time ---------------------------------------------------------------

    def _overlapping(self, family, first, last):
        """Other incidents that lie, or go on, between two moments."""
        begin, end = SPELLS[family]
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self.id)
            & Domain("state", "not in", ("proposed", "dismissed"))
            & Domain(begin, "<", last)
            & (Domain(end, "=", False) | Domain(end, ">", first))
        )
        # sudo: water.incident - a household's compensation does not depend on the user
        found = self.sudo().search(domain)
        return found.filtered(lambda row: row._trigger_of(family))

    def _in_its_time(self, family):
        """Return the incidents that overlap with it, directly or through others."""
        first, last = self._spell_of(family)
        found = None
        while True:
            rows = self._overlapping(family, first, last)
            if rows == found:
                return rows
            found = rows
            first = min([first, *(row._spell_of(family)[0] for row in rows)])

    def _beside(self):
        """Return the incidents whose amounts depend on this one's facts, or vice versa."""
        found = self.browse()
        for incident in self.filtered(lambda row: row._has_scheme()):
            for family in SPELLS:
                first, last = incident._spell_of(family)
                if first:
                    found |= incident._overlapping(family, first, last or datetime.max)
        return found - self

    def _later_ones(self):
        """Return the overlapping ones that ended later, and pay what this one does not."""
        return self._beside().filtered(
            lambda row: any(
                row._spell_of(family)[1] and row._order_of(family) > self._order_of(family)
                for family in SPELLS
            )
        )

    # -- by account -------------------------------------------------------------------------------

    def _interruptions(self, accounts, trigger, family):
        """Return ``{account: its other interruptions at the same time}``, without unaffected
        ones.

        The values are ``begin`` of the interruption, ``pauses`` of the others in it, and ``rows``:
        what earlier ones pay for.
        """
        others = self._in_its_time(family) if family in SPELLS else self.browse()
        rows = self._rows_beside(others, accounts)
        found = {}
        for other in others:
            reached = Domain("id", "in", accounts.ids) & other._accounts_domain()
            reached = accounts.search(reached)
            own = other._own_exemptions(reached)
            for account in reached:
                key = other._key_of(family, account)
                facts, row = own.get(key, own["shared"]), rows.get(key)
                if not facts.get("exempt") and not (row and row._is_decided_against()):
                    found.setdefault(account, {})[other] = facts, row
        return {account: self._befell(trigger, family, mine) for account, mine in found.items()}

    def _rows_beside(self, others, accounts):
        domain = Domain("incident_id", "in", others.ids) & Domain("account_id", "in", accounts.ids)
        domain &= Domain("penalty_of_id", "=", False) & Domain("origin_key", "!=", False)
        rows = self.env["water.compensation"]
        return {row.origin_key: row for row in (rows.search(domain) if others else rows)}

    def _key_of(self, family, account):
        return f"incident:{self.id}:{family}:{account.id}"

    def _befell(self, trigger, family, found):
        """:param found: ``{incident: (facts of exemptions, its compensation or None)}``"""
        spells = {
            other: (first, last or datetime.max)
            for other in found
            if other._trigger_of(family) == trigger
            for first, last in [other._spell_of(family)]
        }
        begin, inside = joined(self._spell_of(family), spells)
        before = [
            row
            for other, (__, row) in found.items()
            if row and other._order_of(family) < self._order_of(family)
        ]
        pauses = [pause for other in inside for pause in found[other][0].get("pauses", ())]
        return {"begin": begin, "pauses": pauses, "rows": before}

    @api.model
    def _one_interruption(self, facts, beside):
        """Facts of an incident that is one interruption with others, of which they pay a part."""
        pauses, rows = beside["pauses"], beside["rows"]
        late = {
            row: (instant(row.facts["limit"]), instant(row.facts["end"]))
            for row in rows
            if row._owed_now() and row.facts.get("limit")
        }
        limit, paid = joined((instant(facts["limit"]), instant(facts["end"])), late)
        paid = sorted(paid, key=lambda row: row.id)
        begins = [facts["begin"], *(row.facts["begin"] for row in paid)]
        pauses = [*pauses, *(pause for row in paid for pause in row.facts.get("pauses", ()))]
        pauses = {tuple(pause) for pause in [*facts.get("pauses", ()), *pauses]}
        facts = {**facts, "begin": min(begins), "limit": moment(limit)}
        facts |= {"pauses": sorted(map(list, pauses))} if pauses else {}
        before = [[row.incident_id.name, plain(row._owed_now())] for row in paid]
        return facts | ({"before": before} if before else {})

    # -- pressure ------------------------------------------------------------------------------
    # Low pressure is owed for when it comes again: two occasions near each other.
    #
    # Incidents of a household at the same time are one occasion, paid by the one that ended first.

    def _pressure_items(self, accounts, own):
        """Two occasions near each other, each long enough, are owed for: by account."""
        if self.kind_id.owed_for != "pressure" or not self.restored_at:
            return []
        spells = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind_id.owed_for", "=", "pressure"),
                ("restored_at", "!=", False),
                ("aware_at", ">=", self.aware_at - timedelta(days=366)),
            ]
        )
        reached = {
            spell: set(
                self.env["water.account"]
                .search(spell._accounts_domain() & Domain("id", "in", accounts.ids))
                .ids
            )
            for spell in spells
        }
        items = []
        for account in accounts:
            mine = [spell for spell in spells if account.id in reached[spell]]
            items += self._pairs_of(account, mine, own)
        return items

    def _pairs_of(self, account, spells, own):
        """The pairs of one account that this incident completes."""
        rules = self.env["water.compensation.rule"]
        day = self.company_id._water_today(self.aware_at)
        rule = rules._rule_for(self.company_id, "low_pressure", account.customer_class, day)
        if not (rule and rule.is_automatic):
            return []
        known = {spell.id: spell for spell in spells}
        occasions = [
            (begin, end, ids)
            for begin, end, ids in merged(
                (spell.aware_at, spell.restored_at, spell.id) for spell in spells
            )
            if (end - begin) > timedelta(hours=rule.occasion_hours)
        ]
        items = []
        numbered = [(occasion[0], number) for number, occasion in enumerate(occasions)]
        for pair in pairs(numbered, rule.occasion_days):
            mine = [occasions[number] for __, number in pair]
            if mine[-1][2][0] == self.id:
                facts = {"occasions": [self._occasion(known, *spell) for spell in mine]}
                item = self._item_for(account, "low_pressure", "pressure", own, facts=facts)
                items += [item] if item else []
        return items

    def _occasion(self, known, begin, end, ids):
        names = ", ".join(known[number].name for number in ids)
        return [moment(begin), moment(end), names]

    # -- told ----------------------------------------------------------------------------------
    # Until when each household was told that planned work lasts, and since when it knew.

    def _told(self, accounts):
        """Return what households were told of planned work before it began.

        A printed announcement counts for all; news count for customers whose message was sent.

        :return: {account: (since, until)}, naive UTC; (None, None) for untold households
        """
        if not self.is_planned:
            return {}
        paper, news = self._notified_by_letter(), self._news_sent(accounts)
        return {
            account: self._known_by([paper, *news.get(account._holder_at(self.aware_at), ())])
            for account in accounts
        }

    def _news_sent(self, accounts):
        """Return {customer: [(sent at, begin, end)]} of the news that announced the work."""
        holders = accounts.partner_id | accounts.former_holder_ids.partner_id
        contacts = self.env["water.incident.contact"]
        found = {}
        for contact in contacts.search(
            [
                ("notice_id.incident_id", "=", self.id),
                ("notice_id.begin_at", "!=", False),
                ("partner_id", "in", holders.ids),
            ]
        ):
            sent = contact.message_ids.filtered(lambda row: row.state in ("sent", "delivered"))
            if sent:
                notice = contact.notice_id
                told = (min(sent.mapped("sent_at")), notice.begin_at, notice.expected_at)
                found.setdefault(contact.partner_id, []).append(told)
        return found

    def _known_by(self, announcements):
        """Return (since, until): since when a household knew the dates it was told last.

        (None, None) if the last announcement before the work began was for other dates.

        :param announcements: (given at, begin, end) of each, or an empty list
        """
        since = until = None
        in_time = [told for told in announcements if told and told[0] < self.aware_at]
        for given, begin, end in sorted(in_time, key=lambda told: told[0], reverse=True):
            is_longer = until and not (end and end >= until)
            if is_longer or not self._begins_within(begin, end):
                break
            since, until = given, until or end
        return since, until
