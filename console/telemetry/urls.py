"""Pieces of pages: what happened."""

from django.urls import path

from console.telemetry import pages

urlpatterns = [
    path("apis/<slug:rest_api_id>/stages/<slug:stage_name>/traffic", pages.traffic, name="traffic"),
]
