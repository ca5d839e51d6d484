from odoo import models


class WaterIncident(models.Model):
    """Until when each household was told that planned work lasts, and since when it knew."""

    _inherit = "water.incident"

    def _told(self, accounts):
        """Return what households were told of planned work before it began.

        An announcement on paper was for all; news were for those whose message left the house.

        :return: {account: (since, until)}, naive UTC; (None, None) for untold households
        """
        if not self.is_planned:
            return {}
        paper, news = self._told_on_paper(), self._news_sent(accounts)
        return {
            account: self._known_by([paper, *news.get(account._holder_at(self.aware_at), ())])
            for account in accounts
        }

    def _news_sent(self, accounts):
        """Return {customer: [(sent at, begin, end)]} of the news that announced the work."""
        # sudo: res.partner, water.incident.contact - asked who was told, not shown
        accounts = accounts.sudo()
        holders = accounts.partner_id | accounts.former_holder_ids.partner_id
        contacts = self.env["water.incident.contact"].sudo()
        found = {}
        for contact in contacts.search(
            [
                ("notice_id.incident_id", "=", self.id),
                ("notice_id.begin_at", "!=", False),
                ("partner_id", "in", holders.ids),
            ]
        ):
            sent = contact.message_ids.filtered(lambda row: row.state in ("sent", "delivered"))
            if sent:
                notice = contact.notice_id
                told = (min(sent.mapped("sent_at")), notice.begin_at, notice.expected_at)
                found.setdefault(contact.partner_id, []).append(told)
        return found

    def _known_by(self, announcements):
        """Return (since, until): since when a household knew the dates it was told last.

        (None, None) if the last announcement before the work began was for other dates.

        :param announcements: (given at, begin, end) of each, or an empty list
        """
        since = until = None
        in_time = [told for told in announcements if told and told[0] < self.aware_at]
        for given, begin, end in sorted(in_time, key=lambda told: told[0], reverse=True):
            is_longer = until and not (end and end >= until)
            if is_longer or not self._begins_within(begin, end):
                break
            since, until = given, until or end
        return since, until
