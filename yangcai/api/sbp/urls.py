"""Where is each door of SBP/1? The protocol names the addresses (§2.5)."""

from django.urls import path

from yangcai.api.sbp import opening, trustees, views

urlpatterns = [
    path("tenders/<uuid:tender>/policies", views.policies, name="sbp_policies"),
    path("tenders/<uuid:tender>/submissions", views.submissions, name="sbp_begin"),
    path("submissions/<uuid:sid>", views.give_up, name="sbp_give_up"),
    path("submissions/<uuid:sid>/parts/<int:number>", views.part, name="sbp_part"),
    path("submissions/<uuid:sid>/parts", views.parts, name="sbp_parts"),
    path("submissions/<uuid:sid>/check", views.check, name="sbp_check"),
    path("submissions/<uuid:sid>/promise", views.promise, name="sbp_promise"),
    path("submissions/<uuid:sid>/finalise", views.hand_in, name="sbp_finalise"),
    path("submissions/<uuid:sid>/opening-file", views.opening_copy, name="sbp_opening_file"),
    path("submissions/<uuid:sid>/receipt", views.receipt, name="sbp_receipt"),
    path("submissions/<uuid:sid>/proof", views.proof, name="sbp_proof"),
    path("submissions/<uuid:sid>/withdraw", views.withdraw, name="sbp_withdraw"),
    path("submissions/<uuid:sid>/reconfirm", views.reconfirm, name="sbp_reconfirm"),
    path("opening/<uuid:tender>/supplier-release", opening.supplier_release, name="sbp_supplier_release"),
    path("opening/<uuid:tender>/trustee-release", opening.trustee_release, name="sbp_trustee_release"),
    path("opening/<uuid:tender>/share-tests", trustees.share_tests_of, name="sbp_share_tests"),
    path("opening/<uuid:tender>/state", opening.state, name="sbp_state"),
    path("trustees", trustees.trustees, name="sbp_trustees"),
    path("drill", trustees.drill, name="sbp_drill"),
    path("drill/<uuid:tender>/release", trustees.drill_release, name="sbp_drill_release"),
]
