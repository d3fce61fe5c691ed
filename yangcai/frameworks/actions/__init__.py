"""What may be done with framework agreements? One module per noun; importing this package registers every Action."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
