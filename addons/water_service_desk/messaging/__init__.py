from . import models, visitor_http, wizard
