from odoo.http import request, route

from ...intake.filing import clean_text
from ...intake.sources import source_of
from ...portal.reading import by_get
from .open_door import WaterOpenDoor

#: Answers that one network address may count within an hour.
COUNTED = 30


class WaterAnswers(WaterOpenDoor):
    """Public articles and guides, searchable without a login (S3.1.1b)."""

    @route(
        "/water/answers", type="http", auth="public", website=True, methods=["GET"], readonly=True
    )
    def answers(self, q="", **kw):
        """Search answers and guides in everyday words."""
        company, text = self._public_company(), clean_text(q, 100)
        if not company.water_public_open:
            return request.not_found()
        articles = request.env["water.article"]._public_search(text, company)
        guides = request.env["water.guide"]._public_search(text, company)
        values = self._public_base(
            "answers",
            title=request.env._("Answers and guides"),
            asked=text,
            articles=[row._public_card() for row in articles],
            guides=[row._public_card() for row in guides],
        )
        return self._water_render("water_service_desk.public_answers", values)

    @route(
        "/water/answers/<int:number>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        readonly=by_get,
    )
    def answer(self, number, done=None, **kw):
        """Show one article; count visitors for whom it was enough."""
        company = self._public_company()
        article = request.env["water.article"]._public_find(number, company)
        if not article or not company.water_public_open:
            return request.not_found()
        card = article._public_card()
        if request.httprequest.method == "POST":
            source = source_of(request.httprequest.remote_addr)
            if request.env["water.attempt"]._take("answered", source, COUNTED):
                article._count_answered()
            return request.redirect(f"{card['path']}?done=answered", code=303)
        values = self._public_base("answer", title=card["name"], card=card, done=done)
        return self._water_render("water_service_desk.public_answer", values)

    @route(
        "/water/guides/<int:number>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def guide(self, number, **kw):
        """One guide: who may apply, materials, steps, fees, time; printable."""
        guide = self._public_guide(number)
        if not guide:
            return request.not_found()
        card = guide._public_card()
        values = self._public_base("guide", title=card["name"], card=card)
        return self._water_render("water_service_desk.public_guide", values)

    @route(
        "/water/guides/<int:number>/form/<int:file_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def guide_form(self, number, file_id, **kw):
        """A form of a guide, to be filled in on paper."""
        forms = self._public_guide(number).form_ids
        return self._water_send(forms.filtered(lambda file: file.id == file_id))

    def _public_guide(self, number):
        """Return a guide in force, or an empty recordset."""
        company = self._public_company()
        guides = request.env["water.guide"]._public_search("", company)
        return guides.filtered(lambda row: row.id == number and company.water_public_open)

    @route(
        "/water/privacy", type="http", auth="public", website=True, methods=["GET"], readonly=True
    )
    def privacy(self, **kw):
        """Show which data of visitors and customers are stored, why, how long, and their rights."""
        company = self._public_company()
        values = self._public_base(
            "privacy", title=request.env._("Privacy"), own_text=company.water_privacy_text
        )
        return self._water_render("water_service_desk.public_privacy", values)
