from . import open_door, public, track, front, answers, letter, installed
