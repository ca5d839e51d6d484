# pylint: disable=prefer-env-translation  # the letter speaks the customer's language
from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.i18n import format_list


class WaterNoticeReport(models.AbstractModel):
    """The letter to the customer (处理结果告知书 and its kin, S3.2.3c)."""

    _name = "report.water_complaints.report_water_notice"
    _inherit = "water.letter.report.mixin"
    _description = "Letter to the Customer"
    _letter_model = "water.notice"

    @api.model
    def _letter(self, notice):
        return super()._letter(notice) | {
            "opening": self._opening(notice),
            "judged": self._judged(notice),
            "basis": self._basis(notice),
            "told": self._told(notice),
            "appeal": self._appeal(notice),
            "elsewhere": self._elsewhere(notice),
            "hotline": self._hotline(notice),
            "responsible": self._responsible(notice),
            "date": notice._letter_date(notice.sent_at),
        }

    @api.model
    def _opening(self, notice):
        """Return the first sentence: the customer's complaint, and the topic of the letter."""
        case, _ = notice.complaint_id, notice.env._
        facts = {
            "day": notice._letter_date(case.received_at),
            "subject": case.subject,
            "number": case.name,
        }
        texts = {
            "acceptance": _(
                "On %(day)s you contacted us about “%(subject)s”. We have accepted your "
                "complaint under the number %(number)s.",
                **facts,
            ),
            "refusal": _(
                "On %(day)s you contacted us about “%(subject)s” (number %(number)s). We have "
                "decided not to accept it, for these reasons:",
                **facts,
            ),
            "delay": _(
                "On %(day)s you contacted us about “%(subject)s” (number %(number)s). We need "
                "more time than we promised, for these reasons:",
                **facts,
            ),
        }
        result = _(
            "On %(day)s you contacted us about “%(subject)s” (number %(number)s). We have looked "
            "into it. This is the result:",
            **facts,
        )
        return self._appeal_opening(notice) if notice.appeal_id else texts.get(notice.kind, result)

    @api.model
    def _basis(self, notice):
        """The edition of the company's standard that the case was handled by.

        None in a refusal: it rests on the reasons it gives, not on a promise of time.
        """
        if notice.kind == "refusal":
            return ""
        standard = notice.complaint_id.deadline_ids.standard_line_id.standard_id[:1]
        return standard and notice.env._(
            "Basis: our service standard “%(standard)s”.",
            standard=standard.name,
            code=standard.code,
            edition=standard.version,
        )

    @api.model
    def _judged(self, notice):
        """Return the rules by which the demands were judged (S3.2.2c, S3.2.3c)."""
        rules = notice._judged_by() if notice.kind == "result" else []
        return rules and notice.env._("Judged by: %s.", format_list(notice.env, rules))

    @api.model
    def _told(self, notice):
        if notice.mode != "oral":
            return ""
        return notice.env._(
            "%(listener)s was informed orally on %(moment)s.",
            listener=notice.told_to,
            moment=notice.complaint_id._customer_time(notice.sent_at),
        )

    @api.model
    def _appeal(self, notice):
        """The right to have the answer reviewed; its last day stands out."""
        if not notice.appeal_until:
            return ""
        day = format_date(notice.env, notice.appeal_until, date_format="long")
        return notice.env._(
            "If you do not agree, you have the right to ask for a review until %(day)s"
            " (that day included): %(ways)s.",
            day=Markup("<strong>%s</strong>") % day,
            ways=notice.company_id._water_ways(),
        )

    @api.model
    def _elsewhere(self, notice):
        """Where else the customer can turn: in results, refusals and decisions (E8)."""
        if notice.kind not in ("result", "refusal", "appeal_decision", "final"):
            return ""
        _ = notice.env._
        authority = notice.company_id.sudo().water_authority or _("the water authority in charge")
        return _(
            "You can also turn to the city's hotline 12345, have %(authority)s mediate and decide,"
            " complain to the consumers' association, or go to arbitration or to court.",
            authority=authority,
        )

    @api.model
    def _responsible(self, notice):
        """In whose name the answer is given: the first responsible person's (S3.1.1)."""
        person = notice.signed_by_id.sudo().name
        if person and notice.appeal_id:
            return notice.env._("Reviewed by: %(person)s", person=person)
        user = notice.signed_by_id.sudo()
        words = {"person": user.name, "badge": user.water_badge}
        if user.water_badge:
            return notice.env._(
                "First responsible person: %(person)s, badge no. %(badge)s", **words
            )
        return user.name and notice.env._("First responsible person: %(person)s", person=user.name)

    @api.model
    def _hotline(self, notice):
        hotline = notice.company_id.water_hotline
        return hotline and notice.env._("Service hotline: %(number)s", number=hotline)
