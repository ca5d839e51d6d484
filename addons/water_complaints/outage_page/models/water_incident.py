import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.account.models.water_zone import SHORTEST
from odoo.addons.water_service_desk.base.moments import day_text, moment_text
from odoo.addons.water_service_desk.base.words import sentences

from ...incident.models.water_incident_news import read_by_customer

#: Past incidents stay on the page for this time.
HISTORY = timedelta(days=31)
PAGE = "/water/outages"


class WaterIncident(models.Model):
    """Incidents shown to the public and to customers: by account, address and company."""

    _inherit = "water.incident"

    on_page = fields.Boolean(
        string="On the Public Page",
        default=True,
        help="Shown at /water/outages from its start until a month after its end.",
    )
    tanker_ids = fields.One2many("water.incident.tanker", "incident_id", string="Tanker Points")
    affected_ids = fields.One2many(
        "water.incident.affected", "incident_id", groups=fields.NO_ACCESS
    )
    affected_count = fields.Integer(
        string="Households That Said So", compute="_compute_affected_count", compute_sudo=True
    )

    def _compute_affected_count(self):
        mine = [("incident_id", "in", self._origin.ids)]
        counts = dict(
            self.env["water.incident.affected"]._read_group(mine, ["incident_id"], ["__count"])
        )
        for incident in self:
            incident.affected_count = counts.get(incident._origin, 0)

    @api.model
    def _shown_domain(self, company):
        return (
            Domain("company_id", "=", company.id)
            & Domain("on_page", "=", True)
            & Domain("state", "=", "open")
        )

    @api.model
    def _shown(self, company):
        """Return the shown incidents: current ones first, then planned ones."""
        # sudo: water.incident - public; pages get plain values
        rows = self.sudo().search(self._shown_domain(company))
        return rows.sorted(lambda row: row.is_planned and not row._has_begun())

    @api.model
    def _known_to(self, accounts, company):
        if not accounts:
            return self.sudo().browse()
        return self._shown(company).filtered(lambda row: row._accounts_hit(accounts))

    def _accounts_hit(self, accounts):
        """Return those of ``accounts`` that lie in its area."""
        return accounts.filtered(
            lambda account: account.zone_id in self.zone_ids or account in self.account_ids
        )

    @api.model
    def _known_at(self, place, company):
        """Return the shown incidents at a typed place: an account number, a zone or an address.

        An unknown account gets the same answer as one without an outage.
        """
        place = place.strip()
        if len(place) < SHORTEST:
            return self.sudo().browse()
        zones, accounts = self._places(place, company)
        street = zones._street(place)
        return self._shown(company).filtered(
            lambda row: (
                row.zone_ids & zones
                or row.account_ids & accounts
                or (street and street in f"{row.address} {row.subject}")
            )
        )

    @api.model
    def _places(self, place, company):
        # sudo: water.account - only what goes on there is told
        accounts = self.env["water.account"].sudo()
        mine = Domain("company_id", "=", company.id)
        found = accounts.search(mine & Domain("code", "=", place), limit=1)
        zones = self.env["water.zone"]._named_in(place, company)
        if not found and not zones:
            zones = zones._on_street(place, company)
        return zones | found.zone_id, found

    # -- 我也受影响 ---------------------------------------------------------------------------

    def _count_me(self, accounts, partner):
        """Count the accounts of a signed-in customer, who gets the news.

        :return: how many of the accounts lie in the area
        """
        rows = self.env["water.incident.affected"]
        hit = self._accounts_hit(accounts)
        for account in hit:
            values = {"account_id": account.id, "partner_id": partner.id}
            rows._keep(self, f"account:{account.id}", values)
        return len(hit)

    def _count_stranger(self, browser, address, phone, email):
        """Count a household without a login; it gets the news if it leaves an address.

        :param browser: key of this browser
        :return: the row
        """
        subject = f"way:{phone or email}" if phone or email else f"browser:{browser}"
        values = {"address": address, "phone": phone, "email": email}
        return self.env["water.incident.affected"]._keep(self, subject, values)

    # -- page ----------------------------------------------------------------------------------
    # The public page of an incident: plain values in public words, never records.

    @api.model
    def _page_past(self, company):
        """Return incidents that ended within the last month, newest first."""
        since = fields.Datetime.now() - HISTORY
        domain = Domain("company_id", "=", company.id) & Domain("on_page", "=", True)
        domain &= Domain("state", "in", ("restored", "closed"))
        domain &= Domain("restored_at", ">=", since)
        return self.sudo().search(domain, order="restored_at desc, id desc", limit=100)

    @api.model
    def _page_find(self, number, company):
        """Return one incident of the page, or an empty recordset."""
        shown = self._shown(company) | self._page_past(company)
        return shown.filtered(lambda row: row.id == number)

    def _page_path(self):
        return f"{PAGE}/{self.id}"

    def _page_when(self):
        if self.state != "open":
            return "over"
        return "planned" if self.is_planned and not self._has_begun() else "now"

    def _page_area(self):
        names = self.zone_ids.mapped("name")
        if names:
            return format_list(self.env, names)
        return self.address or read_by_customer(self, "subject")

    def _page_time(self, moment):
        if not moment:
            return ""
        zone = self.company_id._water_tz()
        day = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment).date()
        short = day == self.company_id._water_today()
        pattern = "HH:mm" if short else "yyyy-MM-dd HH:mm"
        return moment_text(self.env, moment, zone, pattern)

    def _page_line(self):
        """Return state, place and end in one line."""
        words = {"area": self._page_area(), "since": self._page_time(self.aware_at)}
        begun = self._page_when() != "planned"
        texts = {
            "outage": self.env._("%(area)s: the water is off, we are repairing it.", **words),
            "pressure": self.env._("%(area)s: the pressure is low.", **words),
            "quality": self.env._("%(area)s: there is a notice about the water.", **words),
            "other": self.env._("%(area)s: we are dealing with an incident.", **words),
        }
        planned = self.env._("%(area)s: planned work, no water.", **words)
        ahead = self.env._("%(area)s: planned work, no water from %(since)s.", **words)
        line = (planned if begun else ahead) if self.is_planned else texts[self.nature]
        return [line, self._page_expected()]

    def _page_expected(self):
        until = self._page_time(self._expected_end())
        if not until:
            return ""
        if self._is_past_expected_end():
            return self.env._("It was expected to be back by %s and is taking longer.", until)
        return self.env._("Expected back by %s.", until)

    def _page_notices(self):
        """Return the news to show, newest first, without those of dates before a move."""
        return self.notice_ids - self._outdated_news()

    def _page_news(self):
        return [
            (self._page_time(row.at), read_by_customer(row, "body")) for row in self._page_notices()
        ]

    def _promise_rows(self):
        """Add the places of water tankers behind the expected end."""
        rows, now = super()._promise_rows(), fields.Datetime.now()
        places = [
            " ".join(filter(None, (card["place"], card["times"])))
            for point, card in zip(self.tanker_ids, self._page_tankers(), strict=True)
            if not point.ends_at or point.ends_at > now
        ]
        if not places:
            return rows
        words = self.env._("You can get water here: %s.", format_list(self.env, places))
        return [*rows[:2], (self.env._("Water tankers"), words), *rows[2:]]

    def _page_tankers(self):
        return [
            {
                "place": point.place,
                "times": " – ".join(
                    filter(None, map(self._page_time, (point.starts_at, point.ends_at)))
                ),
            }
            for point in self.tanker_ids
        ]

    def _page_card(self):
        """Everything that a page, a banner or a feed shows of it."""
        self.ensure_one()
        notice = self.quality_notice if not self.quality_until else False
        line, end = self._page_line()
        return {
            "id": self.id,
            "path": self._page_path(),
            "when": self._page_when(),
            "nature": "planned" if self.is_planned else self.nature,
            "line": line,
            "end": end,
            "subject": read_by_customer(self, "subject"),
            "area": self._page_area(),
            "address": self.address or "",
            "reason": read_by_customer(self, "cause"),
            "since": self._page_time(self.aware_at),
            "until": self._page_time(self._end_ahead()),
            "over": self._page_time(self.restored_at),
            "news": self._page_news(),
            "advice": self.kind_id._advice(notice) if notice else "",
            "tankers": self._page_tankers(),
            "count": self.affected_count,
            "updated": max([self.write_date, *self.notice_ids.mapped("at")]),
        }

    @api.model
    def _page_month(self, company):
        zone = company._water_tz()
        days = {}
        for incident in self._page_past(company):
            local = fields.Datetime.context_timestamp(
                incident.with_context(tz=zone), incident.restored_at
            )
            days.setdefault(local.date(), []).append(incident._page_card())
        return [{"day": day_text(day), "cards": cards} for day, cards in days.items()]

    # -- map -----------------------------------------------------------------------------------
    # The map of outages, drawn from the zones' outlines: no third party sees who looks at it.

    @api.model
    def _page_map(self, company, incidents):
        """Return the drawing of the map, or None if no zone has an outline.

        :param incidents: current and planned ones
        :return: {width, height, zones: [{name, path, x, y, look, line, anchor}], tankers: [{x, y,
            place}]}
        """
        drawing, drawn = self.env["water.zone"]._map(company, incidents._map_looks())
        return drawn and {**drawn, "tankers": self._map_tankers(drawing, incidents)}

    def _map_looks(self):
        """Return how the zones of these incidents look; current incidents win."""
        # sudo: water.zone - names and outlines are public
        return {zone: self._map_look(zone) for zone in self.sudo().zone_ids}

    def _map_look(self, zone):
        here = self.filtered(lambda row: zone in row.sudo().zone_ids)
        worst = here.filtered(lambda row: row._page_when() == "now")[:1] or here[:1]
        return {
            "look": "planned" if worst._page_when() == "planned" else worst.nature,
            "line": sentences(worst._page_line()),
            "anchor": f"#outage_{worst.id}",
        }

    @api.model
    def _street_map(self, company, incidents):
        """Return the data of the street map as JSON; None without a tile server.

        :param incidents: current and planned ones
        """
        tiles = company._water_tiles()
        if not tiles:
            return None
        looks = incidents._map_looks()
        areas = [{**look, "shape": zone._shape()} for zone, look in looks.items() if zone.outline]
        placed = incidents.tanker_ids.filtered(lambda point: point.latitude or point.longitude)
        spots = [{"place": p.place, "at": [p.latitude, p.longitude]} for p in placed]
        return {**tiles, "drawn": json.dumps({"areas": areas, "tankers": spots})}

    @api.model
    def _map_tankers(self, drawing, incidents):
        placed = incidents.tanker_ids.filtered(lambda point: point.latitude or point.longitude)
        spots = [(point.place, drawing.spot(point.longitude, point.latitude)) for point in placed]
        return [
            {"place": place, "x": x, "y": y}
            for place, (x, y) in spots
            if 0 <= x <= drawing.width and 0 <= y <= drawing.height
        ]
