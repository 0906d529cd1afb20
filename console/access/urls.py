"""Pages of who may call."""

from django.urls import path

from console.access.pages import api_keys, importing, plan_keys, plan_stages, usage, usage_plans

_KEY = "api-keys/<slug:api_key>"
_PLAN = "usage-plans/<slug:usage_plan_id>"
_PLAN_STAGE = f"{_PLAN}/stages/<slug:rest_api_id>/<slug:stage_name>"
_PLAN_KEY = f"{_PLAN}/keys/<slug:key_id>"

urlpatterns = [
    path("api-keys/", api_keys.api_keys, name="api-keys"),
    path("api-keys/new", api_keys.create, name="api-key-create"),
    path("api-keys/import", importing.import_keys, name="api-keys-import"),
    path(_KEY, api_keys.api_key, name="api-key"),
    path(f"{_KEY}/edit", api_keys.edit, name="api-key-edit"),
    path(f"{_KEY}/enabled", api_keys.set_enabled, name="api-key-enabled"),
    path(f"{_KEY}/rotate", api_keys.rotate, name="api-key-rotate"),
    path(f"{_KEY}/delete", api_keys.delete, name="api-key-delete"),
    path("usage-plans/", usage_plans.usage_plans, name="usage-plans"),
    path("usage-plans/new", usage_plans.create, name="usage-plan-create"),
    path(_PLAN, usage_plans.usage_plan, name="usage-plan"),
    path(f"{_PLAN}/edit", usage_plans.edit, name="usage-plan-edit"),
    path(f"{_PLAN}/delete", usage_plans.delete, name="usage-plan-delete"),
    path(f"{_PLAN}/usage", usage.export, name="usage-export"),
    path(f"{_PLAN}/stages/add", plan_stages.add, name="plan-stage-add"),
    path(f"{_PLAN_STAGE}/throttles", plan_stages.throttles, name="plan-stage-throttles"),
    path(f"{_PLAN_STAGE}/remove", plan_stages.remove, name="plan-stage-remove"),
    path(f"{_PLAN}/keys/add", plan_keys.add, name="plan-key-add"),
    path(f"{_PLAN_KEY}/extend", plan_keys.extend, name="plan-key-extend"),
    path(f"{_PLAN_KEY}/remove", plan_keys.remove, name="plan-key-remove"),
]
