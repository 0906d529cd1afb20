"""Claims as integrations are told them. Source: events that Lambda functions behind a user pool have logged."""

from dataplane.authorizers.claims import told


def test_all_claims_become_texts() -> None:
    claims = {
        "sub": "ada",
        "exp": 1598635949,
        "iat": 1598632349.0,
        "auth_time": 1598632349,
        "email_verified": True,
        "cognito:groups": ["a", "b"],
        "address": {"city": "London"},
        "nothing": None,
    }
    assert told(claims) == {
        "sub": "ada",
        "exp": "Fri Aug 28 17:32:29 UTC 2020",
        "iat": "Fri Aug 28 16:32:29 UTC 2020",
        "auth_time": "1598632349",
        "email_verified": "true",
        "cognito:groups": "a,b",
        "address": '{"city":"London"}',
    }
