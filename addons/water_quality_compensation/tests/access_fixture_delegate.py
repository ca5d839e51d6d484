"""Delegates of the accounts of both companies, and the chains of these accounts."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted


class DelegateFixture:
    """Adds delegates to the records of the access matrix."""

    @classmethod
    def _make_delegates(cls):
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            place = {"code": f"D-{situation}", "partner_id": cls.customer.id, "address": "x"}
            account = cls.env["water.account"].create({**place, "company_id": company.id})
            values = {
                "account_id": account.id,
                "holder_id": account.partner_id.id,
                "name": "x",
                "email": "x@example.com",
                "sees_cases": True,
                "date_from": fields.Date.today(),
            }
            cls._make_change(situation, account)
            cls._make_billed(situation, account)
            row = trusted(cls.env["water.account.delegate"].sudo()).create(dict(values))
            cls._keep("water.account.delegate", situation, row, values, {"name": "y"})
            event = cls.env["water.account.event"]._log(row, "acted", action="filed")
            values = {"account_id": account.id, "delegate_id": row.id, "kind": "acted"}
            values |= {"at": fields.Datetime.now(), "digest": "x", "user_id": cls.env.uid}
            cls._keep("water.account.event", situation, event, values, {"kind": "revoked"})
        values = {"change_ids": cls.records["water.account.change", "own"].ids, "reason": "x"}
        dialog = cls.env["water.account.release.wizard"].create(dict(values))
        cls._keep("water.account.release.wizard", "other", dialog, values, {"reason": "y"})

    @classmethod
    def _make_change(cls, situation, account):
        values = {
            "account_id": account.id,
            "partner_id": account.partner_id.id,
            "kind": "bank",
            "at": fields.Datetime.now(),
            "user_id": cls.env.uid,
            "company_id": account.company_id.id,
        }
        row = trusted(cls.env["water.account.change"].sudo()).create(dict(values))
        cls._keep("water.account.change", situation, row, values, {"names": "y"})

    @classmethod
    def _make_billed(cls, situation, account):
        link, today = {"account_id": account.id, "number": situation}, fields.Date.today()
        bill = {**link, "issued_on": today, "amount": 1.0}
        reading = {**link, "read_on": today, "value": 1.0}
        for model, values in (("water.account.bill", bill), ("water.account.reading", reading)):
            row = trusted(cls.env[model].sudo()).create(dict(values))
            cls._keep(
                model, situation, row, {**values, "number": f"{situation}-2"}, {"number": "y"}
            )
