"""Rules of compensation and what they come to, for the access matrix."""

from odoo.addons.water_service_desk.base.trust import trusted

#: dialogs about amounts owed
SCHEME_DIALOGS = ("water.entitlement.wizard",)


class SchemeFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_schemes(cls):
        profile, spare = cls.env["water.compensation.profile"].create(
            [{"name": "T", "code": code} for code in ("T-1", "T-2")]
        )
        another = {"name": "T", "code": "T-3"}
        cls._keep("water.compensation.profile", "own", spare, another, {"name": "y"})
        code = cls.env["water.compensation.exemption.code"].create({"name": "T", "code": "t-1"})
        another = {"name": "T", "code": "t-2"}
        cls._keep("water.compensation.exemption.code", "own", code, another, {"name": "y"})
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            values = {
                "name": "T",
                "code": "T",
                "profile_id": profile.id,
                "trigger": "appointment",
                "first_amount": 1,
                "company_id": company.id,
                "valid_to": "2099-12-31",
            }
            rule = cls.env["water.compensation.rule"].create(dict(values))
            another = {**values, "code": "T-2", "valid_from": "2100-01-01", "valid_to": False}
            cls._keep("water.compensation.rule", situation, rule, another, {"source": "y"})
            values = {"model": rule._name, "res_id": rule.id, "label": "T", "kind": "changed"}
            values |= {"user_id": cls.env.uid, "at": "2026-01-01 00:00:00", "state": "done"}
            values["company_id"] = company.id
            change = trusted(cls.env["water.setting.change"]).create(dict(values))
            cls._keep("water.setting.change", situation, change, values, {"label": "y"})
        cls._make_scheme_dialogs()

    @classmethod
    def _make_scheme_dialogs(cls):
        values = {
            "complaint_id": cls.records["water.complaint", "own"].id,
            "rule_id": cls.records["water.compensation.rule", "own"].id,
            "note": "x",
        }
        dialog = cls.env["water.entitlement.wizard"].create(dict(values))
        cls._keep("water.entitlement.wizard", "other", dialog, values, {"note": "y"})

    @classmethod
    def _make_scheme_rows(cls, situation, case):
        """A compensation and an application of the complaint."""
        compensation = cls.records["water.compensation", situation]
        values = {"compensation_id": compensation.id, "number": 1, "inputs": "{}", "steps": "[]"}
        version = trusted(cls.env["water.compensation.version"]).create(dict(values))
        another = {**values, "number": 2}
        cls._keep("water.compensation.version", situation, version, another, {"reason": "y"})
        values = {
            "compensation_id": compensation.id,
            "code_id": cls.env.ref("water_compensation.exemption_code_drought").id,
            "note": "x",
        }
        exemption = cls.env["water.compensation.exemption"].create(dict(values))
        cls._keep("water.compensation.exemption", situation, exemption, values, {"note": "y"})
        account = cls.env["water.account"].create(
            {
                "code": f"T-L-{situation}",
                "partner_id": case.partner_id.id,
                "address": "x",
                "company_id": case.company_id.id,
            }
        )
        values = {
            "account_id": account.id,
            "complaint_id": case.id,
            "company_id": case.company_id.id,
        }
        allowance = cls.env["water.leak.allowance"].create(dict(values))
        change = {"leak_place": "y"}
        cls._keep("water.leak.allowance", situation, allowance, values, change)
        values = {"allowance_id": allowance.id, "period": "x", "volume": 1}
        usage = cls.env["water.leak.usage"].create(dict(values))
        cls._keep("water.leak.usage", situation, usage, values, {"volume": 2})
