from . import models, report, wizard, controllers
