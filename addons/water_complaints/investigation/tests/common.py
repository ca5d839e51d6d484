"""Evidence, plans and rounds of negotiation for the tests."""

import base64
import io

from PIL import Image

from odoo import fields
from odoo.fields import Command

from ...complaint.tests.common import ComplaintCommon


def picture(colour=(200, 30, 30), size=(640, 400)):
    """The bytes of a photo."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()


class FactBuilder:
    """Builds what investigations and settlements leave. Mixed into test cases."""

    def _evidence(self, case, login="department", data=None, **values):
        """A photo that ``login`` adds to ``case``; other kinds by ``values``.

        :param data: bytes of the file; a photo by default, none when False
        """
        data = picture() if data is None else data
        values = {
            "complaint_id": case.id,
            "title": "现场",
            "file": base64.b64encode(data) if data else False,
            "file_name": "现场.jpg",
            **values,
        }
        return self._as(login, self.env["water.evidence"]).create(values).with_env(self.env)

    def _statement(self, case, login="department", **values):
        """A statement without a file."""
        words = {
            "kind": "statement",
            "stated_by": "邻居王某",
            "stated_as": "witness",
            "taken_at": fields.Datetime.now(),
            "note": "看见水从井里冒出来。",
        }
        return self._evidence(case, login, data=False, **{**words, **values})

    def _plan(self, case, login="department", text="换表并退费", **values):
        """A draft of a plan with one action of ``login``, due tomorrow."""
        action = {
            "name": "换表",
            "user_id": self.users[login].id,
            "due_on": fields.Date.add(fields.Date.today(), days=1),
        }
        values = {
            "complaint_id": case.id,
            "text": text,
            "action_ids": [Command.create(action)],
            **values,
        }
        return self._as(login, self.env["water.resolution"]).create(values).with_env(self.env)

    def _proposed(self, case, login="department", **values):
        plan = self._plan(case, login, **values)
        self._as(login, plan).action_propose()
        return plan

    def _round(self, case, login="agent", **values):
        """A round of talks that has no answer yet."""
        values = {
            "complaint_id": case.id,
            "offer": "换表并退费",
            "next_step": "再打电话",
            "next_on": fields.Date.add(fields.Date.today(), days=1),
            **values,
        }
        return self._as(login, self.env["water.negotiation"]).create(values).with_env(self.env)


class FactCommon(FactBuilder, ComplaintCommon):
    """Transactional test of investigations and settlements."""
