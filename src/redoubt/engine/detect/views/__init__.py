"""The other normal forms of a text, each with a map back to the characters that wrote it.

Open `view.py` first (what a view is), then `expand.py` (which are made, in what order, up to which bounds).
"""

from redoubt.engine.detect.views.expand import views
from redoubt.engine.detect.views.view import View

__all__ = ["View", "views"]
