"""The events of the year: cases per day by season, two storms, a new price, billing.

All is drawn from one seeded generator, so that the same seed and day give the same year.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from odoo.addons.water_service_desk.clock.working_time import wall_moment

from .matters import MATTERS
from .names import Names

DAY = timedelta(days=1)
#: how many of 100 households call often, and how much more often
LOYAL, MORE = 3, 4
#: Most cases of an ordinary day are of ordinary hours.
HOURS = (0.3, 1, 3, 5, 6, 5, 2, 3, 4, 4, 3, 1.5, 1, 0.7, 0.5)
FIRST_HOUR = 7
STORM = {"burst": 14, "riser": 5, "no_water": 9, "turbid": 9, "yellow": 6, "outage_asked": 9}
COLD = {"frozen": 9, "riser": 4, "burst": 6, "no_water": 5, "outage_asked": 3}
NEW_PRICE = {"price": 9, "high_bill": 4, "meter_fast": 4, "meter_test": 3, "misread": 2, "tier": 3}
BILLING = {"high_bill": 2.6, "misread": 2.8, "payment": 2.4, "invoice": 2, "tier": 1.5}
#: The department whose work is late, comes back and leaves people dissatisfied.
BAD = "mtr"
SOURCES = (("phone", 62), ("wechat", 38))


@dataclass
class Home:
    """A household of the demonstration; the numbers of its records are known when it is written."""

    name: str
    phone: str
    address: str
    zone: object
    code: str
    meter: str
    account: int = 0
    partner: int = 0


@dataclass
class Choice:
    """Subject and start (naive UTC) of one copy."""

    start: datetime
    home: Home
    words: dict
    played_with: str = ""
    category: object = None
    department: str = "net"
    agent: str = "limin"
    order: str = ""
    call: str = ""
    tags: frozenset = field(default_factory=frozenset)


class Plan:
    """The year up to ``today``, of about ``size`` cases."""

    def __init__(self, company, today, size, seed):
        self.company, self.today, self.size = company, today, size
        self.dice = random.Random(f"{seed} {today} {size}")
        self.names = Names(self.dice)
        first = today - timedelta(days=364)
        self.days = [first + DAY * number for number in range(365)]
        self.storms = self._windows(((7, 18, 4), (9, 6, 3)))
        self.cold = self._windows(((1, 8, 6), (12, 20, 4), (2, 3, 4)))
        #: the new price holds from the first of the month five months ago
        self.price_from = (today.replace(day=1) - timedelta(days=140)).replace(day=1)
        self.homes = self._draw_homes(max(60, size // 4))
        self.calls = 0
        self.weights = [MORE if number % 100 < LOYAL else 1 for number in range(len(self.homes))]

    def _windows(self, starts):
        found = set()
        for day in self.days:
            for month, first, count in starts:
                if day.month == month and first <= day.day < first + count:
                    found.add(day)
        return found

    def _draw_homes(self, count):
        zones = self.company.zones
        shares = [6 if zone.code in ("LC", "DC") else 3 for zone in zones]
        return [
            self._home(number, zone)
            for number, zone in enumerate(self.dice.choices(zones, shares, k=count))
        ]

    def _home(self, number, zone):
        return Home(
            self.names.person(),
            self.names.phone(),
            self.names.address(zone.code),
            zone,
            f"2{number:07d}",
            f"2{self.dice.randrange(14, 26)}{number * 7919 % 10**8:08d}0",
        )

    # -- how much of what ----------------------------------------------------------------------

    def weight(self, matter, day):
        """How much of a matter there is on a day."""
        factor = matter.months.get(str(day.month), 1)
        weekend = 0.55 if day.weekday() > 4 and "request" not in matter.model else 1
        for days, more in ((self.storms, STORM), (self.cold, COLD)):
            if day in days:
                factor *= more.get(matter.key, 1)
        if self.price_from <= day < self.price_from + DAY * 75:
            factor *= NEW_PRICE.get(matter.key, 1)
        if day.day <= 9:
            factor *= BILLING.get(matter.key, 1)
        if matter.key == "price" and day < self.price_from:
            factor = 0
        return matter.weight * factor * weekend

    def happenings(self):
        """Yield ``(day, matter)``, day after day."""
        table = [
            (day, key, self.weight(matter, day))
            for day in self.days
            for key, matter in MATTERS.items()
        ]
        drawn = self.dice.choices(
            range(len(table)), [weight for *_rest, weight in table], k=self.size
        )
        for place in sorted(drawn):
            day, key, _weight = table[place]
            yield day, MATTERS[key]

    # -- one case ---------------------------------------------------------------------------

    def choice(self, day, matter):
        """Choose caller, time and words."""
        dice = self.dice
        (home,) = dice.choices(self.homes, self.weights)
        return Choice(
            start=self._moment(day),
            home=home,
            words=matter.texts(dice),
            category=self.company.categories[matter.category],
            department="net" if "request" in matter.model else matter.department,
            agent=dice.choice(("limin", "chenchen")),
            call=self._call(day),
            order=f"QH12345-{day:%Y%m%d}-{dice.randrange(1, 99999):05d}",
        )

    def home_choice(self, home):
        """A household that has been there for some years."""
        start = datetime.combine(self.days[0], time(2)) - timedelta(
            days=self.dice.randrange(30, 700)
        )
        return Choice(
            start=start,
            home=home,
            words={},
            played_with="bl03",
            category=self.company.categories["bl03"],
        )

    def _call(self, day):
        self.calls += 1
        return f"C{day:%Y%m%d}{self.calls:09d}"

    def lost_call(self, choice):
        """Somebody hangs up before ``choice`` begins."""
        minutes = self.dice.randrange(1, 50)
        (home,) = self.dice.choices(self.homes, self.weights)
        start = choice.start - timedelta(minutes=minutes)
        call = self._call(start)
        return Choice(start, home, {}, "bl03", choice.category, call=call)

    def _moment(self, day):
        (hour,) = self.dice.choices(range(FIRST_HOUR, FIRST_HOUR + len(HOURS)), HOURS)
        clock = time(hour, self.dice.randrange(60), self.dice.randrange(60))
        return wall_moment(datetime.combine(day, clock), self.company.zone)
