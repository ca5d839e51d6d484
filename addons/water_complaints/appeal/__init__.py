from . import models, wizard, report, controllers
