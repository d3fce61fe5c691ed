"""What does the process of the live hall call? (The site itself is WSGI: yangcai/wsgi.py.)"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangcai.settings")
django.setup()

from yangcai.www.hall.live import application  # noqa: E402 - models can be imported only now

__all__ = ["application"]
