from . import models, steady_classes

steady_classes.install()
