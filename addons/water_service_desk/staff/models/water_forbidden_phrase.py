from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...base import phrases, windows
from ...base.trust import trusted


class WaterForbiddenPhrase(models.Model):
    """Words that no customer hears (服务禁语), and what to say instead (S2.2.2)."""

    _name = "water.forbidden.phrase"
    _inherit = ["water.cached.mixin", "water.mixin"]
    _description = "Forbidden Phrase"
    _order = "category, name"

    name = fields.Char(
        string="Phrase", required=True, help="A star stands for a few characters: 这*不归我们管."
    )
    category = fields.Selection(
        [
            ("ignorance", "Not knowing"),
            ("refusal", "Passing on"),
            ("impatience", "Impatience"),
            ("command", "Commanding"),
            ("blame", "Blaming"),
        ],
        required=True,
        default="impatience",
    )
    suggestion = fields.Text(string="Say Instead", required=True)
    severity = fields.Selection(
        [("warn", "Warn"), ("block", "Do not send")], required=True, default="warn"
    )
    active = fields.Boolean(default=True)
    hit_ids = fields.One2many("water.phrase.hit", "phrase_id", string="Hits")
    hit_count = fields.Integer(string="Number of Hits", compute="_compute_hit_count")

    _name_uniq = models.Constraint("UNIQUE (name)", "This phrase is on the list already.")

    @api.depends("hit_ids")
    @api.depends_context("uid")
    def _compute_hit_count(self):
        counts = dict(
            self.env["water.phrase.hit"]._read_group(
                [("phrase_id", "in", self.ids)], ["phrase_id"], ["__count"]
            )
        )
        for phrase in self:
            phrase.hit_count = counts.get(phrase, 0)

    @api.constrains("name")
    def _check_name(self):
        for phrase in self:
            if not phrases.is_workable(phrase.name):
                raise ValidationError(
                    self.env._("A phrase has two characters at least, and three stars at most.")
                )

    @api.model
    @tools.ormcache()
    def _matcher(self):
        """Return the compiled phrases and their rows; cached, because every text is checked."""
        rows = self.sudo().search_fetch([], ["name", "suggestion", "severity"])
        # what must not be sent is found first, and long phrases before short ones
        rows = rows.sorted(lambda row: (row.severity == "warn", -len(row.name), row.id))
        facts = [(row.id, row.name, row.suggestion, row.severity) for row in rows]
        return phrases.compiled([name for __, name, *__ in facts]), facts

    @api.model
    def _find(self, text):
        matcher, facts = self._matcher()
        return [facts[number] for number in phrases.found(matcher, text)]

    @api.model
    def _advice(self, hits):
        """Return what to say instead, one line per phrase found."""
        return "\n".join(
            self.env._("“%(phrase)s” → %(suggestion)s", phrase=phrase, suggestion=suggestion)
            for __, phrase, suggestion, __ in hits
        )

    @api.model
    def _refusal(self, hits):
        """Return why the text is not sent and what to say instead; empty when it may be sent."""
        blocked = [hit for hit in hits if hit[3] == "block"]
        if not blocked:
            return ""
        return self.env._(
            "Customers are not told this. Say it in another way:\n%(advice)s",
            advice=self._advice(blocked),
        )

    @api.model
    def check_text(self, text=""):
        """Check a text before it goes to a customer, for the web client.

        :param text: plain text
        :return: ``advice`` (empty when all is well) and ``is_blocked``
        """
        self.browse().check_access("read")
        hits = self._find(text if isinstance(text, str) else "")
        return {
            "advice": self._advice(hits),
            "is_blocked": bool(self._refusal(hits)),
        }

    @api.model
    def _say(self, case, text, place):
        """Refuse forbidden phrases in a staff text to a customer, and count discouraged ones.

        Texts of customers, machines and the system are not checked.

        :param case: the one case it is about
        :param text: plain text, not HTML
        :param place: value of ``water.phrase.hit.place``
        :raises UserError: with what to say instead
        """
        if self.env.su or not self.env.user._is_internal():
            return
        hits = self._find(text)
        refusal = self._refusal(hits)
        if refusal:
            raise UserError(refusal)
        log = self.env["water.phrase.hit"]
        rows = [
            {
                log._case_field(case._name): case.id,
                "phrase_id": phrase_id,
                "name": phrase,
                "user_id": self.env.uid,
                "place": place,
            }
            for phrase_id, phrase, *__ in hits
        ]
        if rows:
            # sudo: water.phrase.hit - written by this service alone
            trusted(log.sudo()).create(rows)

    def action_open_hits(self):
        """Open the texts that were sent in spite of the warning."""
        domain = [("phrase_id", "in", self.ids)]
        return windows.rows(
            "water.phrase.hit", self.env._("Hits"), domain, modes="list,pivot,graph"
        )
