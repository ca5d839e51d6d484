"""The stage on which lives are played: real users, the real engine, a clock set by hand.

Everything specific to one customer is a token of :data:`TOKENS`, which copies replace.
"""

from contextlib import contextmanager
from datetime import datetime, timedelta

import freezegun

from odoo import fields

DESK = "water_service_desk."
#: tokens in the rows of a life, replaced by each copy
TOKENS = ("事由", "原话", "情况", "诉求", "查明", "结果", "派单", "回访", "客户", "地址")
PHONE = "13000009876"
MINUTE = timedelta(minutes=1)
#: How the telephone system numbers the call that begins a life.
CALL = "C20200101000000001"
#: A step of the sweep comes so soon after its moment.
SWEPT = timedelta(seconds=40)


def _said(at):
    """Format ``at`` as a telephone system does."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def token(name):
    """Return the placeholder of ``name`` in a played life."""
    return f"⟦{name}⟧"


class Stage:
    """People, a household and a clock; ``begin`` starts a life."""

    def __init__(self, env, frozen):
        self.frozen = frozen
        self.env = env(context={**env.context, "lang": "zh_CN", "tz": "Asia/Shanghai"})
        self.start: datetime
        self.calls = 0
        self.first_clock = self.first_mail = 0

    def ref(self, name):
        """A record of the desk by its id, or of complaints by its full id."""
        return self.env.ref(name if "." in name else DESK + name)

    def as_(self, login, records):
        """Return ``records`` as the user ``login``."""
        return records.with_user(self.ref(f"user_{login}"))

    def department(self, code):
        return self.ref(f"department_{code}")

    # -- the clock ------------------------------------------------------------------------

    def begin(self, start):
        """A life begins at ``start`` (naive UTC)."""
        self.start = start
        self.frozen.move_to(start)
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM water_deadline")
        self.first_clock = self.env.cr.fetchone()[0]
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM mail_mail")
        self.first_mail = self.env.cr.fetchone()[0]

    def at(self, days=0, hours=0, minutes=0):
        """Go on to a moment of the life; on the way the sweep comes whenever a clock wants it."""
        until = self.start + timedelta(days=days, hours=hours, minutes=minutes)
        for _turn in range(40):
            moment = self._next_check()
            if not moment or moment > until - SWEPT:
                break
            self.frozen.move_to(max(moment, fields.Datetime.now()) + SWEPT)
            self._sweep()
        self.frozen.move_to(until)

    def _clocks(self):
        return (
            self.env["water.deadline"]
            .sudo()
            .search(
                [("id", ">", self.first_clock), ("next_check_at", "!=", False)],
                order="next_check_at",
            )
        )

    def _next_check(self):
        return self._clocks()[:1].next_check_at

    def _sweep(self):
        now = fields.Datetime.now()
        due = self._clocks().filtered(lambda clock: clock.next_check_at <= now)
        due.with_user(1)._check_all(now)

    def send(self):
        """Send the mails of this life, so that the queue holds no old ones."""
        written = [("id", ">", self.first_mail), ("state", "=", "outgoing")]
        mails = self.env["mail.mail"].sudo().search(written)
        mails.write({"state": "sent"})
        mails._postprocess_sent_message(mails.recipient_ids, [])

    # -- doors ----------------------------------------------------------------------------

    def file(self, model, login, household, category, channel="phone", **values):
        """File a case of a household as ``login``."""
        words = {
            "subject": token("事由"),
            "verbatim": token("原话"),
            "description": token("情况"),
            "partner_id": household.partner_id.id,
            "account_id": household.id,
            "category_id": self.ref(f"category_{category}").id,
            "channel_id": self.ref(f"channel_{channel}").id,
        }
        if model == "water.complaint":
            happened = fields.Datetime.now() - timedelta(hours=5)
            words |= {"demand": token("诉求"), "occurred_at": happened}
        if channel == "phone":
            words["recording_ref"] = CALL
        cases = self.as_(login, self.env[model])
        case = cases.create({**words, **values}).with_env(self.env)
        if channel == "phone":
            self.calls += 1  # each life with another patience
            talked, rang = 80 + 53 * self.calls % 270, 3 + 5 * self.calls % 14
            call = self.called(talked + rang, rang, login)
            self.as_(login, call)._attach(self.as_(login, case))
        return case

    def called(self, seconds, rang, login=None):
        """A call that has just ended, answered by ``login`` or by nobody."""
        now = fields.Datetime.now()
        told = {
            "call": CALL,
            "phone": PHONE,
            "offered_at": _said(now - timedelta(seconds=seconds)),
            "ended_at": _said(now),
            "group": "96390",
        }
        if login:
            answered = now - timedelta(seconds=seconds - rang)
            told |= {"answered_at": _said(answered), "agent": login, "recording": CALL}
        call, _what = self.env["water.call.record"]._report(told)
        return call

    def dispatch(self, case, login, code="net"):
        self.as_(login, case)._dispatch(self.department(code), None, token("派单"))
        return case.dispatch_ids.sorted("id")[-1:]

    def household(self):
        """The customer of all lives, with an account."""
        partner = self.env["res.partner"].create(
            {
                "name": token("客户"),
                "phone": PHONE,
                "street": token("地址"),
                "city": "清河市",
                "country_id": self.env.ref("base.cn").id,
                "lang": "zh_CN",
                "tz": "Asia/Shanghai",
            }
        )
        return self.env["water.account"].create(
            {
                "code": "19999999",
                "partner_id": partner.id,
                "address": token("地址"),
                "zone_id": self.ref("zone_dongcheng").id,
                "meter_no": "209999999999",
                "customer_class": "household",
            }
        )


@contextmanager
def stage(env, start):
    """Yield a :class:`Stage`; the cursor's clock is the frozen one too."""
    with freezegun.freeze_time(start, ignore=["_pytest", "psycopg2"]) as frozen:
        env.cr.now = lambda: fields.Datetime.now()
        try:
            yield Stage(env, frozen)
        finally:
            del env.cr.now
