from . import wizard, controllers
