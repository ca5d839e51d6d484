from . import portal, public
from . import portal, portal_compensation
