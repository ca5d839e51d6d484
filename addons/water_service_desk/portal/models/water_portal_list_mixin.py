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
    """The customer's list of what is his: searched, filtered, sorted, grouped and in pages.

    An address may ask for anything: what is not offered counts as not asked for. Heirs say with
    ``_portal_domain`` whose records they are, and bring ``_portal_rows``.
    """

    _name = "water.portal.list.mixin"
    _description = "Listed to its Customer"

    #: fields in which the customer's words are looked for
    _portal_search_fields = ("name",)
    #: when a record came in: what "newest" and the months go by
    _portal_moment = "create_date"

    # -- what is offered ------------------------------------------------------------------

    @api.model
    def _portal_sortings(self):
        """{key: (label, order)}, the default first; heirs add to it."""
        moment = self._portal_moment
        return {
            "newest": (self.env._("Newest"), f"{moment} desc, id desc"),
            "oldest": (self.env._("Oldest"), f"{moment}, id"),
        }

    @api.model
    def _portal_filters(self):
        """{key: (label, Domain)}, the default first; heirs add to it."""
        return {"all": (self.env._("All"), Domain.TRUE)}

    @api.model
    def _portal_groupings(self):
        """{key: (label, order, field to group by)}, the default first; heirs add to it.

        The months follow the sorting; that of another than time is left aside for them.
        """
        return {
            "none": (self.env._("No groups"), "", ""),
            "month": (self.env._("Month"), "", f"{self._portal_moment}:month"),
        }

    @api.model
    def _portal_asked(self, params):
        """What of an address counts: ``{search, filterby, sortby, groupby}``.

        :param params: {name: text}, anything
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

    # -- what is found --------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        """What ``partner`` may see, as a Domain: nothing, as long as an heir does not say.

        :param partner: res.partner of the signed-in user
        """
        return Domain.FALSE

    @api.model
    def _portal_search(self, domain=Domain.TRUE, **options):
        """Search among what is the signed-in customer's only; the records come with sudo."""
        own = self._portal_domain(self.env.user.partner_id)
        # sudo: any model of the customer's pages - narrowed to his own by the domain
        return self.sudo().search(own & Domain(domain), **options)

    @api.model
    def _portal_count(self, domain=Domain.TRUE):
        """Count them likewise."""
        own = self._portal_domain(self.env.user.partner_id)
        # sudo: any model of the customer's pages - narrowed to his own by the domain
        return self.sudo().search_count(own & Domain(domain))

    @api.model
    def _portal_asked_domain(self, asked):
        """The domain of :meth:`_portal_asked`; whose records they are is added elsewhere."""
        domain = self._portal_filters()[asked["filterby"]][1]
        if not asked["search"]:
            return domain
        words = [Domain(name, "ilike", asked["search"]) for name in self._portal_search_fields]
        return domain & Domain.OR(words)

    @api.model
    def _portal_waiting_domain(self):
        """What waits for the customer, as a Domain; heirs bring theirs."""
        return Domain.FALSE

    @api.model
    def _portal_waiting_count(self):
        """How many of his wait for the customer."""
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
        """{key of the group: how many there are on all pages}."""
        spec = self._portal_groupings()[asked["groupby"]][2]
        # sudo: narrowed to the customer's own by the domain
        rows = self.sudo().with_context(tz=self._portal_zone())
        own = self._portal_domain(self.env.user.partner_id)
        groups = rows._read_group(own & domain, [spec], ["__count"])
        return {self._portal_plain(value): count for value, count in groups}

    @api.model
    def _portal_plain(self, value):
        """A value of a group as it can be compared."""
        if hasattr(value, "strftime"):
            return (value.year, value.month)
        return value.id if isinstance(value, models.BaseModel) else value

    @api.model
    def _portal_group_key(self, groupby):
        """Return a function that tells to which group a record belongs."""
        name = self._portal_groupings()[groupby][2].partition(":")[0]
        if groupby == "month":
            return lambda row: self._portal_plain(row._portal_local())
        return lambda row: self._portal_plain(row[name])

    def _portal_group_title(self, groupby):
        """What the group of this record is called; heirs know of more."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_skeleton("yMMMM", self._portal_local(), locale=locale)

    def _portal_local(self):
        """When it came in, in the reader's time zone."""
        zoned = self.with_context(tz=self._portal_zone())
        return Datetime.context_timestamp(zoned, self[self._portal_moment])

    @api.model
    def _portal_zone(self):
        return self.env.company._water_reader_tz()
