from console.publishing.differences import Detail, Difference, differences


def document(*methods: tuple[str, dict], **settings: object) -> dict:
    """methods: ("GET /pets", members)"""
    resources: dict[str, list] = {}
    for name, members in methods:
        verb, path = name.split(" ")
        resources.setdefault(path, []).append({"httpMethod": verb, "integration": {"type": "MOCK"}, **members})
    found = [{"id": "r", "path": path, "methods": drawn} for path, drawn in resources.items()]
    return {"schemaVersion": 1, "apiId": "a", "name": "pets", "resources": found, **settings}


PETS = document(("GET /pets", {}))


def test_the_same_document_differs_in_nothing():
    assert differences(PETS, PETS) == []


def test_methods_are_added_and_removed():
    after = document(("POST /pets", {}), ("GET /shops", {}))
    assert differences(PETS, after) == [
        Difference("removed", "GET /pets"),
        Difference("added", "POST /pets"),
        Difference("added", "GET /shops"),
    ]


def test_from_nothing_everything_is_added():
    assert differences({}, PETS)[0] == Difference("added", "GET /pets")


def test_a_changed_method_tells_each_value_before_and_after():
    was = document(("GET /pets", {"integration": {"type": "HTTP", "uri": "http://a/"}}))
    now = document(("GET /pets", {"integration": {"type": "HTTP", "uri": "http://b/", "timeoutInMillis": 500}}))
    (found,) = differences(was, now)
    assert found.details == (
        Detail("integration uri", "http://a/", "http://b/"),
        Detail("integration timeout in millis", "29000", "500"),
    )


def test_what_a_document_leaves_out_is_its_default_and_no_difference():
    now = document(("GET /pets", {"authorizationType": "NONE", "apiKeyRequired": False}), apiKeySource="HEADER")
    assert differences(PETS, now) == []


def test_a_weakened_authorization_is_told_in_words():
    was = document(("GET /pets", {"authorizationType": "AWS_IAM", "apiKeyRequired": True}))
    (found,) = differences(was, PETS)
    assert found.details == (Detail("authorization type", "AWS_IAM", "NONE"), Detail("api key required", "yes", "no"))


def test_responses_are_told_by_their_status_and_templates_by_their_type():
    def answering(template: str, *more: dict) -> dict:
        response = {"statusCode": "200", "responseTemplates": {"application/json": template}}
        return document(("GET /pets", {"integration": {"type": "MOCK", "responses": [response, *more]}}))

    (found,) = differences(answering("one"), answering("two", {"statusCode": "404"}))
    assert found.details == (
        Detail("integration responses 200 response templates application/json", "one", "two"),
        Detail("integration responses 404", "", "yes"),
    )


def test_names_that_people_chose_are_left_as_they_are():
    (found,) = differences(PETS, document(("GET /pets", {"requestParameters": {"method.request.path.petId": True}})))
    assert found.details == (Detail("request parameters method.request.path.petId", "", "yes"),)


def test_models_and_settings_of_the_api_are_told_after_methods():
    now = document(("GET /pets", {}), models=[{"name": "Pet", "schema": "{}"}], binaryMediaTypes=["image/png"])
    assert differences(PETS, now) == [
        Difference("added", "model Pet"),
        Difference("changed", "API", (Detail("binary media types", "", "image/png"),)),
    ]


def test_authorizers_are_told_by_their_names():
    was = document(authorizers=[{"id": "a1", "name": "who", "type": "TOKEN"}])
    issuers = [{"issuer": "https://a.example", "audiences": ["app"]}]
    now = document(authorizers=[{"id": "a1", "name": "who", "type": "JWT", "jwtIssuers": issuers}])
    (found,) = differences(was, now)
    assert (found.kind, found.subject) == ("changed", "authorizer who")
    assert found.details == (
        Detail("type", "TOKEN", "JWT"),
        Detail("jwt issuers", "", '{"issuer": "https://a.example", "audiences": ["app"]}'),
    )


def test_validators_and_gateway_responses_are_told_by_their_names():
    was = document(
        requestValidators=[{"id": "v1", "name": "all", "validateRequestBody": True}, {"id": "v2"}],
        gatewayResponses=[{"responseType": "THROTTLED", "statusCode": "420"}],
    )
    now = document(
        requestValidators=[{"id": "v1", "name": "all"}],
        gatewayResponses=[
            {"responseType": "DEFAULT_4XX", "responseTemplates": {"application/json": "{}"}},
            {"responseType": "THROTTLED", "statusCode": "430"},
        ],
    )
    assert differences(was, now) == [
        Difference("changed", "request validator all", (Detail("validate request body", "yes", "no"),)),
        Difference("removed", "request validator v2"),
        Difference("changed", "gateway response THROTTLED", (Detail("status code", "420", "430"),)),
        Difference("added", "gateway response DEFAULT_4XX"),
    ]
