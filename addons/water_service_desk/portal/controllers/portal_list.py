from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ...intake.filing import parse_id

PAGE_SIZE = 10


class WaterPortalList(CustomerPortal):
    """The lists of the customer's pages."""

    def _water_list(self, model, page, params, template="water_service_desk.portal_list"):
        """Show a list, searched, sorted and grouped by the address; invalid values mean the
        default.

        :param model: name of a model of ``water.portal.list.mixin``
        :param page: number of the page, any value
        """
        records, words = request.env[model], request.env[model]._portal_words()
        asked = records._portal_asked(params)
        total = records._portal_count(records._portal_asked_domain(asked))
        base_url = records._portal_url
        paging = pager(base_url, total, parse_id(page) or 1, PAGE_SIZE, url_args=asked)
        default = records._portal_asked({})
        values = self._water_base(
            f"{words['kind']}_list",
            words=words,
            base_url=base_url,
            groups=records._portal_groups(asked, PAGE_SIZE, paging["offset"]),
            offers=records._portal_offers(),
            is_narrowed=any(asked[name] != default[name] for name in ("search", "filterby")),
            pager=paging,
            total_text=self._water_total(total, paging),
            hotline=request.env.company.sudo().water_hotline,
            **asked,
        )
        return self._water_render(template, values)

    def _water_total(self, total, paging):
        if paging["page_count"] > 1:
            return request.env._(
                "%(total)s entries, page %(page)s of %(pages)s",
                total=total,
                page=paging["page"]["num"],
                pages=paging["page_count"],
            )
        return request.env._("Entries: %s", total) if total else ""
