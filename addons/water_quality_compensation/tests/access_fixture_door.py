"""Webhooks, deliveries, mails and what integrations have handed in, of both companies."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted


class DoorFixture:
    """Adds incoming calls of the interface and mails to the records of the access matrix."""

    @classmethod
    def _make_doors(cls):
        call = {"user_id": cls.users["integration"].id, "method": "x", "at": fields.Datetime.now()}
        row = cls.env["water.api.call"].create(dict(call))
        cls._keep("water.api.call", "own", row, call, {"method": "y"})
        cls._make_anchor()
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            cls._make_door(situation, company)
        cls._make_mail("other", cls.company, outcome="case")
        case = cls.records["water.complaint", "own"]
        cls._make_call_record("other", cls.company, complaint_id=case.id)
        dialog = cls.env["water.call.import.wizard"].create({})
        cls._keep("water.call.import.wizard", "other", dialog, {}, {"file_name": "y"})
        dialog = cls.env["water.table.import.wizard"].create({})
        cls._keep("water.table.import.wizard", "other", dialog, {}, {"file_name": "y"})

    @classmethod
    def _make_anchor(cls):
        anchor = cls.env["water.anchor"]._draw()
        another = {"number": 99, "sealed_at": fields.Datetime.now()}
        cls._keep("water.anchor", "own", anchor, another, {"digest": "x"})
        line = {"anchor_id": anchor.id, "chain": "x,1", "key": "x", "events": 1, "head": "x"}
        cls._keep("water.anchor.line", "own", anchor.line_ids[:1], line, {"head": "y"})
        alarm = trusted(cls.env["water.alarm"]).create({"code": "X"})
        cls._keep("water.alarm", "own", alarm, {"code": "Y"}, {"is_on": True})
        file = {"file": b"eA=="}
        dialog = cls.env["water.anchor.wizard"].create(dict(file))
        cls._keep("water.anchor.wizard", "other", dialog, file, {"file_name": "y"})

    @classmethod
    def _make_door(cls, situation, company):
        case = cls.records["water.complaint", situation]
        channel, own = cls._channel("app"), {"company_id": company.id}
        entry = {"complaint_id": case.id, "channel_id": channel.id, "external_id": "x"}
        entry["user_id"] = cls.users["integration"].id
        customer = {**own, "channel_id": channel.id, "reference": "x"}
        customer["partner_id"] = cls.customer.id
        hook = {**own, "name": "x", "url": "https://hooks.example.com/", "channel_ids": channel.ids}
        webhook = cls.env["water.webhook"].create(dict(hook))
        cls._keep("water.webhook", situation, webhook, hook, {"name": "y"})
        delivery = {"complaint_id": case.id, "webhook_id": webhook.id, "event": "created"}
        for model, values, another, change in (
            ("water.api.entry", entry, {"external_id": "y"}, {"external_id": "z"}),
            ("water.api.customer", customer, {"reference": "y"}, {"reference": "z"}),
            ("water.webhook.delivery", delivery, {}, {"state": "dead"}),
        ):
            row = trusted(cls.env[model]).create(dict(values))
            cls._keep(model, situation, row, {**values, **another}, change)
        cls._make_mail(situation, company)
        cls._make_call_record(situation, company)
        cls._make_learning(situation, company)

    @classmethod
    def _make_learning(cls, situation, company):
        """One row a company: another would be that of a third."""
        values = {"company_id": company.id, "learned_at": fields.Datetime.now()}
        row = trusted(cls.env["water.category.learning"]).create(dict(values))
        third = cls.env["res.company"].create({"name": f"Third {situation}"})
        another = {**values, "company_id": third.id}
        cls._keep("water.category.learning", situation, row, another, {"hit_rate": 1})

    @classmethod
    def _make_mail(cls, situation, company, **values):
        values |= {"message_id": f"<{situation}@x>", "company_id": company.id, "subject": "x"}
        row = trusted(cls.env["water.inbound.mail"]).create(dict(values))
        values["message_id"] = f"<{situation}.y@x>"
        cls._keep("water.inbound.mail", situation, row, values, {"subject": "y"})

    @classmethod
    def _make_call_record(cls, situation, company, **values):
        values |= {"call_ref": situation, "company_id": company.id}
        row = trusted(cls.env["water.call.record"]).create(dict(values))
        values["call_ref"] = f"{situation}.y"
        cls._keep("water.call.record", situation, row, values, {"agent_group": "y"})
