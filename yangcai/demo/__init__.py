"""How does a demo teach itself? Stories of one purchase each, in which everybody but the visitor acts by itself."""
