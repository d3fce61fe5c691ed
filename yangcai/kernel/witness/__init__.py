"""How does a witness run? A key, what it saw of each log, and one HTTP address: no database, no Django."""
