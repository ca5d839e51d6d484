from . import mail_canned_response, water_article
from . import water_article_version, water_article_use, water_article_feedback, water_case_knowledge
