from . import mail_canned_response, water_article, water_article_review, water_article_search
from . import water_article_version, water_article_use, water_article_feedback, water_case_mixin
