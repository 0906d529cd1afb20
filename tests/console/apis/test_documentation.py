"""Source: developer guide, "Representation of API documentation in API Gateway", "Document an API using the API Gateway
REST API" and "Import API documentation"; botocore's model."""

import json

import pytest

from console.accounts.models import AuditEntry
from console.apis import services
from console.apis.models import DocumentationVersion
from console.core.faults import AccessDenied, BadRequest, Conflict, LimitExceeded, NotFound
from console.stages.models import Stage
from tests.console.apis.conftest import refused, said, status
from tests.console.stages.drawn import deploy, pets

pytestmark = pytest.mark.django_db

SAID = '{"description": "all"}'


def create(draw, properties=SAID, **location):
    return services.create_documentation_part(
        draw.actor, rest_api_id=draw.api.pk, location=location, properties=properties
    )


def listed(draw, **filters):
    found = services.get_documentation_parts(draw.actor, rest_api_id=draw.api.pk, **filters)
    return [part.location for part in found.items]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"type": "API"}, ("API", "", "", "", "")),
        ({"type": "RESOURCE"}, ("RESOURCE", "/", "", "", "")),
        ({"type": "RESOURCE", "path": "/pets"}, ("RESOURCE", "/pets", "", "", "")),
        ({"type": "METHOD", "method": "GET"}, ("METHOD", "/", "GET", "", "")),
        ({"type": "METHOD", "path": None}, ("METHOD", "/", "*", "", "")),
        ({"type": "QUERY_PARAMETER", "name": "page"}, ("QUERY_PARAMETER", "/", "*", "", "page")),
        ({"type": "RESPONSE_HEADER", "name": "ETag"}, ("RESPONSE_HEADER", "/", "*", "*", "ETag")),
        ({"type": "RESPONSE", "statusCode": "400"}, ("RESPONSE", "/", "*", "400", "")),
        ({"type": "MODEL", "name": "Pet"}, ("MODEL", "", "", "", "Pet")),
    ],
)
def test_what_a_location_leaves_out_is_what_aws_takes_it_for(draw, given, kept):
    assert create(draw, **given).location == kept
    assert listed(draw) == [kept]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"type": "API", "path": "/"}, "'path' is no valid field of the type API"),
        ({"type": "RESOURCE", "method": "GET"}, "'method' is no valid field of the type RESOURCE"),
        ({"type": "METHOD", "statusCode": "200"}, "'statusCode' is no valid field of the type METHOD"),
        ({"type": "RESPONSE", "name": "x"}, "'name' is no valid field of the type RESPONSE"),
        ({"type": "PATH_PARAMETER"}, "the type PATH_PARAMETER needs a 'name'"),
        ({"type": "RESOURCE", "path": "pets"}, "a path begins with a slash"),
        ({"type": "METHOD", "method": "FETCH"}, "method 'FETCH'"),
        ({"type": "RESPONSE", "statusCode": "4xx"}, "statusCode '4xx'"),
        ({"type": "PET"}, "Invalid documentation part location type specified: PET"),
    ],
)
def test_a_location_has_no_fields_but_those_of_its_type(draw, given, message):
    with pytest.raises(BadRequest, match=message):
        create(draw, **given)


@pytest.mark.parametrize("properties", ["", "[]", "all", '"x"'])
def test_what_is_said_is_a_json_object(draw, properties):
    with pytest.raises(BadRequest, match="Documentation properties must be a JSON object"):
        create(draw, properties, type="API")


def test_of_one_place_one_part_speaks(draw):
    create(draw, type="API")
    with pytest.raises(Conflict) as refusal:
        create(draw, type="API")
    assert refusal.value.message == "Documentation part already exists for the specified location: type 'API'."
    create(draw, type="METHOD")
    create(draw, type="METHOD", method="GET")
    with pytest.raises(Conflict, match=r"type 'METHOD', path '/', method '\*'\."):
        create(draw, type="METHOD", path="/")


def test_a_part_is_patched_and_deleted(draw):
    part = create(draw, type="API")
    changed = draw.patch(
        services.update_documentation_part, ("replace", "/properties", '{"a": 1}'), documentation_part_id=part.pk
    )
    changed.refresh_from_db()
    assert changed.properties == '{"a": 1}'
    with pytest.raises(BadRequest, match="Invalid patch path"):
        draw.patch(services.update_documentation_part, ("replace", "/location", "x"), documentation_part_id=part.pk)
    where = {"rest_api_id": draw.api.pk, "documentation_part_id": part.pk}
    services.delete_documentation_part(draw.actor, **where)
    entry = AuditEntry.objects.latest("id")
    assert (entry.operation, entry.changes) == ("DeleteDocumentationPart", {"location": {"type": "API"}})
    with pytest.raises(NotFound, match="Invalid Documentation part identifier specified"):
        services.get_documentation_part(draw.actor, **where)


def test_parts_are_found_by_type_name_and_path(draw):
    create(draw, type="API")
    create(draw, type="MODEL", name="Pet")
    create(draw, type="MODEL", name="Owner")
    create(draw, type="RESOURCE", path="/pets")
    assert len(listed(draw)) == 4
    assert len(listed(draw, type="MODEL")) == 2
    assert listed(draw, name_query="pet") == [("MODEL", "", "", "", "Pet")]
    assert listed(draw, path="/pets") == [("RESOURCE", "/pets", "", "", "")]
    first = services.get_documentation_parts(draw.actor, rest_api_id=draw.api.pk, limit=3)
    rest = services.get_documentation_parts(draw.actor, rest_api_id=draw.api.pk, position=first.position)
    assert (len(first.items), len(rest.items), rest.position) == (3, 1, None)


def test_what_nobody_speaks_of_is_listed_too(draw, viewer, django_assert_num_queries):
    draw.mock("/pets/{id}", "PUT")
    where = draw.at("/pets/{id}", "PUT")
    patched = {name: value for name, value in where.items() if name != "rest_api_id"}
    draw.patch(
        services.update_method,
        ("add", "/requestParameters/method.request.path.id", "true"),
        ("add", "/requestModels/application~1json", "Empty"),
        **patched,
    )
    services.put_method_response(
        draw.actor,
        **where,
        status_code="200",
        response_parameters={"method.response.header.ETag": False},
        response_models={"application/json": "Empty"},
    )
    create(draw, type="API")
    create(draw, type="METHOD", path="/pets/{id}", method="PUT")
    with django_assert_num_queries(11 + 2):  # API, parts, all that is drawn; the verb's transaction
        found = services.get_documentation_parts(viewer, rest_api_id=draw.api.pk, location_status="UNDOCUMENTED")
    here = "/pets/{id}"
    assert {part.location for part in found.items} == {
        ("MODEL", "", "", "", "Empty"),
        ("MODEL", "", "", "", "Error"),
        ("RESOURCE", "/", "", "", ""),
        ("RESOURCE", "/pets", "", "", ""),
        ("RESOURCE", here, "", "", ""),
        ("PATH_PARAMETER", here, "PUT", "", "id"),
        ("REQUEST_BODY", here, "PUT", "", ""),
        ("RESPONSE", here, "PUT", "200", ""),
        ("RESPONSE_HEADER", here, "PUT", "200", "ETag"),
        ("RESPONSE_BODY", here, "PUT", "200", ""),
    }
    assert listed(draw, location_status="UNDOCUMENTED", type="RESOURCE", path="/pets") == [
        ("RESOURCE", "/pets", "", "", "")
    ]


def test_there_are_as_many_parts_as_the_limit_says(draw, settings):
    assert settings.LIMITS["documentation_parts_per_rest_api"] == 2000
    settings.LIMITS = {**settings.LIMITS, "documentation_parts_per_rest_api": 2}
    create(draw, type="API")
    create(draw, type="RESOURCE")
    with pytest.raises(LimitExceeded, match="Maximum number of Documentation Parts for this API"):
        create(draw, type="METHOD")
    with pytest.raises(LimitExceeded, match="Maximum number of Documentation Parts for this API"):
        load(draw, ({"type": "METHOD"}, {}))


def load(draw, *parts, **more):
    documented = [{"location": location, "properties": properties} for location, properties in parts]
    document = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "x-amazon-apigateway-documentation": {"version": "1.0.3", "documentationParts": documented},
    }
    body = json.dumps(document).encode()
    return services.import_documentation_parts(draw.actor, rest_api_id=draw.api.pk, body=body, **more)


def said_of(draw):
    return {part.location[0]: json.loads(part.properties) for part in draw.api.documentation_parts.all()}


def test_a_merge_adds_attribute_by_attribute(draw):
    api = create(draw, '{"description": "old", "x-kept": 1}', type="API")
    create(draw, type="RESOURCE")
    loaded = load(
        draw, ({"type": "API"}, {"description": "new"}), ({"type": "METHOD", "method": "GET"}, {"summary": "s"})
    )
    assert loaded.ids[0] == api.pk
    assert loaded.warnings == []
    assert said_of(draw) == {
        "API": {"description": "new", "x-kept": 1},
        "RESOURCE": {"description": "all"},
        "METHOD": {"summary": "s"},
    }


def test_overwriting_leaves_nothing_else(draw):
    create(draw, '{"description": "old", "x-gone": 1}', type="API")
    create(draw, type="RESOURCE")
    load(draw, ({"type": "API"}, '{"description": "new"}'), mode="overwrite")
    assert said_of(draw) == {"API": {"description": "new"}}


def test_what_speaks_of_no_place_is_warned_of(draw):
    wrong = ({"type": "PATH_PARAMETER"}, {"description": "nameless"})
    loaded = load(draw, ({"type": "API"}, {}), wrong)
    assert len(loaded.ids) == 1
    assert loaded.warnings == [
        "Unable to create documentation part: Invalid location specified: the type PATH_PARAMETER needs a 'name'. "
        "Ignoring. (#/x-amazon-apigateway-documentation/documentationParts/1)"
    ]
    with pytest.raises(BadRequest, match="Warnings found during import"):
        load(draw, wrong, fail_on_warnings=True)


@pytest.mark.parametrize("body", [b"{}", b'{"swagger": "2.0"}', b"nothing"])
def test_a_document_that_documents_nothing_is_refused(draw, body):
    with pytest.raises(BadRequest):
        services.import_documentation_parts(draw.actor, rest_api_id=draw.api.pk, body=body)


def version(draw, name="1.0", **more):
    return services.create_documentation_version(
        draw.actor, rest_api_id=draw.api.pk, documentation_version=name, **more
    )


def test_a_version_is_the_parts_as_they_were(draw):
    part = create(draw, type="API")
    version(draw, description="first")
    draw.patch(services.update_documentation_part, ("replace", "/properties", "{}"), documentation_part_id=part.pk)
    row = DocumentationVersion.objects.get(version="1.0")
    assert row.parts == [{"location": {"type": "API"}, "properties": SAID}]
    with pytest.raises(Conflict, match="already exists"):
        version(draw)


def test_a_versions_description_is_patched_and_nothing_else(draw):
    create(draw, type="API")
    version(draw)
    changed = draw.patch(
        services.update_documentation_version, ("replace", "/description", "better"), documentation_version="1.0"
    )
    row = DocumentationVersion.objects.get(pk=changed.pk)
    assert (row.description, len(row.parts)) == ("better", 1)
    with pytest.raises(BadRequest, match="Invalid patch path"):
        draw.patch(services.update_documentation_version, ("replace", "/version", "2"), documentation_version="1.0")


@pytest.mark.parametrize("name", ["", "a/b", "x" * 65])
def test_a_version_is_named_so_that_a_path_can_name_it(draw, name):
    with pytest.raises(BadRequest):
        version(draw, name)


def test_a_stage_publishes_a_version_which_then_stays(developer):
    api = pets()
    deploy(api, "dev")
    where = {"rest_api_id": api.pk, "documentation_version": "1.0"}
    services.create_documentation_version(developer, **where, stage_name="dev")
    assert Stage.objects.get(rest_api=api).documentation_version == "1.0"
    with pytest.raises(Conflict, match=r"Cannot delete documentation version '1\.0', is referenced in stage: dev"):
        services.delete_documentation_version(developer, **where)
    with pytest.raises(NotFound, match="Invalid stage identifier specified"):
        services.create_documentation_version(
            developer, rest_api_id=api.pk, documentation_version="2.0", stage_name="prod"
        )
    assert not api.documentation_versions.filter(version="2.0").exists()


def test_viewers_write_nothing(draw, viewer):
    with pytest.raises(AccessDenied):
        services.create_documentation_version(viewer, rest_api_id=draw.api.pk, documentation_version="1")
    with pytest.raises(AccessDenied):
        services.create_documentation_part(viewer, rest_api_id=draw.api.pk, location={"type": "API"}, properties="{}")


def test_what_boto3_is_told(boto):
    api = boto.create_rest_api(name="pets")["id"]
    made = boto.create_documentation_part(
        restApiId=api, location={"type": "METHOD", "path": "/", "method": "GET"}, properties=SAID
    )
    assert status(made) == 201
    assert said(made) == {
        "id": made["id"],
        "location": {"type": "METHOD", "path": "/", "method": "GET"},
        "properties": SAID,
    }
    here = {"restApiId": api, "documentationPartId": made["id"]}
    assert said(boto.get_documentation_part(**here)) == said(made)
    patch = [{"op": "replace", "path": "/properties", "value": "{}"}]
    assert boto.update_documentation_part(**here, patchOperations=patch)["properties"] == "{}"
    assert boto.get_documentation_parts(restApiId=api, type="METHOD")["items"][0]["id"] == made["id"]
    undocumented = boto.get_documentation_parts(restApiId=api, locationStatus="UNDOCUMENTED")["items"]
    assert {"location": {"type": "API"}} in undocumented
    document = {
        "openapi": "3.0.1",
        "info": {"title": "t", "version": "1"},
        "x-amazon-apigateway-documentation": {
            "documentationParts": [{"location": {"type": "API"}, "properties": {"description": "d"}}]
        },
    }
    loaded = boto.import_documentation_parts(restApiId=api, mode="overwrite", body=json.dumps(document).encode())
    assert (status(loaded), len(loaded["ids"])) == (200, 1)
    assert refused(boto.get_documentation_part, **here)[:2] == (404, "NotFoundException")
    made = boto.create_documentation_version(restApiId=api, documentationVersion="1.0.0", description="first")
    assert (status(made), made["version"], made["description"]) == (201, "1.0.0", "first")
    versioned = {"restApiId": api, "documentationVersion": "1.0.0"}
    assert boto.get_documentation_version(**versioned)["createdDate"] == made["createdDate"]
    patch = [{"op": "replace", "path": "/description", "value": "better"}]
    assert boto.update_documentation_version(**versioned, patchOperations=patch)["description"] == "better"
    assert [row["version"] for row in boto.get_documentation_versions(restApiId=api)["items"]] == ["1.0.0"]
    assert status(boto.delete_documentation_version(**versioned)) == 202
    assert refused(boto.get_documentation_version, **versioned)[:2] == (404, "NotFoundException")
    assert status(boto.delete_documentation_part(restApiId=api, documentationPartId=loaded["ids"][0])) == 202
