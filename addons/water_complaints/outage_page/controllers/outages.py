import json
from datetime import UTC

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.water_service_desk.base.words import sentences
from odoo.addons.water_service_desk.intake.filing import FilingError, clean_text
from odoo.addons.water_service_desk.intake.page_headers import let_load
from odoo.addons.water_service_desk.intake.sources import source_of
from odoo.addons.water_service_desk.public_page.controllers.track import WaterTrack

from ..models.water_incident import PAGE

#: Places that one network address may ask about, and households it may count, within an hour.
ASKED, COUNTED = 120, 20
ATOM = "http://www.w3.org/2005/Atom"


class WaterOutages(WaterTrack):
    """Outages and notices about the water without a login, shown before people file a case."""

    # -- pages ------------------------------------------------------------------------------

    @route(PAGE, type="http", auth="public", website=True, methods=["GET"])
    def outages(self, q="", **kw):
        """Show current and planned outages as list and map; search by address or account number."""
        if not self._public_company().water_public_open:
            return request.not_found()
        place = clean_text(q, 100)
        if place and not self._outages_may_ask():
            return self._track_locked()
        company, incidents = self._public_company(), self._outages()
        shown = incidents._shown(company)
        found = incidents._known_at(place, company) if place else shown
        values = self._public_base(
            "outages",
            title=request.env._("Outages and notices"),
            place=place,
            found=[row._page_card() for row in found] if place else None,
            cards=[row._page_card() for row in shown],
            drawn=incidents._page_map(company, shown),
            street=None if place else incidents._street_map(company, shown),
            past=incidents._page_month(company),
        )
        response = self._water_render("water_complaints.outages", values)
        return let_load(response, values["street"]["origin"]) if values["street"] else response

    @route(
        f"{PAGE}/<int:number>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def outage(self, number, me=None, done=None, again=None, **kw):
        """One of them, with all its news; who is affected says so here."""
        incident = self._outages()._page_find(number, self._public_company())
        if not incident or not self._public_company().water_public_open:
            return request.not_found()
        again, card = self._water_again(again), incident._page_card()
        mine = request.env["water.incident.affected"]._of_token(me)
        values = self._public_base(
            "outage",
            title=card["subject"],
            card=card,
            done=done if done in ("counted", "stopped") else None,
            me=me if mine.filtered("is_subscribed").incident_id == incident else None,
            household_counted=incident in self._outages_counted(incident, self._outage_accounts()),
            typed=again.get("typed", {}),
            errors=again.get("errors", {}),
            limits=request.env["water.inquiry"]._text_limits,
        )
        status = 422 if again else 200
        return self._water_render("water_complaints.outage", values, status)

    @route(f"{PAGE}/near", type="http", auth="public", website=True, methods=["GET"])
    def outages_near(self, place="", **kw):
        """Return the outages at a place as JSON, for the form while it is filled in."""
        if not self._outages_may_ask():
            return request.make_json_response([], [("Retry-After", "3600")], status=429)
        place = clean_text(place, 100)
        found = self._outages()._known_at(place, self._public_company())
        rows = [{"line": sentences(row._page_line()), "path": row._page_path()} for row in found]
        return request.make_json_response(rows)

    # -- 我也受影响 ---------------------------------------------------------------------------

    @route(
        f"{PAGE}/<int:number>/affected",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
    )
    def outage_affected(self, number, **kw):
        """Count a household and send it the news: no case is made."""
        incident = self._outages()._page_find(number, self._public_company())
        if not incident:
            return request.not_found()
        path = incident._page_path()
        if request.httprequest.method != "POST" or incident._page_when() == "over":
            return request.redirect(path, code=303)
        try:
            if request.env.user._is_public():
                self._outage_count(incident, kw)
            else:
                self._outage_count_mine(incident)
        except UserError as refusal:
            return self._water_refused(path, kw, self._water_errors(refusal))
        return request.redirect(f"{path}?done=counted", code=303)

    @route(
        f"{PAGE}/<int:number>/stop",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
    )
    def outage_stop(self, number, me=None, **kw):
        """No more news for the household whose link this is."""
        path = f"{PAGE}/{number}"
        if request.httprequest.method != "POST":
            return request.redirect(path, code=303)
        request.env["water.incident.affected"]._of_token(me)._end_news()
        return request.redirect(f"{path}?done=stopped", code=303)

    def _outage_count_mine(self, incident):
        accounts, partner = self._outage_accounts(), request.env.user.partner_id
        if not incident._count_me(accounts, partner):
            raise UserError(request.env._("None of your accounts lies in this area."))

    def _outage_count(self, incident, params):
        """Count a household without a login.

        :raises FilingError: for programs, and for a way to reach it that is none
        """
        self._public_visitor("affected", params)
        source = source_of(request.httprequest.remote_addr)
        if not request.env["water.attempt"]._take("affected", source, COUNTED):
            raise FilingError({"form": request.env._("Too many at once. Please call us.")})
        company = self._public_company()
        typed = self._outage_typed(company, params)
        number = company._water_phone(typed["phone"])
        sid = request.session.sid
        incident._count_stranger(sid, typed["address"], number, typed["email"])

    def _outage_typed(self, company, params):
        cases = request.env["water.inquiry"].with_company(company).sudo()
        nobody, errors = request.env["res.partner"], {}
        cases._read_strange_place({"address": params.get("address")}, errors)
        cases._read_phone(params, nobody, errors)
        cases._read_contact({"email": params.get("email")}, nobody, errors)
        if errors:
            raise FilingError(errors)
        return {name: clean_text(params.get(name)) for name in ("address", "phone", "email")}

    # -- feeds ------------------------------------------------------------------------------

    @route(
        f"{PAGE}/feed.json",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def outages_json(self, **kw):
        """Return current outages as JSON Feed 1.1, for other sites and programs."""
        host = request.httprequest.host_url.rstrip("/")
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": request.env._("Outages and notices"),
            "home_page_url": f"{host}{PAGE}",
            "feed_url": f"{host}{PAGE}/feed.json",
            "language": (request.env.lang or "en_US").replace("_", "-"),
            "items": [
                {
                    "id": f"{host}{card['path']}",
                    "url": f"{host}{card['path']}",
                    "title": self._feed_title(card),
                    "content_text": self._feed_text(card),
                    "date_modified": self._feed_time(card["updated"]),
                    "tags": [card["when"], card["nature"]],
                }
                for card in self._feed_cards()
            ],
        }
        body = json.dumps(feed, ensure_ascii=False)
        return self._feed_response(body, "application/feed+json; charset=utf-8")

    @route(
        f"{PAGE}/feed.atom",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def outages_atom(self, **kw):
        """Return current outages as an Atom feed (RFC 4287)."""
        host, cards = request.httprequest.host_url.rstrip("/"), self._feed_cards()
        feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})

        def add(parent, name, text=None, **attributes):
            node = etree.SubElement(parent, f"{{{ATOM}}}{name}", **attributes)
            node.text = text
            return node

        add(feed, "id", f"{host}{PAGE}")
        add(feed, "title", request.env._("Outages and notices"))
        times = [card["updated"] for card in cards] or [fields.Datetime.now()]
        add(feed, "updated", self._feed_time(max(times)))
        add(feed, "link", href=f"{host}{PAGE}/feed.atom", rel="self")
        add(feed, "link", href=f"{host}{PAGE}")
        add(add(feed, "author"), "name", self._public_company().name)
        for card in cards:
            entry = add(feed, "entry")
            add(entry, "id", f"{host}{card['path']}")
            add(entry, "title", self._feed_title(card))
            add(entry, "updated", self._feed_time(card["updated"]))
            add(entry, "link", href=f"{host}{card['path']}")
            add(entry, "summary", self._feed_text(card))
        body = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
        return self._feed_response(body, "application/atom+xml; charset=utf-8")

    def _feed_cards(self):
        """Return current outages, then those that ended within the last month."""
        company, incidents = self._public_company(), self._outages()
        rows = incidents._shown(company) + incidents._page_past(company)
        return [row._page_card() for row in rows]

    def _feed_title(self, card):
        over = request.env._("%s (over)", card["subject"])
        return over if card["when"] == "over" else card["line"]

    def _feed_text(self, card):
        news = card["news"][0][1] if card["news"] else ""
        parts = (card["subject"], card["reason"], card["end"], news, card["advice"])
        return "\n".join(part for part in parts if part)

    def _feed_time(self, moment):
        return moment.replace(tzinfo=UTC, microsecond=0).isoformat()

    def _feed_response(self, body, mimetype):
        headers = [("Content-Type", mimetype), ("Cache-Control", "public, max-age=60")]
        return request.make_response(body, headers)

    # -- on the other pages -------------------------------------------------------------------

    def _outages(self):
        public = request.env["res.users"]._water_stranger()
        return request.env["water.incident"].with_user(public).with_company(self._public_company())

    def _outages_may_ask(self):
        source = source_of(request.httprequest.remote_addr)
        return request.env["water.attempt"]._take("outage_asked", source, ASKED)

    def _outage_accounts(self):
        # sudo: water.account - limited to the accounts that the customer's forms offer
        return request.env["water.complaint"]._filing_accounts(request.env.user.partner_id).sudo()

    def _outages_mine(self):
        """Return the outages at the signed-in user's accounts, for the top of their pages."""
        incidents, company = request.env["water.incident"].sudo(), request.env.company
        accounts = self._outage_accounts()
        known = incidents._known_to(accounts, company)
        counted = self._outages_counted(known, accounts)
        return [{**row._page_card(), "counted": row in counted, "mine": True} for row in known]

    def _outages_counted(self, incidents, accounts):
        # sudo: water.incident.affected - of the signed-in user's accounts alone
        rows = request.env["water.incident.affected"].sudo()
        domain = [("incident_id", "in", incidents.ids), ("account_id", "in", accounts.ids)]
        return rows.search(domain).incident_id

    def _public_base(self, page_name, **values):
        base = super()._public_base(page_name, **values)
        if page_name in ("outages", "outage") or "outages_known" in values:
            return base
        shown = self._outages()._shown(self._public_company())
        return {**base, "outages_known": [row._page_card() for row in shown[:3]]}

    def _water_base(self, page_name, **values):
        """Show outages at the customer's accounts on their pages."""
        base = super()._water_base(page_name, **values)
        if request.env.user._is_public() or request.env.user._is_internal():
            return base
        return {**base, "outages_known": self._outages_mine()}

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters and values.get("water_customer"):
            values["outages_known"] = self._outages_mine()
        return values
