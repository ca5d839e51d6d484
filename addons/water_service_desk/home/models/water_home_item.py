import ast
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ...base.roles import AGENT
from ..columns import counting
from .water_home_count import Kept

#: How many rows an item is counted up to; more reads as “99+”.
COUNTED = 100
#: How many rows of an item are looked at for the list, and how many the list shows.
LOOKED_AT, SHOWN = 20, 8
#: How many people the load is shown of.
PEOPLE = 30
SECTIONS = [
    ("decide", "My Approvals"),
    ("work", "My Work"),
    ("watch", "To Watch"),
    ("load", "Load by Person"),
    ("figure", "Figures"),
]


def moment(at):
    """A naive UTC moment as the web client is told it; ``False`` of none."""
    return fields.Datetime.to_string(at) if at else False


def shown(kinds):
    """Return the rows that fit on the page, the next due first.

    At least one of each kind, even if another kind has very many.

    :param kinds: the rows of each item
    """

    def by_due(row):
        return not row["due"], row["due"] or ""

    first = [rows[0] for rows in kinds if rows][:SHOWN]
    rest = sorted((row for rows in kinds for row in rows[1:]), key=by_due)
    return sorted([*first, *rest[: SHOWN - len(first)]], key=by_due)


#: The words that stand for the first moment of a day.
DAYS = ("day", "tomorrow", "month", "month_before")


@lru_cache(1000)
def _parsed(text):
    return ast.parse(text, mode="eval").body


def _value(node, words):
    """Return the value of a literal, with values for names.

    :raises ValueError: for any other expression
    """
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return words[node.id]()
        case ast.Tuple():
            return tuple(_value(part, words) for part in node.elts)
        case ast.List():
            return [_value(part, words) for part in node.elts]
    raise ValueError(f"{ast.unparse(node)} is no literal")


class WaterHomeItem(models.Model):
    """An item of a role's first page: waiting rows, due work, figures.

    An item is data: a model, a domain in which ``uid``, ``departments``, ``now``, ``day`` and
    ``month`` stand for the reader and the moment, and the list that its number opens. Rows are read
    with the reader's rights.
    """

    _name = "water.home.item"
    _inherit = ["water.mixin"]
    _description = "Home Page Item"
    _order = "section, sequence, id"

    name = fields.Char(required=True, translate=True)
    section = fields.Selection(SECTIONS, required=True, default="work")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    group_ids = fields.Many2many(
        "res.groups", string="For", required=True, help="Role whose home page shows it."
    )
    model_id = fields.Many2one("ir.model", required=True, ondelete="cascade")
    model = fields.Char(
        related="model_id.model", string="Name of the Model", export_string_translation=False
    )
    domain = fields.Char(
        required=True,
        default="[]",
        help="uid, departments, now, day, tomorrow, month and month_before can be used.",
    )
    part_domain = fields.Char(
        string="Of Which",
        help="For a rate: which of the rows of the domain count. Empty: the rows are counted."
        " For the load: which of the rows are late.",
    )
    person_field = fields.Char(string="Person", help="For the load: whose work a row is.")
    date_field = fields.Char(string="Date", help="For a figure: by which it falls into a month.")
    target = fields.Float(string="Target (%)", help="What the rate should reach.")
    order = fields.Char(default="id desc")
    due_field = fields.Char(string="Due", help="By which the rows of all items are put in order.")
    text_field = fields.Char(
        string="Text",
        help="What is shown of a row beside its name; names of several fields with commas between.",
    )
    check_field = fields.Char(
        string="Only If", help="A field of the row that tells whether the reader may decide it."
    )
    accept_method = fields.Char(string="Button for Yes", help="What “Approve” calls in the row.")
    refuse_method = fields.Char(string="Button for No", help="What “Refuse” calls in the row.")
    accept_label = fields.Char(string="Words for Yes", translate=True, default="Approve")
    refuse_label = fields.Char(string="Words for No", translate=True, default="Refuse")
    action_id = fields.Many2one("ir.actions.act_window", string="Opens", required=True)

    @api.constrains("model_id", "domain", "part_domain")
    def _check_domain(self):
        """A domain that cannot be searched by is refused when it is written, not at breakfast."""
        for item in self:
            model = self.env[item.model]
            for text in (item.domain, item.part_domain or "[]"):
                try:
                    # sudo: only whether the fields can be searched, no result
                    model.sudo()._search(Domain(item._evaluated(text)))
                except Exception as fault:
                    message = self.env._(
                        "%(item)s: this cannot be searched by: %(domain)s",
                        item=item.name,
                        domain=text,
                    )
                    raise ValidationError(message) from fault

    @api.constrains(
        "model_id", "date_field", "due_field", "text_field", "check_field", "person_field"
    )
    def _check_fields(self):
        for item in self:
            known = self.env[item.model]._fields
            asked = (item.date_field, item.due_field, item.check_field, item.person_field)
            asked += item._text_fields()
            missing = [name for name in asked if name and name not in known]
            if missing:
                words = {"item": item.name, "name": missing[0]}
                raise ValidationError(self.env._("%(item)s: there is no field %(name)s", **words))

    @api.constrains("model_id", "accept_method", "refuse_method")
    def _check_methods(self):
        for item in self:
            for name in filter(None, (item.accept_method, item.refuse_method)):
                is_button = name.startswith("action_")
                if not is_button or not hasattr(self.env[item.model], name):
                    words = {"item": item.name, "name": name}
                    raise ValidationError(self.env._("%(item)s has no button %(name)s", **words))

    # -- the page -----------------------------------------------------------------------------

    @api.model
    @api.readonly
    def home(self):
        """Return the present user's first page.

        :return: ``{"name", "has_calls", "tour", "setup", "sections": [{"key", "items", "rows"}]}``;
            moments in UTC; ``setup`` is the number of open steps of the first-run checklist, for
            administrators; figures and loads of very many rows have ``told_at``
        :raises AccessError: for customers, who have the portal
        """
        items = self._mine()
        kept = items._kept()
        return {
            "name": self.env.user.name,
            "has_calls": self.env.user.has_group(AGENT),
            "tour": self.env["web_tour.tour"]._water_next(),
            "setup": self.env["water.setup"]._open_count(),
            "sections": [items._section(key, kept) for key, _label in SECTIONS],
        }

    def _kept(self):
        """Return the cached counts if the items include figures or loads."""
        is_counted = set(self.sudo().mapped("section")) & {"figure", "load"}
        return self.env["water.home.count"]._kept() if is_counted else Kept()

    @api.model
    @api.readonly
    def waiting(self):
        """Return the number of rows that wait for the user's decision, for the systray.

        :return: a number, up to 100 of each kind
        :raises AccessError: for users without a first page
        """
        # sudo: water.home.item - the reader's own items; rows are read with the reader's rights
        decides = self._mine().sudo().filtered(lambda item: item.section == "decide")
        return sum(item._found(0)[1] for item in decides)

    @api.model
    @api.readonly
    def find_case(self, text=""):
        """Return the action that opens the case with this number; ``False`` if there is none.

        :param text: as typed; case-insensitive
        :raises AccessError: for users without a first page
        """
        self._mine()
        case = self.env["water.case.link.mixin"]._case_by_number(text)
        return case.get_formview_action() if case is not None else False

    def _mine(self):
        """Return the items of the user's direct roles, not of implied ones.

        :raises AccessError: for users without a role
        """
        # sudo: water.home.item - the user's own first page
        user = self.env.user
        items = self.sudo().search([("group_ids", "in", user.all_group_ids.ids)])
        has = items.group_ids & user.all_group_ids
        own = has.filtered(lambda group: not (has - group) & group.all_implied_by_ids)
        mine = items.filtered(lambda item: item.group_ids & own).sudo(self.env.su)
        if not mine:
            raise AccessError(self.env._("This page is for staff."))
        return mine.filtered(lambda item: self.env[item.sudo().model].has_access("read"))

    def _section(self, key, kept):
        items = self.sudo().filtered(lambda item: item.section == key)
        if key == "figure":
            return {"key": key, "rows": [], **items._figures(kept)}
        if key == "load":
            return {"key": key, "rows": [], **items._load(kept)}
        told = [item._told() for item in items]
        rows = shown([found for _item, found in told]) if key != "watch" else []
        return {"key": key, "items": [item for item, _rows in told], "rows": rows}

    def _told(self):
        self.ensure_one()
        limit = 0 if self.section == "watch" else LOOKED_AT  # the number alone, or rows as well
        found, count, domain = self._found(limit)
        item = {"id": self.id, "name": self.name, "count": count, "domain": domain}
        return {**item, "action": self.action_id.id}, [self._row(row) for row in found[:limit]]

    def _found(self, limit):
        domain = self._evaluated(self.domain)
        rows = self.env[self.model].sudo(False)
        if not self.check_field:
            count = rows.search_count(domain, limit=COUNTED)
            found = rows.search(domain, order=self.order, limit=limit) if count and limit else rows
            return found, count, domain
        found = rows.search(domain, order=self.order, limit=COUNTED).filtered(self.check_field)
        return found, len(found), [("id", "in", found.ids)]

    def _row(self, row):
        due = self.due_field and row[self.due_field]
        return {
            "item": self.id,
            "kind": self.name,
            "model": row._name,
            "id": row.id,
            "name": row.display_name,
            "text": self._row_text(row),
            "due": fields.Datetime.to_string(fields.Datetime.to_datetime(due)) if due else False,
            "accept": self.accept_method or False,
            "accept_label": self.accept_label,
            "refuse": self.refuse_method or False,
            "refuse_label": self.refuse_label,
        }

    def _text_fields(self):
        names = (self.text_field or "").replace(" ", "").split(",")
        return tuple(filter(None, names))

    def _row_text(self, row):
        names = dict.fromkeys(("case_subject", *self._text_fields()))
        shown = [row._fields[name] for name in names if name in row._fields]
        shown = [field for field in shown if row._has_field_access(field, "read")]
        shown.sort(key=lambda field: field.type != "monetary")  # the end of a line may be cut
        texts = dict.fromkeys(self._text_of(row, field) for field in shown)
        return " · ".join(text for text in texts if text not in row.display_name)

    @api.model
    def _text_of(self, row, field):
        value = row[field.name]
        if isinstance(value, models.BaseModel):
            return ", ".join(value.mapped("display_name"))
        if field.type == "monetary":
            return format_amount(self.env, value, row[field.get_currency_field(row)])
        if field.type == "selection":
            return dict(field._description_selection(row.env)).get(value, "")
        return value or ""

    # -- load by person -----------------------------------------------------------------------

    def _load(self, kept):
        """Return how much open and late work of each item people have: most work first.

        Unassigned work comes first. Loads of very many rows are cached.

        :param kept: the cached counts
        """
        told, people, told_at = [], defaultdict(dict), False
        for item in self:
            domain, name = item._evaluated(item.domain), item.person_field
            counted = kept.loads.get(item._definition())
            told_at = told_at or (counted and kept.counted_at)
            for person, count, late in counted or item._loads():
                people[person][item.id] = {"open": count, "late": late}
            told.append({"id": item.id, "name": item.name, "domain": domain, "person": name})
            told[-1]["action"] = item.action_id.id
        # sudo: res.users - the names of those who have work that the reader may see
        users = self.env["res.users"].sudo().browse(filter(None, people))
        names = {user.id: user.name for user in users} | {None: self.env._("Not Assigned")}
        loads = [self._load_of(id_, names[id_], cells) for id_, cells in people.items()]
        loads.sort(key=lambda load: (bool(load["id"]), -load["total"], load["name"]))
        return {"items": told, "people": loads[:PEOPLE], "told_at": moment(told_at)}

    def _loads(self):
        """``[(id of a person, how many rows, how many of them late)]``, in one look at them."""
        rows = self.env[self.model].sudo(False)
        query = rows._search(Domain(self._evaluated(self.domain)))
        if query.is_empty():
            return []
        person = rows._field_to_sql(query.table, self.person_field, query)
        late = Domain(self._evaluated(self.part_domain or "[]"))
        query.groupby = person
        return self.env.execute_query(
            query.select(person, SQL("COUNT(*)"), *counting(rows, query, [late]))
        )

    @api.model
    def _load_of(self, person, name, cells):
        total = sum(cell["open"] for cell in cells.values())
        return {"id": person or False, "name": name, "cells": cells, "total": total}

    # -- words ---------------------------------------------------------------------------------
    # The words in an item's domain that stand for the reader and for the moment.

    def _evaluated(self, text):
        """Return a domain as a list, for the reader and now; nothing is executed.

        :param text: a domain of literals and of our words
        """
        return _value(_parsed(text.strip()), self._words())

    @api.model
    def _words(self):
        """Return ``{word: function of its value}``: most domains use one word or none."""
        return {
            "uid": lambda: self.env.uid,
            "departments": lambda: self.env.user.water_department_ids.ids,
            "now": lambda: fields.Datetime.to_string(fields.Datetime.now()),
            **{word: partial(self._day_begins, word) for word in DAYS},
        }

    @api.model
    def _day_begins(self, word):
        return self._begin(self._days()[word])

    @api.model
    def _days(self):
        """Return the days of our words, in the time zone of the reader's company: ``{word:
        date}``.
        """
        today = self.env.company.sudo()._water_today()
        month = today.replace(day=1)
        days = (today, today + timedelta(days=1), month, (month - timedelta(days=1)).replace(day=1))
        return dict(zip(DAYS, days, strict=True))

    @api.model
    def _begin(self, day):
        here = ZoneInfo(self.env.company.sudo()._water_tz())
        moment = datetime.combine(day, time(), here).astimezone(UTC)
        return fields.Datetime.to_string(moment.replace(tzinfo=None))

    # -- figure --------------------------------------------------------------------------------
    # Figures of the first page: a number, or a rate, of today, this month and the last one.

    def _figures(self, kept):
        """Return ``{"items", "told_at"}``: the figures, and since when cached ones are as shown."""
        definitions = [item._definition() for item in self]
        told_at = kept.told_at(self._days()["day"], definitions)
        return {
            "items": [item._figure(kept.figures) for item in self],
            "told_at": moment(told_at),
        }

    def _figure(self, kept):
        """Return a figure for the page.

        :param kept: the reader's cached figures
        """
        self.ensure_one()
        days = self._days()
        periods = {
            "day": (days["day"], days["tomorrow"]),
            "month": (days["month"], days["tomorrow"]),
            "last": (days["month_before"], days["month"]),
        }
        counts = self._counts(periods, *kept.get(self._definition(), (days["month_before"], {})))
        values = {key: self._number_shown(*pair) for key, pair in counts.items()}
        target = self.target if self.part_domain else False
        return {
            "id": self.id,
            "name": self.name,
            "target": target,
            "is_rate": bool(self.part_domain),
            "is_good": not target or values["month"] is None or values["month"] >= target,
            "action": self.action_id.id,
            "domain": self._evaluated(self.domain) + self._within(*periods["month"]),
            **values,
        }

    def _number_shown(self, whole, part):
        """Return the number of rows, or the rate in per cent; ``None`` without rows."""
        if not self.part_domain:
            return whole
        return round(100 * part / whole, 1) if whole else None

    def _definition(self):
        """Return the definition as a text, the key of cached counts."""
        by = self.date_field or self.person_field
        return repr((self.id, self.model, self.domain, self.part_domain, by))

    def _counts(self, periods, since, days):
        """Return the number of rows of each period, and of those that count: ``{key: (all,
        part)}``.

        :param periods: ``{key: (first day, day after the last)}``
        :param since: the first day not cached
        :param days: counts of earlier days, ``{day as text: (all, part)}``
        """
        live = {key: (max(first, since), end) for key, (first, end) in periods.items()}
        live = {key: period for key, period in live.items() if period[0] < period[1]}
        counts = dict.fromkeys(periods, (0, 0)) | self._live_counts(live)
        for key, (first, end) in periods.items():
            inside = (str(first), str(min(end, since)))
            told = [pair for day, pair in days.items() if inside[0] <= day < inside[1]]
            counts[key] = tuple(map(sum, zip(counts[key], *told, strict=True)))
        return counts

    def _live_counts(self, periods):
        """The rows are looked through once for all periods: there may be very many."""
        if not periods:
            return {}
        begins, ends = zip(*periods.values(), strict=True)
        span = min(begins), max(ends)
        rows = self.env[self.model].sudo(False)
        query = rows._search(self._counted(*span))
        if query.is_empty():
            return {}
        part = Domain(self._evaluated(self.part_domain or "[]"))
        wanted = list(dict.fromkeys(periods.values()))  # the month that begins today is today
        inside = [Domain(self._within(*period) if period != span else []) for period in wanted]
        asked = [domain & more for more in (Domain.TRUE, part) for domain in inside]
        [numbers] = self.env.execute_query(query.select(*counting(rows, query, asked)))
        pairs = zip(numbers[: len(wanted)], numbers[len(wanted) :], strict=True)
        counts = dict(zip(wanted, pairs, strict=True))
        return {key: counts[period] for key, period in periods.items()}

    def _day_counts(self, first, end):
        """Return the number of rows of each day, and of those that count.

        :param first: a day of the reader's company
        :param end: the day after the last
        :return: ``{day as text: (all, part)}``, without empty days
        """
        here = self.env.company.sudo()._water_tz()
        rows = self.env[self.model].sudo(False).with_context(tz=here)
        asked = self._counted(first, end)
        part = asked & Domain(self._evaluated(self.part_domain or "[]"))
        whole, part = (
            dict(rows._read_group(domain, [f"{self.date_field}:day"], ["__count"]))
            for domain in (asked, part)
        )
        return {str(day.date()): (count, part.get(day, 0)) for day, count in whole.items()}

    def _counted(self, first, end):
        return Domain(self._evaluated(self.domain)) & Domain(self._within(first, end))

    def _within(self, first, end):
        name = self.date_field
        bounds = self._begin(first), self._begin(end)
        return [(name, ">=", bounds[0]), (name, "<", bounds[1])] if name else []
