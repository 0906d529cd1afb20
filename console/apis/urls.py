"""Pages of what is drawn."""

from django.urls import path, re_path

from console.apis.pages import authorizers, importing, methods, resources, responses, rest_apis

_API = "apis/<slug:rest_api_id>"
_RESOURCE = f"{_API}/resources/<slug:resource_id>"
_METHOD = f"{_RESOURCE}/methods/<slug:http_method>"
_RESPONSES = (
    r"^apis/(?P<rest_api_id>[\w-]+)/resources/(?P<resource_id>[\w-]+)/methods/(?P<http_method>\w+)"
    r"/(?P<name>integration-response|method-response)"
)

urlpatterns = [
    path("apis/", rest_apis.apis, name="apis"),
    path("apis/new", rest_apis.create, name="api-create"),
    path("apis/import", importing.new, name="api-import"),
    path("apis/import/preview", importing.preview, name="api-import-preview"),
    path("apis/import/jobs/<slug:job_id>", importing.job, name="import-job"),
    path(f"{_API}/import", importing.into, name="api-import-into"),
    path(f"{_API}/settings", rest_apis.settings, name="api-settings"),
    path(f"{_API}/delete", rest_apis.delete, name="api-delete"),
    path(f"{_API}/authorizers", authorizers.authorizers, name="authorizers"),
    path(f"{_API}/authorizers/new", authorizers.create, name="authorizer-create"),
    path(f"{_API}/authorizers/<slug:authorizer_id>/edit", authorizers.edit, name="authorizer-edit"),
    path(f"{_API}/authorizers/<slug:authorizer_id>/delete", authorizers.delete, name="authorizer-delete"),
    path(f"{_API}/resources", resources.resources, name="resources"),
    path(_RESOURCE, resources.resource, name="resource"),
    path(f"{_RESOURCE}/new", resources.create, name="resource-create"),
    path(f"{_RESOURCE}/rename", resources.rename, name="resource-rename"),
    path(f"{_RESOURCE}/delete", resources.delete, name="resource-delete"),
    path(f"{_RESOURCE}/cors", resources.cors, name="resource-cors"),
    path(f"{_RESOURCE}/methods/new", methods.create, name="method-create"),
    path(_METHOD, methods.method, name="method"),
    path(f"{_METHOD}/delete", methods.delete, name="method-delete"),
    re_path(f"{_RESPONSES}$", responses.responses, name="method-responses"),
    re_path(rf"{_RESPONSES}/(?P<status_code>new|\d{{3}})$", responses.responses, name="method-response"),
    re_path(rf"{_RESPONSES}/(?P<status_code>\d{{3}})/delete$", responses.delete, name="method-response-delete"),
    path(f"{_METHOD}/<slug:name>", methods.box, name="method-box"),
]
