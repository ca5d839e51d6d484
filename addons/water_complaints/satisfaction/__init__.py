from . import models, wizard, controllers
