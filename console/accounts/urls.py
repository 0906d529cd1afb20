"""Pages of who."""

from django.urls import path

from console.accounts import pages

urlpatterns = [
    path("sign-in", pages.sign_in, name="sign-in"),
    path("sign-out", pages.sign_out, name="sign-out"),
    path("account", pages.account, name="account"),
    path("account/password", pages.change_password, name="password"),
    path("account/access-keys", pages.create_access_key, name="access-keys"),
    path("account/access-keys/<slug:access_key_id>", pages.switch_access_key, name="access-key"),
    path("account/access-keys/<slug:access_key_id>/delete", pages.delete_access_key, name="access-key-delete"),
    path("account/tokens", pages.create_token, name="tokens"),
    path("account/tokens/<slug:token_id>/revoke", pages.revoke_token, name="token-revoke"),
    path("audit", pages.audit, name="audit"),
]
