from . import ir_http, res_company, res_config_settings, water_article, water_case_public_page
from . import water_category, water_guide, water_setup
