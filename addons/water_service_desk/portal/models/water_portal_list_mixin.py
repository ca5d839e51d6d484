from itertools import groupby as run_by

from babel.dates import format_skeleton

from odoo import api, models
from odoo.fields import Datetime, Domain
from odoo.tools import get_lang
from odoo.tools.misc import babel_locale_parse

from ...intake.filing import clean_text

#: Longest text that is searched for, in characters.
SEARCH = 100


class WaterPortalListMixin(models.AbstractModel):
    """A customer's list: searched, filtered, sorted, grouped and in pages.

    Invalid parts of an address are ignored. Heirs name the records in ``_portal_domain`` and
    implement ``_portal_rows``.
    """

    _name = "water.portal.list.mixin"
    _description = "Listed to its Customer"

    #: fields in which the customer's words are looked for
    _portal_search_fields = ("name",)
    #: when a record came in: what "newest" and the months go by
    _portal_moment = "create_date"

    # -- offers ---------------------------------------------------------------------------

    @api.model
    def _portal_sortings(self):
        """Return {key: (label, order)}, the default first; heirs add theirs."""
        moment = self._portal_moment
        return {
            "newest": (self.env._("Newest"), f"{moment} desc, id desc"),
            "oldest": (self.env._("Oldest"), f"{moment}, id"),
        }

    @api.model
    def _portal_filters(self):
        """Return {key: (label, Domain)}, the default first; heirs add theirs."""
        return {"all": (self.env._("All"), Domain.TRUE)}

    @api.model
    def _portal_groupings(self):
        """Return {key: (label, order, field to group by)}, the default first; heirs add theirs.

        Months follow the sorting; other sortings are ignored for them.
        """
        return {
            "none": (self.env._("No groups"), "", ""),
            "month": (self.env._("Month"), "", f"{self._portal_moment}:month"),
        }

    @api.model
    def _portal_asked(self, params):
        """Return the valid parts of an address: ``{search, filterby, sortby, groupby}``.

        :param params: {name: text}, any value
        """
        offered = {
            "filterby": self._portal_filters(),
            "sortby": self._portal_sortings(),
            "groupby": self._portal_groupings(),
        }
        asked = {"search": clean_text(params.get("search"), SEARCH)}
        for name, choices in offered.items():
            key = params.get(name)
            asked[name] = key if key in choices else next(iter(choices))
        return asked

    @api.model
    def _portal_offers(self):
        """``{name: [(key, label)]}`` for the form above the list."""
        offers = {
            "filters": self._portal_filters(),
            "sortings": self._portal_sortings(),
            "groupings": self._portal_groupings(),
        }
        return {
            name: [(key, choice[0]) for key, choice in choices.items()]
            for name, choices in offers.items()
        }

    # -- search ---------------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        """Return the domain of records ``partner`` may see; empty unless an heir extends it.

        :param partner: res.partner of the signed-in user
        """
        return Domain.FALSE

    @api.model
    def _portal_search(self, domain=Domain.TRUE, **options):
        own = self._portal_domain(self.env.user.partner_id)
        # sudo: models of the customer's pages - limited to own records by the domain
        return self.sudo().search(own & Domain(domain), **options)

    @api.model
    def _portal_count(self, domain=Domain.TRUE):
        own = self._portal_domain(self.env.user.partner_id)
        # sudo: models of the customer's pages - limited to own records by the domain
        return self.sudo().search_count(own & Domain(domain))

    @api.model
    def _portal_asked_domain(self, asked):
        domain = self._portal_filters()[asked["filterby"]][1]
        if not asked["search"]:
            return domain
        words = [Domain(name, "ilike", asked["search"]) for name in self._portal_search_fields]
        return domain & Domain.OR(words)

    @api.model
    def _portal_waiting_domain(self):
        """Return the domain of records that wait for the customer; heirs have their own."""
        return Domain.FALSE

    @api.model
    def _portal_waiting_count(self):
        return self._portal_count(self._portal_waiting_domain())

    @api.model
    def _portal_order(self, asked):
        order = self._portal_sortings()[asked["sortby"]][1]
        if asked["groupby"] == "month":
            return order if order.startswith(self._portal_moment) else self._portal_newest()
        group = self._portal_groupings()[asked["groupby"]][1]
        return f"{group}, {order}" if group else order

    @api.model
    def _portal_newest(self):
        return self._portal_sortings()["newest"][1]

    @api.model
    def _portal_groups(self, asked, limit, offset):
        """One page of the list: ``[{title, count, rows}]``; one group without a title by default.

        :param asked: as :meth:`_portal_asked` gives it
        :param limit: rows of a page
        :param offset: rows before it
        """
        domain = self._portal_asked_domain(asked)
        order = self._portal_order(asked)
        found = self._portal_search(domain, order=order, limit=limit, offset=offset)
        if asked["groupby"] == "none":
            return [{"title": "", "count": 0, "rows": found._portal_rows()}] if found else []
        counts = self._portal_group_counts(asked, domain)
        key = self._portal_group_key(asked["groupby"])
        runs = [(value, found.browse().concat(*run)) for value, run in run_by(found, key)]
        return [
            {
                "title": run[0]._portal_group_title(asked["groupby"]),
                "count": counts.get(value, 0),
                "rows": run._portal_rows(),
            }
            for value, run in runs
        ]

    @api.model
    def _portal_group_counts(self, asked, domain):
        """Return {key of the group: number on all pages}."""
        spec = self._portal_groupings()[asked["groupby"]][2]
        # sudo: narrowed to the customer's own by the domain
        rows = self.sudo().with_context(tz=self._portal_zone())
        own = self._portal_domain(self.env.user.partner_id)
        groups = rows._read_group(own & domain, [spec], ["__count"])
        return {self._portal_plain(value): count for value, count in groups}

    @api.model
    def _portal_plain(self, value):
        """Return a group's value in a comparable form."""
        if hasattr(value, "strftime"):
            return (value.year, value.month)
        return value.id if isinstance(value, models.BaseModel) else value

    @api.model
    def _portal_group_key(self, groupby):
        name = self._portal_groupings()[groupby][2].partition(":")[0]
        if groupby == "month":
            return lambda row: self._portal_plain(row._portal_local())
        return lambda row: self._portal_plain(row[name])

    def _portal_group_title(self, groupby):
        """Return the title of the record's group; heirs know of more."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_skeleton("yMMMM", self._portal_local(), locale=locale)

    def _portal_local(self):
        zoned = self.with_context(tz=self._portal_zone())
        return Datetime.context_timestamp(zoned, self[self._portal_moment])

    @api.model
    def _portal_zone(self):
        return self.env.company._water_reader_tz()
