"""Compensations of the cases of the access matrix, and the people of finance."""

from odoo.addons.water_service_desk.base.trust import trusted

#: dialogs that are about compensations
COMPENSATION_DIALOGS = ("water.compensation.wizard",)
#: situation → (who is away, who stands in)
AWAY = {
    "own": ("supervisor", "finance"),
    "other": ("manager", "supervisor"),
    "company": ("foreign", "foreign2"),
}


class CompensationFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_compensations(cls, situation, case):
        """A draft of the system, about a complaint, and a decision on it."""
        values = {"complaint_id": case.id, "kind": "goodwill", "amount": 10, "reason": "x"}
        row = cls.env["water.compensation"].create(dict(values))
        cls._keep("water.compensation", situation, row, values, {"reason": "y"})
        account = cls.env["water.account"].create(
            {
                "code": f"MR-{situation}",
                "address": "x",
                "partner_id": cls.customer.id,
                "company_id": case.company_id.id,
            }
        )
        values = {"complaint_id": case.id, "account_id": account.id}
        values["company_id"] = case.company_id.id
        refund = cls.env["water.meter.refund"].create(dict(values))
        cls._keep("water.meter.refund", situation, refund, values, {"tested_by": "y"})
        cls.env.flush_all()
        if situation in ("own", "company"):
            model = "water.compensation.progress"
            line = cls.env[model].search([("company_id", "=", row.company_id.id)], limit=1)
            cls._keep(model, situation, line, {"paid": 1}, {"paid": 2})
        values = {"compensation_id": row.id, "decision": "refused", "user_id": cls.env.uid}
        entry = trusted(cls.env["water.compensation.approval"]).create(dict(values))
        cls._keep("water.compensation.approval", situation, entry, values, {"reason": "y"})

    @classmethod
    def _make_compensation_setup(cls):
        year = {"date_from": "2099-01-01", "date_to": "2099-12-31"}
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            mine = {"name": "T", "company_id": company.id}
            band = cls.env["water.compensation.band"].create(dict(mine))
            cls._keep("water.compensation.band", situation, band, mine, {"name": "y"})
            values = {**mine, **year, "amount": 1, "kind": "claim"}
            budget = cls.env["water.compensation.budget"].create(dict(values))
            another = {**values, "kind": "goodwill"}
            cls._keep("water.compensation.budget", situation, budget, another, {"name": "y"})
        cls._make_delegations(year)
        values = {"compensation_ids": cls.records["water.compensation", "own"].ids, "reason": "x"}
        model = "water.compensation.wizard"
        cls._keep(model, "other", cls.env[model].create(dict(values)), values, {"reason": "y"})

    @classmethod
    def _make_delegations(cls, year):
        for situation, (away, deputy) in AWAY.items():
            company = cls.company2 if situation == "company" else cls.company
            values = {"user_id": cls.users[away].id, "deputy_id": cls.users[deputy].id}
            values |= {**year, "company_id": company.id}
            row = cls.env["water.compensation.delegation"].create(dict(values))
            cls._keep("water.compensation.delegation", situation, row, values, {"reason": "y"})
