"""Complete complaints, and the shortest lawful way to each state."""

from odoo import fields
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, WaterCommon, WaterPeople

from . import acts

#: The lawful way of a complaint, state after state.
WAY = (
    "registered",
    "dispatched",
    "investigating",
    "handling",
    "notified",
    "confirmed",
    "callback",
    "archived",
)


class ComplaintPeople(WaterPeople):
    """Builds complaints on top of the people of the desk, and those of finance."""

    @classmethod
    def _make_people(cls):
        super()._make_people()
        if "water_compensation_profile_id" in cls.company._fields:
            with freeze_time("2000-01-01"):  # tests of schemes choose one
                cls.company.water_compensation_profile_id = False

    @classmethod
    def _wanted(cls):
        has_books = "account.move" in cls.env
        groups = "account.group_account_invoice" if has_books else "base.group_user"
        return super()._wanted() | {"finance": {"groups": groups}}

    @classmethod
    def _complaint_values(cls, **values):
        """Values of a complete complaint."""
        return {
            "subject": "水表估抄",
            "description": "客户说抄表员没有上门, 水量是估的。",
            "partner_id": cls.customer.id,
            "address": "东城路8号2单元301",
            "category_id": cls._category("bl02").id,
            "channel_id": cls._channel("phone").id,
            "occurred_at": fields.Datetime.subtract(fields.Datetime.now(), hours=3),
            "demand": "按实际水量重新计费",
            **values,
        }

    @classmethod
    def _kind(cls, code):
        return cls.env.ref(f"water_complaints.incident_kind_{code}")

    def _complaint(self, login="agent", **values):
        complaints = self._at_door(login, self.env["water.complaint"])
        return complaints.create(self._complaint_values(**values)).with_env(self.env)

    def _complaint_at(self, state, login="agent", department=None, **values):
        case = self._complaint(login, **values)
        if state in ("withdrawn", "rejected", "merged"):
            return self._ended(case, state)
        self._go(case, state, login=login, department=department)
        return case

    def _go(self, case, state, since="registered", login="agent", department=None):
        """Take a complaint on the lawful way, from ``since`` up to ``state``."""
        for step in WAY[WAY.index(since) + 1 : WAY.index(state) + 1]:
            getattr(self, f"_step_{step}")(case, login, department or self.net)
            case.invalidate_recordset()
            self.assertEqual(case.state, step)

    def _ended(self, case, state):
        original = self._complaint() if state == "merged" else self.env["water.complaint"]
        values = {"state": state, "end_reason": "客户要求", "duplicate_of_id": original.id}
        if state == "rejected":
            self._refuse(case)
        self._as("supervisor", case).write(values)
        return case

    def _refuse(self, case, login="supervisor"):
        """Tell the customer that the complaint is not accepted, and why."""
        values = self._notice_values(kind="refusal", body="<p>不属供水范围。</p>")
        return self._as(login, self.env["water.notice"])._send(self._as(login, case), values)

    def _step_dispatched(self, case, login, department):
        acts.readback(self._as(login, case))
        self._dispatch(case, department, login=login)

    def _step_investigating(self, case, login, department):
        self._worker(department, self._lead(case)).action_accept()

    def _step_handling(self, case, login, department):
        work = self._worker(department, case)
        self._conclude(work)
        if case.needs_review:
            self._as("supervisor", case).action_review()
        work.action_verify()

    def _conclude(self, work, **values):
        for case in work:
            self._prove(case)
            self._judge(case)
            facts = {"investigation": "抄见数与估数不符", "finding": "upheld"}
            case.write({**facts, "liability": "company", **values})

    def _prove(self, case, **values):
        """A meter reading as evidence, which the conclusion of ``case`` rests on."""
        reading = {
            "complaint_id": case.id,
            "kind": "reading",
            "title": "现场抄见",
            "taken_at": fields.Datetime.now(),
            "meter_number": "QH-0021",
            "reading_charged": 38,
            "reading_found": 21,
            **values,
        }
        evidence = case.env["water.evidence"].create(reading)
        case.basis_evidence_ids += evidence
        return evidence

    def _judge(self, case, verdict="supported", basis="《城市供水条例》第十九条"):
        case.demand_ids.write({"verdict": verdict, "basis": basis})

    def _step_notified(self, case, login, department):
        dispatch = self._worker(department, self._lead(case))
        dispatch.result = "已重新抄表并更正账单"
        dispatch.action_finish()
        case.invalidate_recordset()
        self._notify(case, login)

    def _merge(self, case, lead):
        ended = {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        self._as("supervisor", case).write(ended)
        self.env.invalidate_all()

    def _told_again(self, case):
        """Handled again by another person of the department, who is notified."""
        self._serve_again(case)
        return self._notify(case)

    def _step_confirmed(self, case, login, department):
        acts.confirm(self._as(login, case), "oral", "5", "4", "满意")

    def _step_callback(self, case, login, department):
        callback = self._as("quality", case.callback_ids.filtered(lambda row: row.state == "open"))
        callback.write({"outcome": "solved", "score": "5"})
        callback.action_done()

    def _step_archived(self, case, login, department):
        self._as("quality", case).action_archive_case()

    def _serve_again(self, case, result="已再次处理"):
        """The department's second handling goes to another person."""
        login = f"again{len(self.users)}"
        group = "base.group_user,water_service_desk.group_department"
        self.users[login] = self._new_user(login, group)
        self._lead(case).department_id.member_ids |= self.users[login]
        self._finish_lead(case, login, result)

    def _worker(self, department, records):
        login = "department2" if department == self.lab else "department"
        return self._as(login, records)

    def _notice_values(self, **values):
        return {
            "kind": "result",
            "mode": "oral",
            "subject": "投诉处理结果",
            "body": "<p>已更正账单。</p>",
            "told_to": "张伟",
            **values,
        }

    def _notify(self, case, login="agent"):
        """Tell the customer the result by word of mouth and move the complaint on."""
        notices = self._as(login, self.env["water.notice"])
        notice = notices._send(self._as(login, case), self._notice_values())
        self._as(login, case).write({"state": "notified"})
        return notice


@freeze_time(NOW)
class ComplaintCommon(ComplaintPeople, WaterCommon):
    """Transactional test of complaints, on a working morning."""
