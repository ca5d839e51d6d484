from . import asking, models, steady_classes

asking.install()
steady_classes.install()
