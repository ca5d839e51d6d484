from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted

CASE_MODELS = ("water.complaint", "water.request", "water.inquiry")


class WaterIncident(models.Model):
    """The cases of an incident: which hang on it, which propose one."""

    _inherit = "water.incident"

    complaint_ids = fields.One2many("water.complaint", "incident_id", string="Complaints")
    request_ids = fields.One2many("water.request", "incident_id", string="Requests")
    inquiry_ids = fields.One2many("water.inquiry", "incident_id", string="Inquiries")
    case_count = fields.Integer(string="Cases", compute="_compute_case_count")

    def _compute_case_count(self):
        counts = dict.fromkeys(self._origin.ids, 0)
        for model in CASE_MODELS:
            domain = [("incident_id", "in", self._origin.ids)]
            if self.env[model].has_access("read"):
                rows = self.env[model]._read_group(domain, ["incident_id"], ["__count"])
                for incident, count in rows:
                    counts[incident.id] += count
        for incident in self:
            incident.case_count = counts.get(incident._origin.id, 0)

    def action_open_cases(self):
        """Open the complaints, or what there is: requests, inquiries."""
        self.ensure_one()
        model = next(
            (model for model in CASE_MODELS if self.env[model].search_count(self._mine(), limit=1)),
            CASE_MODELS[0],
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "view_mode": "list,kanban,form",
            "domain": self._mine(),
        }

    def _mine(self):
        return [("incident_id", "in", self.ids)]

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

    def _join_cases_of_area(self):
        """Hang the fresh open cases of its kinds and its area on the incident."""
        for model in CASE_MODELS:
            self._fresh_cases(model)._join_incident(self)

    def _fresh_cases(self, model):
        cases = self.env[model].sudo()
        area = Domain("zone_id", "in", self.zone_ids.ids)
        area |= Domain("account_id", "in", self.account_ids.ids)
        since = self.aware_at - self.company_id._water_incident_span()
        return cases.search(
            area
            & Domain("company_id", "=", self.company_id.id)
            & Domain("category_id", "child_of", self.family_ids.ids)
            & Domain("incident_id", "=", False)
            & Domain("received_at", ">=", since)
            & Domain("state", "in", cases._incident_states)
        )

    def _close_cases(self, notice, limit):
        """Close a batch of the cases that hang on it and claim nothing more.

        :return: whether there was one to close
        """
        begun = CASE_MODELS.index(notice.last_model) if notice.last_model else 0
        for model in CASE_MODELS[begun:]:
            after = notice.last_case_id if notice.last_model == model else 0
            domain = self._open_children_domain(model) & Domain("own_claim", "=", False)
            cases = self.env[model].sudo()
            found = cases.search(domain & Domain("id", ">", after), order="id", limit=limit)
            if found:
                found._close_with_incident(notice.body)
                trusted(notice).write({"last_model": model, "last_case_id": found[-1].id})
                return True
        return False

    # -- proposals --------------------------------------------------------------------------

    @api.model
    def _propose_for(self, cases):
        """Propose an incident where ``cases`` make a cluster (domain 2: E5; S3.1.2c).

        :param cases: freshly registered cases of one type that hang on no incident
        """
        for company, zone, family, always in cases._incident_clusters():
            if self._known(company, zone, family):
                continue
            found = self._cluster(company, zone, family)
            if always or len(found) >= company.water_incident_cases:
                self._propose(company, zone, family, found)

    @api.model
    def _known(self, company, zone, family):
        return self.search_count(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("proposed", "open")),
                ("zone_ids", "in", zone.ids),
                ("family_ids", "in", family.ids),
            ],
            limit=1,
        )

    @api.model
    def _cluster(self, company, zone, family):
        """When each fresh case of a kind in a zone was received, ascending."""
        since = fields.Datetime.now() - company._water_incident_span()
        moments = []
        for model in CASE_MODELS:
            cases = self.env[model].sudo()
            found = cases.search_read(
                [
                    ("company_id", "=", company.id),
                    ("zone_id", "=", zone.id),
                    ("category_id", "child_of", family.id),
                    ("received_at", ">=", since),
                    ("incident_id", "=", False),
                    ("state", "in", cases._incident_states),
                ],
                ["received_at"],
            )
            moments += [row["received_at"] for row in found]
        return sorted(moments)

    @api.model
    def _propose(self, company, zone, family, moments):
        kind = {"OT": "outage", "PR": "pressure", "WQ": "quality"}.get(family.code, "other")
        place = zone.with_context(lang=company.partner_id.lang)
        matter = family.with_context(lang=company.partner_id.lang)
        incident = trusted(self).create(
            {
                "subject": f"{place.name} · {matter.name}",
                "kind": kind,
                "family_ids": family.ids,
                "zone_ids": zone.ids,
                "department_id": family.department_id.id,
                "manager_id": family.department_id.manager_id.id,
                "aware_at": min(moments, default=fields.Datetime.now()),
                "plan_id": self._plan_for(company).id,
                "company_id": company.id,
            }
        )
        incident._tell_proposal(len(moments))
        return incident

    @api.model
    def _plan_for(self, company):
        plans = self.env["mail.activity.plan"].sudo()
        domain = [("res_model", "=", "water.incident"), ("company_id", "in", (company.id, False))]
        return plans.search(domain, order="id", limit=1)

    def _tell_proposal(self, count):
        """The supervisors and the people on call learn of it at once."""
        # sudo: res.groups - whoever registers a case may have the supervisors told
        group = self.env.ref(SUPERVISOR).sudo()
        people = group.all_user_ids.filtered(lambda user: self.company_id in user.company_ids)
        people |= self.department_id.on_call_user_ids

        def compose(env):
            body = env._(
                "%(count)s cases of one kind in one zone: start the emergency plan, or dismiss it.",
                count=count,
            )
            subject = env._("Incident? %(subject)s", subject=self.subject)
            return subject, Markup("<p>%s</p>") % body

        self.env["water.staff.message"]._tell(people, compose, self)
