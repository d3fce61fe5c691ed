#!/usr/bin/env python
"""How do Django's own commands run? `python manage.py makemigrations`, with our PostgreSQL started first."""

import os
import sys

from django.core.management import execute_from_command_line

from yangcai.cli import site

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangcai.settings")
    site.ensure_database()
    execute_from_command_line(sys.argv)
