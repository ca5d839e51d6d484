from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...base.apart import each_apart
from ...base.true_only import true_only
from ...base.trust import trusted

#: Articles reminded of per committed batch.
REVIEW_BATCH = 100


class WaterArticle(models.Model):
    """What has been published is looked at again: its owner is reminded once, when it is due."""

    _inherit = "water.article"

    is_published = fields.Boolean(string="Published", readonly=True, copy=False, tracking=True)
    review_months = fields.Integer(string="Review Every (Months)", default=6)
    review_on = fields.Date(string="Next Review", tracking=True, copy=False)
    reviewed_on = fields.Date(string="Last Review", readonly=True, copy=False)
    is_reminded = fields.Boolean(readonly=True, copy=False)
    is_review_due = fields.Boolean(
        string="Due for Review", compute="_compute_is_review_due", search="_search_is_review_due"
    )

    _review_sane = models.Constraint(
        "CHECK (review_months BETWEEN 1 AND 60)", "A review is due after 1 to 60 months."
    )
    # what the scheduled action looks for: few among all
    _review_idx = models.Index("(review_on) WHERE is_published IS TRUE AND is_reminded IS NOT TRUE")

    @api.depends("review_on", "is_published", "company_id")
    @api.depends_context("company")
    def _compute_is_review_due(self):
        for article in self:
            today = article.company_id._water_today()
            due = article.review_on and article.review_on <= today
            article.is_review_due = bool(article.is_published and due)

    @api.model
    @true_only
    def _search_is_review_due(self):
        return Domain("is_published", "=", True) & self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("review_on", "<=", day)
        )

    @api.constrains("review_on", "is_published")
    def _check_review(self):
        for article in self:
            if article.is_published and not article.review_on:
                raise ValidationError(self.env._("A published article has a date of its review."))

    def action_reviewed(self):
        """The owner or an editor has looked: it still holds, until the next review."""
        self.check_access("write")
        for article in self:
            today = article.company_id._water_today()
            review = article._next_review()
            trusted(article).write({"reviewed_on": today, "review_on": review})
        return True

    def _next_review(self):
        return self.company_id._water_today() + relativedelta(months=self.review_months)

    def _close_review(self):
        self.activity_unlink(["water_service_desk.mail_activity_type_review"])

    @api.model
    def _cron_remind(self):
        """Scheduled action: tell the owners, once, which of their articles are to be reviewed."""
        due = self.search(Domain("is_review_due", "=", True) & Domain("is_reminded", "=", False))
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for start in range(0, len(due), REVIEW_BATCH):
            batch = due[start : start + REVIEW_BATCH]
            each_apart(batch.try_lock_for_update(), type(self)._remind)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _remind(self):
        for article in self:
            owner = article.owner_id
            spoken = article.with_context(lang=owner.lang or self.env.lang)
            article.activity_schedule(
                "water_service_desk.mail_activity_type_review",
                date_deadline=article.review_on,
                summary=spoken.env._("Review: %(article)s", article=spoken.name),
                user_id=owner.id,
            )
        trusted(self).write({"is_reminded": True})
