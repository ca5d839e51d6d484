from . import editor
