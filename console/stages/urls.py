"""Pages of what is live."""

from django.urls import path

from console.stages.pages import apis, methods, settings, stages

_STAGE = "apis/<slug:rest_api_id>/stages/<slug:stage_name>"

urlpatterns = [
    path("apis/<slug:rest_api_id>/", apis.overview, name="api"),
    path("apis/<slug:rest_api_id>/stages", apis.stages, name="stages"),
    path(_STAGE, stages.stage, name="stage"),
    path(f"{_STAGE}/rollback", stages.rollback, name="stage-rollback"),
    path(f"{_STAGE}/flush", stages.flush, name="stage-flush"),
    path(f"{_STAGE}/settings", settings.settings, name="stage-settings"),
    path(f"{_STAGE}/methods", methods.methods, name="stage-methods"),
    path(f"{_STAGE}/methods/settings", methods.method, name="stage-method"),
    path(f"{_STAGE}/methods/reset", methods.reset, name="stage-method-reset"),
    path(f"{_STAGE}/delete", stages.delete, name="stage-delete"),
]
