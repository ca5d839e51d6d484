"""A year of a water company for demonstration: about 6,000 realistic cases.

Through the engine, one case takes up to a second, 6,000 an hour; rows invented in SQL may be
impossible. So each typical life (``lives``) is played once by its users, at its times, through the
real engine (``stage``). Its rows (``rows``) become a mould (``mould``), and copies with other
customers, words, times and people (``cast``) follow a ``plan``. The product itself computes due
times (``_water_due_at``) and chains (``event_chain``) anew. A copy whose limits would be met or
missed unlike its life is dropped. The played lives are rolled back: only copies stay.

Copies lack passing notices to staff and activities of finished work. A scheduled action makes their
sealed files, one a minute. ``COPY`` bypasses foreign keys; ``tests/test_year.py`` looks for
dangling references.

The hand-made stories in ``addons/*/demo`` stay as they are. Only ``bin/serve`` loads the year; it
is no part of an addon and never reaches a production system.
"""

import random
import re
import time as clock
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo import fields

from . import complaint_lives, desk_lives  # noqa: F401 - they keep their lives
from .cast import Cast, Ledger, pour
from .company import Company
from .incidents import play_incidents
from .judged import judge
from .lives import HOME, LIVES
from .mould import Mould
from .plan import BAD, Plan
from .rows import Shape
from .stage import stage

SEED = 20260101
SIZE = 6000
#: How often another life or time is tried when a copy would not be true.
TRIES = 12
#: months before this one with sheets of key figures
SHEETS = 3
#: How many calls are given up for each case.
LOST = 0.12
#: share in percent of the bad department, and of others
BAD_SHARE, OTHER_SHARE = 55, 4
RARE = {"appealed": 0.25, "compensated": 0.5, "complaint_taken_back": 0.4, "taken_back": 0.4}
RARE |= {"order_answered": 0.6, "asked_and_answered": 3.0, "repaired_quickly": 2.0}


class Undone(Exception):
    """Rolls the played lives back."""


class Year:
    """Plays, plans and casts; ``load`` does it all."""

    def __init__(self, env, today, size=SIZE, seed=SEED):
        self.env, self.today, self.size, self.seed = env, today, size, seed
        self.now = datetime.combine(today, datetime.min.time())
        self.moulds, self.spans = {}, {}
        self.skipped = Counter()

    def load(self):
        """Make the year; returns ``{what: how many}``."""
        begun = clock.monotonic()
        self._prepare()
        self.shape = Shape(self.env)
        with stage(self.env, self._monday()) as acting:
            with self._undone():
                self._play(acting)
            self.env.registry.clear_cache()
            casts = self._cast()
            rows = pour(self.env, self.shape, casts)
            self.ledger.close()
            self.env.invalidate_all()
            play_incidents(acting, self.plan)
            self.env.flush_all()  # by the stage's clock
        self._finish()
        return {
            "cases": self.cases,
            "rows": rows,
            "skipped": sum(self.skipped.values()),
            "seconds": round(clock.monotonic() - begun, 1),
        }

    @contextmanager
    def _undone(self):
        """Roll back what is played inside."""
        try:
            with self.env.cr.savepoint():
                yield
                raise Undone
        except Undone:
            self.env.invalidate_all()

    def _prepare(self):
        """Date the company's standards back and archive other people's data."""
        before = self.today - timedelta(days=800)
        self.env.cr.execute(
            "UPDATE water_standard SET valid_from = %s WHERE valid_from > %s", [before, before]
        )
        years = [self.today.year - 1, self.today.year]
        self.env["water.calendar.day"]._load_china(years)
        self.env.ref("base.partner_root").name = "系统"
        self.env.ref("base.partner_admin").name = "系统管理员"
        self._strangers().active = False
        self.env.flush_all()
        self.env.registry.clear_cache()
        self.env.invalidate_all()

    def _strangers(self):
        """People and firms of Odoo's own demo data; their users are archived on the way."""
        rows = self.env["ir.model.data"].search(
            [("module", "=", "base"), ("model", "=", "res.partner")]
        )
        theirs = rows.filtered(
            lambda row: re.match("res_partner_|partner_demo(_portal)?$", row.name)
        )
        people = self.env["res.partner"].browse(theirs.mapped("res_id")).exists()
        self.env["res.users"].search([("partner_id", "in", people.ids)]).active = False
        return people

    def _monday(self):
        """Return 9:10 on a Monday with no holidays around it."""
        year = self.today.year - (self.today.month < 12)
        day = datetime(year, 11, 3, 1, 10)
        return day + timedelta(days=-day.weekday() % 7)

    # -- playing ------------------------------------------------------------------------------

    def _play(self, acting):
        start = self._monday()
        acting.begin(start)
        before = self.shape.newest()
        home = acting.household()
        found = self.shape.written_since(before)
        self.company = Company(acting, home)
        self._keep(HOME, found, start)
        before = self.shape.newest()
        for life in LIVES.values():
            with self._undone():
                acting.begin(start)
                life.play(acting, home)
                self._keep(life, self.shape.written_since(before), start)
        self.percents = self._percents()
        self.plan = Plan(self.company, self.today, self.size, self.seed)

    def _keep(self, life, found, start):
        mould = Mould(self.shape, life, found, self.company)
        mould.start = start
        self.moulds[life.name] = mould
        ends = [mould.moments[at] for _name, events in mould.chains for _k, _n, at, *_r in events]
        self.spans[life.name] = max(ends, default=start) - start

    def _percents(self):
        rows = self.env["water.category"].sudo().search([])
        names = ("callback_percent", "request_callback_percent", "inquiry_callback_percent")
        return {row[name] for row in rows for name in names} - {0, 100}

    # -- casting ------------------------------------------------------------------------------

    def _cast(self):
        self.ledger = Ledger(
            self.env, random.Random(f"keys {self.seed} {self.today}"), self.percents
        )
        casts = [self._cast_home(home) for home in self.plan.homes]
        cases = [cast for cast in map(self._one, self.plan.happenings()) if cast]
        cases.sort(key=lambda cast: cast.choice.start)
        calls = [self._lost(cast) for cast in cases if self.plan.dice.random() < LOST]
        for cast in cases + calls:
            cast.settle(self.ledger)
        self.cases = len(cases)
        return casts + cases + calls

    def _lost(self, cast):
        """An unanswered call some time before another one."""
        return Cast(self.moulds["call_lost"], self.company, self.plan.lost_call(cast.choice))

    def _cast_home(self, home):
        """A household that has been a customer since before the year."""
        choice = self.plan.home_choice(home)
        cast = Cast(self.moulds[HOME.name], self.company, choice)
        cast.settle(self.ledger)
        home.account = cast.first["water_account"]
        home.partner = cast.first["res_partner"]
        return cast

    def _one(self, happening):
        """The copy of a life that fits, or None when none does."""
        day, matter = happening
        for _attempt in range(TRIES):
            choice = self.plan.choice(day, matter)
            life = self._life(choice, matter)
            if life is None:
                break
            mould = self.moulds[life.name]
            choice.played_with = life.category
            cast = Cast(mould, self.company, choice)
            if cast.is_true(self.now):
                return cast
        self.skipped[matter.key] += 1
        return None

    def _life(self, choice, matter):
        """A life of such a case that has ended by now, or is under way on the last days."""
        fitting = [
            life
            for life in LIVES.values()
            if life.model == matter.model and life.severity == matter.severity
        ]
        left = self.now - choice.start
        ended = [one for one in fitting if "open" not in one.tags and self.spans[one.name] <= left]
        under_way = [
            one
            for one in fitting
            if "open" in one.tags
            and self.spans[one.name] <= left <= self.spans[one.name] + timedelta(days=1.5)
        ]
        if under_way and self.plan.dice.random() < 0.7:
            return self.plan.dice.choice(under_way)
        return self._ended_life(ended, choice) if ended else None

    def _ended_life(self, lives, choice):
        share = BAD_SHARE if choice.department == BAD else OTHER_SHARE
        bad = [life for life in lives if "bad" in life.tags]
        good = [life for life in lives if "bad" not in life.tags]
        if bad and self.plan.dice.random() * 100 < share:
            return self.plan.dice.choice(bad)
        if not good:
            return None
        weights = [RARE.get(life.name, 1) for life in good]
        return self.plan.dice.choices(good, weights)[0]

    def _finish(self):
        """Count the days of the year and make the sheets of the last months."""
        self._spread_sealing()
        self.env.invalidate_all()
        self.env["ir.config_parameter"].sudo().search([("key", "like", "water.fact.")]).unlink()
        self.env["water.fact"].sudo()._cron_count()
        figures, company = self.env["water.base.figure"].sudo(), self.env.company
        accounts = figures._accounts_of(company)
        month = self.today.replace(day=1)
        for back in range(12):
            figures._keep(company, month, accounts)
            month = (month - timedelta(days=1)).replace(day=1)
            if back < SHEETS:
                values = {"company_id": company.id, "kind": "month", "period_start": month}
                sheet = self.env["water.kpi.sheet"].create(values)
                sheet._draw_up()
        people = [self.env.ref(f"water_service_desk.user_{name}") for name in ("sunli", "chenguo")]
        judge(self.env, sheet, *people)

    def _spread_sealing(self):
        self.env.cr.execute(
            "UPDATE water_complaint c SET seal_due_at = %s + number * interval '1 minute' FROM"
            " (SELECT id, row_number() OVER (ORDER BY archived_at, id) AS number"
            " FROM water_complaint WHERE seal_due_at < %s) AS due WHERE due.id = c.id",
            [fields.Datetime.now(), self.now],
        )
