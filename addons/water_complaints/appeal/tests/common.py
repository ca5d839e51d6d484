from contextlib import contextmanager

from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon

SUPERVISOR = "water_service_desk.group_supervisor"


@contextmanager
def at(moment):
    """A wall-clock time in Shanghai."""
    with freeze_time(local(moment)):
        yield


def appeal_clock(appeal, step):
    """The clock of a step of an appeal: ``receipt``, ``decision`` or ``statement``."""
    return appeal.sudo().deadline_ids.filtered(lambda clock: clock.appeal_step == step)[:1]


class AppealCommon(ComplaintCommon):
    """Appeals on top of complaints: senior people who had no part in them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, group in (
            ("senior", "group_supervisor"),
            ("chair", "group_manager"),
            ("member1", "group_supervisor"),
            ("member2", "group_quality"),
        ):
            cls.users[login] = cls._new_user(
                login, f"base.group_user,water_service_desk.{group}", tz="Asia/Shanghai"
            )

    def _appeal(self, case, login="agent", evidence=(), **values):
        appeals = self._as(login, self.env["water.appeal"])
        values = {"reason": "水量仍按估数", "demand": "退还多收水费", **values}
        return appeals._file(self._as(login, case), values, evidence).with_env(self.env)

    def _letter(self, login, action):
        context = action["context"]
        dialogs = self._as(login, self.env["water.notice.wizard"]).with_context(**context)
        dialog = dialogs.create({"mode": "oral", "told_to": "张伟"})
        dialog.action_send()
        return dialog

    def _accepted(self, appeal, reviewer="senior", members=()):
        head = self._as("supervisor", appeal)
        users = [self.users[login].id for login in members]
        head.write({"reviewer_id": self.users[reviewer].id, "member_ids": [(6, 0, users)]})
        self._letter("supervisor", head.action_accept())
        return appeal

    def _decided(self, appeal, decision="rejected", reviewer="senior", **values):
        work = self._as(reviewer, appeal)
        work.write({"decision": decision, "decision_text": "复核后维持原结论。", **values})
        self._letter(reviewer, work.action_decide())
        return appeal

    def _first(self, case, decision="rejected", **values):
        return self._decided(self._accepted(self._appeal(case)), decision, **values)

    def _second(self, case, decision="rejected", **values):
        appeal = self._accepted(self._appeal(case), "chair", ("member1", "member2"))
        self._vote_all(appeal, decision)
        return self._decided(appeal, decision, "chair", **values)

    def _vote_all(self, appeal, decision):
        for login in ("chair", "member1", "member2"):
            acts.vote(self._as(login, appeal), decision, "同意")
