from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain

#: Cards of one column; the head of the column tells how many there are in all.
CARD_LIMIT = 40
#: Counting stops here, so that a board of a million clocks costs what a small one costs.
COUNT_LIMIT = 1000
#: What the board can be narrowed down by.
CHOICES = ("department_id", "kind", "zone_id")


class WaterDeadline(models.Model):
    """The duty board (督办): what is due across case types, the most pressing first."""

    _inherit = "water.deadline"

    zone_id = fields.Many2one(
        "water.zone",
        string="Supply Zone",
        compute="_compute_zone",
        store=True,
        precompute=True,
        readonly=False,  # or the ORM would drop the copy that create() has ready
        index="btree_not_null",
    )

    @api.depends(lambda self: self._case_paths("zone_id"))
    def _compute_zone(self):
        for clock in self:
            clock.zone_id = clock._case().zone_id

    @api.model
    @api.readonly
    def duty_board(self, domain=(), choice=None, wall=False):
        """The columns of the duty board as the user may see them.

        The number of queries is fixed, and what they read is bounded.

        :param domain: further narrows the clocks, as the search bar gives it
        :param choice: ``{"department_id": id or 0 for none, "kind": …, "zone_id": …}``
        :param wall: for a screen that visitors see: no words about the customer
        :return: dict of ``now`` and the column limits ``day`` and ``week`` (naive UTC texts),
            the time zone ``tz`` in which days begin, ``columns``, ``departments`` with their
            counts, and the choices ``kinds`` and ``zones``
        :raises AccessError: for users without access to time limits
        """
        moments = self._duty_moments(fields.Datetime.now())
        scope = Domain("is_pending", "=", True) & Domain(domain)
        chosen = self._duty_choice(choice or {})
        others = [chosen[name] for name in ("kind", "zone_id")]
        windows = self._duty_windows(moments)
        tally = {
            key: self._duty_tally(Domain.AND([scope, window, *others]))
            for key, window in windows.items()
        }
        cards = {
            key: self.search(
                Domain.AND([scope, window, *chosen.values()]), limit=CARD_LIMIT, order="due_at, id"
            )
            for key, window in windows.items()
        }
        return {
            **{key: fields.Datetime.to_string(moments[key]) for key in ("now", "day", "week")},
            "tz": moments["tz"],
            "columns": self._duty_columns(tally, cards, (choice or {}).get("department_id"), wall),
            "departments": self._duty_departments(tally),
            "kinds": self._fields["kind"]._description_selection(self.env),
            "zones": self._duty_names("water.zone"),
        }

    @api.model
    def _duty_choice(self, choice):
        """A domain for each of CHOICES; what was not chosen narrows nothing."""
        return {
            name: Domain.TRUE
            if choice.get(name) is None
            else Domain(name, "=", choice[name] or False)
            for name in CHOICES
        }

    @api.model
    def _duty_moments(self, now):
        """Where the columns end: days and weeks (Monday first) of the company's calendar."""
        # sudo: resource.calendar - days begin at the same moment for whoever looks
        name = self.env.company.sudo()._water_calendar().tz or "UTC"
        zone = ZoneInfo(name)
        today = now.replace(tzinfo=UTC).astimezone(zone).date()

        def midnight(days):
            local = datetime.combine(today + timedelta(days=days), time.min, zone)
            return local.astimezone(UTC).replace(tzinfo=None)

        return {
            "now": now,
            "hour": now + timedelta(hours=1),
            "day": midnight(1),
            "week": midnight(7 - today.weekday()),
            "tz": name,
        }

    @api.model
    def _duty_windows(self, moments):
        """{column: domain}; every moment until the end of the week lies in exactly one."""
        hour = moments["hour"]
        ends = {
            "breached": moments["now"],
            "hour": hour,
            "today": max(hour, moments["day"]),
            "week": max(hour, moments["week"]),
        }
        windows, start = {}, None
        for key, end in ends.items():
            window = Domain("due_at", "<", end)
            windows[key] = window & Domain("due_at", ">=", start) if start else window
            start = end
        return windows

    @api.model
    def _duty_tally(self, domain):
        """{department id: number of clocks} of the first COUNT_LIMIT + 1 clocks of a column."""
        first = self._search(domain, limit=COUNT_LIMIT + 1, order="due_at, id")
        # sudo: water.deadline - these are the clocks that the user may see; asked again, the rules
        # would have the database go through all others too
        rows = self.sudo()._read_group([("id", "in", first)], ["department_id"], ["__count"])
        return {department.id: count for department, count in rows}

    @api.model
    def _duty_columns(self, tally, cards, department, wall):
        clocks = self.concat(*cards.values())
        texts = dict(zip(clocks.ids, clocks._duty_cards(wall), strict=True))
        columns = []
        for key, counts in tally.items():
            total = sum(counts.values())
            count = total if department is None else counts.get(department or False, 0)
            columns.append(
                {
                    "key": key,
                    "count": max(min(count, COUNT_LIMIT), len(cards[key])),
                    "more": total > COUNT_LIMIT,
                    "cards": [texts[clock.id] for clock in cards[key]],
                }
            )
        return columns

    def _duty_cards(self, wall):
        """What the card of each clock shows; on a wall nothing that the customer said."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        cards = []
        # sudo: case, res.users, … - names are shown to whoever may read the clock
        for clock in self.sudo():
            case = clock._case()
            cards.append(
                {
                    "id": clock.id,
                    "model": case._name,
                    "case_id": case.id,
                    "number": case.name,
                    "title": case.category_id.name if wall else case.subject,
                    "kind": kinds[clock.kind],
                    "label": "" if wall else clock.label or "",
                    "department": clock.department_id.name or "",
                    "zone": clock.zone_id.name or "",
                    "person": clock.user_id.name or "",
                    "due_at": fields.Datetime.to_string(clock.due_at),
                    "warned": bool(clock.warned_at),
                    "provisional": clock.provisional,
                    "emergency": case.severity == "emergency",
                }
            )
        return cards

    @api.model
    def _duty_departments(self, tally):
        """Every department with its count in each column; ``id`` 0 stands for none."""
        names = self._duty_names("water.department")
        if any(False in counts for counts in tally.values()):
            names.append((0, self.env._("No department yet")))
        return [
            {
                "id": id_,
                "name": name,
                "counts": {key: counts.get(id_ or False, 0) for key, counts in tally.items()},
            }
            for id_, name in names
        ]

    @api.model
    def _duty_names(self, model):
        return [(row.id, row.name) for row in self.env[model].search_fetch([], ["name"])]
