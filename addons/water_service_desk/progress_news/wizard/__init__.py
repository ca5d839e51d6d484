from . import water_news_wizard
