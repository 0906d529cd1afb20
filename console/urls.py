"""Where each door hangs."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("internal/", include("console.publishing.urls")),
]
