"""Records of the access matrix that belong to the knowledge of the house."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted


class ArticleFixture:
    """Mixed into the fixture of the access matrix; ``department`` owns the articles."""

    @classmethod
    def _make_articles(cls):
        """own: published, other: a draft, company: published by the second company."""
        now = fields.Datetime.now()
        for situation, company, owner, published in (
            ("own", cls.company, "department", True),
            ("other", cls.company, "department", False),
            ("company", cls.company2, "foreign", True),
        ):
            owner = cls.users[owner].id
            values = {"name": "T", "owner_id": owner, "company_id": company.id}
            review = {"is_published": published, "published_at": now, "review_on": "2099-01-01"}
            article = trusted(cls.env["water.article"]).create({**values, **review})
            cls._keep("water.article", situation, article, values, {"keywords": "y"})
            about = {"article_id": article.id}
            version = {**about, "texts": {"name": {"en_US": "T"}}, "at": now, "user_id": owner}
            row = trusted(cls.env["water.article.version"]).create({**version, "number": 1})
            another = {**version, "number": 2}
            cls._keep("water.article.version", situation, row, another, {"number": 3})
            said = {**about, "kind": "helped"}
            row = trusted(cls.env["water.article.feedback"]).create({**said, "user_id": owner})
            cls._keep("water.article.feedback", situation, row, said, {"note": "y"})

    @classmethod
    def _make_article_use(cls, situation, link):
        articles = cls.env["water.article"].search([("name", "=", "U")])
        article = articles or trusted(cls.env["water.article"]).create(
            {"name": "U", "is_published": True, "review_on": "2099-01-01"}
        )
        values = {"article_id": article.id, "user_id": cls.env.uid, "how": "cited"}
        values |= {**link, "at": fields.Datetime.now()}
        use = trusted(cls.env["water.article.use"]).create(dict(values))
        cls._keep("water.article.use", situation, use, values, {"how": "opened"})
