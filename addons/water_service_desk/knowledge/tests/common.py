"""Articles for the tests: published ones of a Chinese water company, in both languages."""

from ...base.tests.common import WaterCommon


class ArticleCase(WaterCommon):
    """An owner, an editor, and a way to write articles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.owner = cls.users["department"]
        cls.env["water.article"].search([]).active = False  # demo data would answer as well

    @classmethod
    def _article(cls, name="水质发黄怎么办", publish=True, **values):
        """An article by the supervisor, published unless told otherwise."""
        articles = cls.env["water.article"].with_user(cls.users["supervisor"])
        article = articles.create(
            {
                "name": name,
                "customer_text": "请放水五分钟。",
                "category_ids": [(6, 0, cls._category("gn").ids)],
                "owner_id": cls.owner.id,
                **values,
            }
        )
        if publish:
            article.action_publish()
        return article.with_env(cls.env)

    def _suggested(self, text="", login="agent", **values):
        """Titles that ``login`` is offered, best first."""
        found = self._as(login, self.env["water.article"]).suggest(text, **values)
        return [article["title"] for article in found["articles"]]
