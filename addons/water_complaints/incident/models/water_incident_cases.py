from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted

#: What began so long before an incident was known, or before planned work, is another matter.
EARLIER = timedelta(hours=24)
EARLIER_PLANNED = timedelta(hours=4)
#: case types → field of an incident that counts its cases
CASE_COUNTS = {
    "water.complaint": "complaint_case_count",
    "water.request": "request_case_count",
    "water.inquiry": "inquiry_case_count",
}
CASE_MODELS = tuple(CASE_COUNTS)
#: Where it is and what it is about: whose cases hang on it goes by these.
AREA = frozenset({"zone_ids", "account_ids", "kind_id", "kind", "is_planned", "category_ids"})


class WaterIncident(models.Model):
    """The cases of an incident: which hang on it, which propose one."""

    _inherit = "water.incident"

    complaint_ids = fields.One2many("water.complaint", "incident_id", string="Complaints")
    request_ids = fields.One2many("water.request", "incident_id", string="Requests")
    inquiry_ids = fields.One2many("water.inquiry", "incident_id", string="Inquiries")
    case_count = fields.Integer(string="Cases", compute="_compute_case_count")
    complaint_case_count = fields.Integer(
        string="Number of Complaints", compute="_compute_case_count"
    )
    request_case_count = fields.Integer(string="Number of Requests", compute="_compute_case_count")
    inquiry_case_count = fields.Integer(string="Number of Inquiries", compute="_compute_case_count")

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_case_count(self):
        """How many hang on it; of a proposal, how many would if it were started now."""
        counts = {model: self._count_of(model) for model in CASE_COUNTS}
        for incident in self:
            for model, name in CASE_COUNTS.items():
                incident[name] = counts[model].get(incident._origin, 0)
            incident.case_count = sum(incident[name] for name in CASE_COUNTS.values())

    def _count_of(self, model):
        """{incident: number of its cases of this type}, as far as the user may see them."""
        if not self.env[model].has_access("read"):
            return {}
        proposed = self._origin.filtered(lambda row: row.state == "proposed")
        mine = [("incident_id", "in", (self._origin - proposed).ids)]
        counts = dict(self.env[model]._read_group(mine, ["incident_id"], ["__count"]))
        found = {row: self.env[model].search_count(row._domain_of(model)) for row in proposed}
        return counts | found

    def _domain_of(self, model):
        """The cases of this type that hang on it; of a proposal, those that make decide on it."""
        if self.state == "proposed":
            return [("id", "in", self._fresh_cases(model).ids)]
        return [("incident_id", "in", self.ids)]

    def action_open_complaints(self):
        """Open the complaints that hang on it."""
        return self._open_cases("water.complaint", self.env._("Complaints"))

    def action_open_requests(self):
        """Open the requests that hang on it."""
        return self._open_cases("water.request", self.env._("Requests"))

    def action_open_inquiries(self):
        """Open the inquiries that hang on it."""
        return self._open_cases("water.inquiry", self.env._("Inquiries"))

    def _open_cases(self, model, title):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.display_name} · {title}",
            "res_model": model,
            "view_mode": "list,kanban,form",
            "domain": self._domain_of(model),
        }

    def _for_each_type(self, work):
        """Do ``work`` with the open cases of each type, whoever may see them."""
        for model in CASE_MODELS:
            # sudo: case - what befalls all is kept in each, restricted or not
            cases = self.env[model].sudo().search(self._open_children_domain(model))
            if cases:
                work(cases)

    def _open_children_domain(self, model):
        open_states = Domain("state", "not in", tuple(self.env[model]._final_states))
        return Domain("incident_id", "in", self.ids) & open_states

    def write(self, vals):
        """Whoever comes in by a larger area, or another kind, hangs on it as those before."""
        before = (
            {incident.id: incident._area_now() for incident in self} if AREA & vals.keys() else {}
        )
        result = super().write(vals)
        for incident in self.filtered(lambda row: row.state == "open" and row.id in before):
            incident._follow_area(*before[incident.id])
        return result

    def _area_now(self):
        """Zones and accounts, and how many they are where nobody knew better."""
        counted = self._counted_accounts()
        is_counted = all(self[name] == number for name, number in counted.items())
        return self.zone_ids, self.account_ids, is_counted

    def _follow_area(self, zones, accounts, was_counted):
        """Cases of the area as it is now hang on it; whom nobody has told hears next."""
        self._join_cases_of_area()
        if was_counted:
            self.write(self._counted_accounts())
        if self.zone_ids - zones or self.account_ids - accounts:
            self._ask_for_news_now()

    def _join_cases_of_area(self):
        """Hang the fresh open cases of its categories and its area on the incident."""
        for model in CASE_MODELS:
            self._fresh_cases(model)._join_incident(self)

    def _fresh_cases(self, model):
        cases = self.env[model].sudo()
        area = Domain("zone_id", "in", self.zone_ids.ids)
        area |= Domain("account_id", "in", self.account_ids.ids)
        since, earliest = self._joins_since(), self._happened_since()
        return cases.search(
            area
            & Domain("company_id", "=", self.company_id.id)
            & Domain("category_id", "in", self._joining_categories().ids)
            & Domain("incident_id", "=", False)
            & Domain("event_ids", "not any", [("kind", "=", "incident_left")])
            & Domain("received_at", ">=", since)
            & (Domain("occurred_at", "=", False) | Domain("occurred_at", ">=", earliest))
            & Domain("state", "in", cases._incident_states)
        )

    def _joins_since(self):
        """Cases received before (naive UTC) are about another matter."""
        if self.is_planned:
            return self.aware_at if self._has_begun() else self.create_date
        return self.aware_at - self.kind_id._span(self.company_id)

    def _happened_since(self):
        """What happened before (naive UTC) is another matter; customers say roughly since when."""
        return self.aware_at - (EARLIER_PLANNED if self.is_planned else EARLIER)

    def _joining_categories(self):
        """Categories whose cases hang on it now; of planned work to come, what asks about it."""
        if self.is_planned and not self._has_begun():
            return self.category_ids & self.kind_id.early_category_ids
        return self.category_ids

    def _takes(self, category, occurred_at, received_at=None):
        """Whether a new case of its area hangs on it.

        :param occurred_at: naive UTC when it happened, or nothing
        :param received_at: naive UTC when it came in, where that is not now
        """
        if category not in self._joining_categories():
            return False
        if received_at and received_at < self._joins_since():
            return False
        return not occurred_at or not self._has_begun() or occurred_at >= self._happened_since()

    # -- proposals --------------------------------------------------------------------------

    @api.model
    def _propose_for(self, cases):
        """Propose an incident where ``cases`` make a cluster (domain 2: E5; S3.1.2c).

        :param cases: freshly registered cases of one type that hang on no incident
        """
        for company, zone, kind, family, always in cases._incident_clusters():
            categories = self._cluster_categories(kind, family)
            if self._known(company, zone, kind, categories):
                continue
            found = self._cluster(company, zone, kind, categories)
            if always or len(found) >= kind._cases_needed(company):
                self._propose(company, zone, kind, family, found)

    @api.model
    def _cluster_categories(self, kind, family):
        """Categories that count together: all of the kind; of no kind those of a family."""
        if not family:
            return kind.category_ids
        return family | family.child_ids

    @api.model
    def _known(self, company, zone, kind, categories):
        return self.search_count(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("proposed", "open")),
                ("zone_ids", "in", zone.ids),
                ("kind_id", "=", kind.id),
                ("category_ids", "in", categories.ids),
            ],
            limit=1,
        )

    @api.model
    def _cluster(self, company, zone, kind, categories):
        """When each fresh case of a kind in a zone was received, ascending."""
        since = fields.Datetime.now() - kind._span(company)
        moments = []
        for model in CASE_MODELS:
            cases = self.env[model].sudo()
            found = cases.search_read(
                [
                    ("company_id", "=", company.id),
                    ("zone_id", "=", zone.id),
                    ("category_id", "in", categories.ids),
                    ("received_at", ">=", since),
                    ("incident_id", "=", False),
                    ("state", "in", cases._incident_states),
                ],
                ["received_at"],
            )
            moments += [row["received_at"] for row in found]
        return sorted(moments)

    @api.model
    def _propose(self, company, zone, kind, family, moments):
        words = self.with_context(lang=company.partner_id.lang)
        place, matter = zone.with_env(words.env), (family or kind).with_env(words.env)
        head = family.department_id or kind.warn_department_ids.filtered(
            lambda row: row.company_id in (company, company.browse())
        )
        values = {
            "subject": f"{place.name} · {matter.name}",
            "kind": kind.nature,
            "kind_id": kind.id,
            "zone_ids": zone.ids,
            "department_id": head[:1].id,
            "manager_id": head[:1].manager_id.id,
            "aware_at": min(moments, default=fields.Datetime.now()),
            "company_id": company.id,
        }
        if family:
            values["category_ids"] = self._cluster_categories(kind, family).ids
        incident = trusted(self).create(values)
        incident._tell_proposal(len(moments))
        return incident

    def _tell_proposal(self, count):
        """The supervisors and the people on call learn of it at once."""
        # sudo: res.groups - whoever registers a case may have the supervisors told
        group = self.env.ref(SUPERVISOR).sudo()
        people = group.all_user_ids.filtered(lambda user: self.company_id in user.company_ids)
        people |= self.department_id.on_call_user_ids | self.kind_id._people_warned(self.company_id)

        def compose(env):
            body = env._(
                "%(count)s cases of one kind in one zone: start the emergency plan, or dismiss it.",
                count=count,
            )
            subject = env._("Incident? %(subject)s", subject=self.subject)
            return subject, Markup("<p>%s</p>") % body

        self.env["water.staff.message"]._tell(people, compose, self)
