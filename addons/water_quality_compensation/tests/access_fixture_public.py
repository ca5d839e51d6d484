"""Records of the access matrix that the open doors keep."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted


class PublicFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_public(cls):
        until = fields.Datetime.add(fields.Datetime.now(), hours=1)
        attempt = {"kind": "file_source", "key": "x", "expires_at": until}
        draft = {"token": "x" * 32, "kind": "inquiry", "expires_at": until}
        act = {"user_id": cls.env.uid, "key": "x" * 32, "kind": "accept", "at": until}
        rows = {"water.attempt": attempt, "water.filing.draft": draft, "water.field.act": act}
        for model, values in rows.items():
            row = trusted(cls.env[model]).create(dict(values))
            cls._keep(model, "own", row, values, {"kind": "y"})
