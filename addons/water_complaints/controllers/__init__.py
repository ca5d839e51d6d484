from . import portal, public
from . import portal_compensation
from . import archive
