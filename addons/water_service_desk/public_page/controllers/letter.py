from odoo.http import request, route

from ...intake.filing import clean_text
from ...intake.sources import source_of
from .open_door import WaterOpenDoor

#: Most codes tried per hour from one network address.
TRIES = 60


class WaterLetterPage(WaterOpenDoor):
    """Proof of a letter by its check code."""

    @route("/water/letter", type="http", auth="public", website=True, methods=["GET"])
    def letter(self, code="", **kw):
        """Show the form, and the letter of the code."""
        code, found = clean_text(code, 40), None
        if code:
            source = source_of(request.httprequest.remote_addr)
            if not request.env["water.attempt"]._take("letter_source", source, TRIES):
                return self._public_message(
                    request.env._("Closed for the moment"),
                    request.env._("There were too many attempts. Try again later, or call us."),
                    status=429,
                )
            found = request.env["water.letter.mixin"]._find_letter(code)
        values = self._public_base(
            "letter",
            title=request.env._("Check that a letter is genuine"),
            code=code,
            letter=found and self._letter_card(found),
        )
        return self._water_render("water_service_desk.public_letter", values)

    def _letter_card(self, letter):
        """Return the public facts of a letter: nothing about person or case."""
        return {
            "title": letter._letter_title(),
            "number": letter.name,
            "day": letter._letter_date(letter._letter_day()),
            "company": letter.company_id.name,
        }
