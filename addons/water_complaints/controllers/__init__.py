from . import archive, portal
