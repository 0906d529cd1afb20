"""Where each door hangs."""

from django.urls import URLPattern, URLResolver, include, path

from console.access import wire as access
from console.apis import wire as apis
from console.core.wire.documents import SchemaPage, SchemaView
from console.core.wire.views import urls
from console.domains import wire as domains
from console.publishing import wire as publishing
from console.sdks import wire as sdks
from console.stages import wire as stages
from console.tags import wire as tags

# The admin API: every room's operations, under AWS's own paths.
rooms = [apis, stages, publishing, access, domains, sdks, tags]
operations = [operation for room in rooms for operation in room.operations]

api: list[URLPattern] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", SchemaPage.as_view(url_name="schema"), name="docs"),
    *urls(operations),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include(api)),
    path("internal/", include("console.publishing.urls")),
    path("", include("console.publishing.pages.urls")),
    path("", include("console.telemetry.urls")),
    path("", include("console.access.urls")),
    path("", include("console.stages.urls")),
    path("", include("console.apis.urls")),
    path("", include("console.accounts.urls")),
]
