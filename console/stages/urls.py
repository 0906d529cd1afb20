"""Pages of what is live."""

from django.urls import path

from console.stages.pages import apis, stages

_STAGE = "apis/<slug:rest_api_id>/stages/<slug:stage_name>"

urlpatterns = [
    path("apis/<slug:rest_api_id>/", apis.overview, name="api"),
    path("apis/<slug:rest_api_id>/stages", apis.stages, name="stages"),
    path(_STAGE, stages.stage, name="stage"),
    path(f"{_STAGE}/rollback", stages.rollback, name="stage-rollback"),
    path(f"{_STAGE}/flush", stages.flush, name="stage-flush"),
    path(f"{_STAGE}/settings", stages.update, name="stage-update"),
    path(f"{_STAGE}/delete", stages.delete, name="stage-delete"),
]
