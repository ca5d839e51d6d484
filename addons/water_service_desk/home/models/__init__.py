from . import ir_http, water_home_item, web_tour_tour
