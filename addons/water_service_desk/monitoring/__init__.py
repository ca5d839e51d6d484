from . import controllers, models
from .json_log import install

install()
