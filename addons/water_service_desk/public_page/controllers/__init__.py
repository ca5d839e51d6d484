from . import open_door, public, track
