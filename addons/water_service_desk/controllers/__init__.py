from . import call, portal
