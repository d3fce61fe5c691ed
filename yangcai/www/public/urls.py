"""Where is each page that anyone may read?"""

from django.urls import path

from yangcai.www import bundle, draws
from yangcai.www.hall import rooms
from yangcai.www.official import notices as official
from yangcai.www.public import (
    cases,
    contacts,
    enquiries,
    figures,
    files,
    guidance,
    help,
    home,
    lawbook,
    log,
    notices,
    services,
    status,
)

urlpatterns = [
    path("", home.page_home, name="home"),
    path("notices/", notices.listing, name="notices"),
    path("notices/<int:pk>/", notices.detail, name="notice"),
    path("notices/<int:pk>/pdf/", official.notice_pdf, name="notice_pdf"),
    path("notices/<int:pk>/proof/", log.notice_proof, name="notice_proof"),
    path("p/<int:pk>/", cases.detail, name="public_case"),
    path("p/<int:pk>/draw/", draws.public_draws, name="public_draws"),
    path("p/<int:pk>/draw.json", draws.public_file, name="public_draw_file"),
    path("hall/", rooms.listing, name="halls"),
    path("hall/<int:pk>/", rooms.room, name="hall"),
    path("hall/<int:pk>/board/", rooms.room_board, name="hall_board"),
    path("hall/<int:pk>/mine/", rooms.room_mine, name="hall_mine"),
    path("hall/<int:pk>/record/", rooms.record, name="hall_record"),
    path("hall/closing/<int:pk>/record/", rooms.closing_record, name="closing_record"),
    path("files/<int:pk>/", files.file, name="public_file"),
    path("org/<int:pk>/", cases.organisation, name="organisation"),
    path("law/", lawbook.index, name="law"),
    path("law/clocks/", lawbook.clocks, name="law_clocks"),
    path("law/<str:key>/", lawbook.detail, name="law_rule"),
    path("guidance/", guidance.listing, name="guidance"),
    path("guidance/<int:pk>/", guidance.article, name="article"),
    path("enquiries/", enquiries.enquiries, name="enquiries"),
    path("enquiries/ask/", enquiries.enquiry_ask, name="enquiry_ask"),
    path("enquiries/read/", enquiries.enquiry_read, name="enquiry_read"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("services/", services.services, name="services"),
    path("status/", status.page_status, name="status"),
    path("verify/", notices.verify, name="verify"),
    path("log/<path:name>", log.file, name="log_file"),
    path("figures/", figures.page_figures, name="figures"),
    path("help/", help.page_help, name="help"),
    path("sealing/bundle.json", bundle.bundle, name="sealing_bundle"),
    path("sealing/<str:digest>/<str:name>", bundle.script, name="sealing_script"),
]
