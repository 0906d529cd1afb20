"""Under /internal/."""

from django.urls import path

from console.publishing import internal

urlpatterns = [
    path("manifest", internal.get_manifest),
    path("documents", internal.get_documents),
    path("documents/<str:digest>", internal.get_document),
    path("report", internal.take_report),
]
