"""The persons and things of a life that differ in each copy."""

import re
from functools import cached_property
from zoneinfo import ZoneInfo

from .stage import CALL, PHONE, TOKENS, token

#: Agents stand in for each other.
AGENTS = ("limin", "chenchen")
#: code of a department → who does its work
HEADS = {
    "net": "zhaojun",
    "biz": "wuqiang",
    "mtr": "zhoukai",
    "lab": "qianli",
    "eng": "zhoukai",
}
REPLACED: tuple[str, ...] = (
    "res_partner",
    "water_account",
    "water_zone",
    "water_category",
    "water_department",
)
REPLACED += ("res_users", "water_channel")
ORDER = "QH12345-20200101-00001"


class Company:
    """The people, departments and calendars of the demonstration."""

    def __init__(self, stage, home):
        self.stage, self.env = stage, stage.env
        self.home, self.partner = home.id, home.partner_id.id  # they are taken back after the play
        self.zone = ZoneInfo(self.env.company._water_tz())
        self._limits = {}
        self.users = {login: stage.ref(f"user_{login}") for login in {*AGENTS, *HEADS.values()}}
        self.departments = {code: stage.department(code) for code in HEADS}
        self.categories = {
            row.code.lower(): row for row in self.env["water.category"].sudo().search([])
        }
        for names in (self._people, self._offices, self._first_zone, self._labels):
            assert names  # read while the stage stands
        self.zones = self.env["water.zone"].sudo().search([])

    # -- lookup -------------------------------------------------------------------------------

    @cached_property
    def _labels(self):
        """``{name: (table, record)}`` of records whose names occur in texts."""
        found = {user.name: ("res_users", user) for user in self.users.values()}
        net = self.departments["net"]
        found[net.name] = ("water_department", net)
        for row in self.categories.values():
            found[row.name] = ("water_category", row)
        return found

    def names(self):
        """Regular expressions of what a copy replaces in texts, longest first."""
        plain = [token(name) for name in TOKENS]
        plain += [PHONE, f"尾号{PHONE[-4:]}", ORDER, CALL, '"NET"', "19999999", "209999999999"]
        plain += [self.stage.ref("zone_dongcheng").name]
        plain += [user.email for user in self.users.values()]
        plain += [name for name, (table, _row) in self._labels.items() if table != "water_category"]
        return [re.escape(text) for text in sorted(plain, key=len, reverse=True)]

    def table_of_name(self, label):
        return self._labels.get(label, (None,))[0]

    def replaces(self, table, _cell):
        return table in REPLACED

    # -- creation -----------------------------------------------------------------------------

    @cached_property
    def _people(self):
        return {
            login: (str(user.id), str(user.partner_id.id), user.name, user.email)
            for login, user in self.users.items()
        }

    @cached_property
    def _offices(self):
        return {
            code: (str(row.id), row.name, f'"{row.code}"') for code, row in self.departments.items()
        }

    @cached_property
    def _first_zone(self):
        zone = self.stage.ref("zone_dongcheng")
        return str(zone.id), zone.name

    def others(self, choice):
        """``{(table, number): number}`` of one copy, both as texts.

        :param choice: :class:`plan.Choice`
        """
        people, home, offices = self._people, choice.home, self._offices
        played = str(self.categories[choice.played_with].id)
        found = {
            ("water_account", str(self.home)): str(home.account),
            ("res_partner", str(self.partner)): str(home.partner),
            ("water_zone", self._first_zone[0]): str(home.zone.id),
            ("water_category", played): str(choice.category.id),
            ("water_department", offices["net"][0]): offices[choice.department][0],
        }
        for old, new in self._stand_ins(choice):
            found["res_users", people[old][0]] = people[new][0]
            found["res_partner", people[old][1]] = people[new][1]
        return found

    @staticmethod
    def _stand_ins(choice):
        return ("limin", choice.agent), ("zhaojun", HEADS[choice.department])

    def words(self, choice):
        """``{text of a life: text of the copy}``."""
        home, offices, people = choice.home, self._offices, self._people
        found = {token(name): text for name, text in choice.words.items()}
        found |= {
            token("客户"): home.name,
            token("地址"): home.address,
            PHONE: home.phone,
            f"尾号{PHONE[-4:]}": f"尾号{home.phone[-4:]}",
            ORDER: choice.order,
            CALL: choice.call,
            "19999999": home.code,
            "209999999999": home.meter,
            self._first_zone[1]: home.zone.name,
        }
        pairs = list(zip(offices["net"][1:], offices[choice.department][1:], strict=True))
        for old, new in self._stand_ins(choice):
            pairs = [*pairs, *zip(people[old][2:], people[new][2:], strict=True)]
        return found | dict(pairs)

    # -- time limits ----------------------------------------------------------------------------

    def limit(self, clock, start):
        """When a clock that starts at ``start`` ends and when it warns, by the product itself.

        :param clock: row of a time limit as texts
        :param start: naive UTC
        """
        key = (clock["standard_line_id"], clock["calendar_id"], clock["amount"], clock["unit"])
        if (key, start) not in self._limits:
            calendar = self.env["resource.calendar"].browse(int(key[1]))
            amount, unit = float(key[2]), key[3]
            line = self.env["water.standard.line"].sudo().browse(int(key[0]))
            due, _provisional = calendar._water_due_at(start, amount, unit)
            warn = calendar._water_part(start, amount, unit, line.warn_percent)
            self._limits[key, start] = due.replace(microsecond=0), warn
        return self._limits[key, start]
