from . import controllers, models, visitor_http, wizard
