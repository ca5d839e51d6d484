from . import ir_http, res_company, res_config_settings, res_users, water_home_item
from . import water_home_count, web_tour_tour
