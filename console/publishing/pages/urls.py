"""Pages that see the whole house."""

from django.urls import path

from console.publishing.pages import authorizer, canary, deployments, fleet, home, testing, users

_USER = "users/of/<str:username>"
_API = "apis/<slug:rest_api_id>"
_STAGE = f"{_API}/stages/<slug:stage_name>"
_METHOD = f"{_API}/resources/<slug:resource_id>/methods/<slug:http_method>"

urlpatterns = [
    path("", home.home, name="home"),
    path("palette", home.palette, name="palette"),
    path("users/", users.users, name="users"),
    path("users/create", users.create, name="user-create"),
    path(f"{_USER}", users.user, name="user"),
    path(f"{_USER}/role", users.set_role, name="user-role"),
    path(f"{_USER}/active", users.set_active, name="user-active"),
    path(f"{_USER}/password", users.set_password, name="user-password"),
    path(f"{_USER}/grants", users.grant, name="user-grants"),
    path(f"{_USER}/grants/<slug:rest_api_id>/revoke", users.revoke, name="user-revoke"),
    path("nodes", fleet.nodes, name="nodes"),
    path("nodes/strip", fleet.strip, name="node-strip"),
    path(f"{_METHOD}/test", testing.test, name="method-test"),
    path(f"{_API}/authorizers/<slug:authorizer_id>/test", authorizer.authorizer, name="authorizer"),
    path(f"{_API}/deploy", deployments.deploy, name="deploy"),
    path(f"{_API}/deployments", deployments.deployments, name="deployments"),
    path(f"{_API}/deployments/<slug:deployment_id>", deployments.deployment, name="deployment"),
    path(f"{_API}/deployments/<slug:deployment_id>/document", deployments.download, name="deployment-document"),
    path(f"{_STAGE}/canary", canary.canary, name="stage-canary"),
    path(f"{_STAGE}/canary/promote", canary.promote, name="stage-canary-promote"),
    path(f"{_STAGE}/canary/remove", canary.remove, name="stage-canary-remove"),
    path(f"{_STAGE}/convergence", fleet.convergence, name="convergence"),
]
