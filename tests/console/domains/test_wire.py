"""Domain names, VPC links and client certificates through boto3, as a caller of AWS knows them."""

import datetime as dt
from typing import Any

import pytest

from tests.console.domains.named import CERTIFICATE
from tests.console.domains.test_vpc_links import TARGET
from tests.console.stages.boto import client
from tests.console.stages.drawn import deploy, pets
from tests.console.stages.test_wire import refused, status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aws(live_server: Any) -> Any:
    return client(live_server.url)


def test_a_client_certificate_is_made_read_changed_and_deleted(aws: Any) -> None:
    made = aws.generate_client_certificate(description="first", tags={"a": "b"})
    assert status(made) == 201
    assert made.keys() == {
        *("clientCertificateId", "description", "pemEncodedCertificate", "createdDate", "expirationDate", "tags"),
    }
    assert made["expirationDate"] - made["createdDate"] == dt.timedelta(days=365)
    where = {"clientCertificateId": made["clientCertificateId"]}
    assert status(read := aws.get_client_certificate(**where)) == 200 and read == made
    assert aws.get_client_certificates()["items"] == [made]
    operation = {"op": "replace", "path": "/description", "value": "second"}
    assert aws.update_client_certificate(**where, patchOperations=[operation])["description"] == "second"
    assert status(aws.delete_client_certificate(**where)) == 202
    assert refused(aws.get_client_certificate, **where)[:2] == (404, "NotFoundException")


def test_a_regional_domain_name_is_made_mapped_and_deleted(aws: Any) -> None:
    api = pets()
    deploy(api)
    made = aws.create_domain_name(
        domainName="api.example.com",
        regionalCertificateArn=CERTIFICATE,
        endpointConfiguration={"types": ["REGIONAL"]},
        tags={"a": "b"},
    )
    assert status(made) == 201
    assert {name: made[name] for name in ("domainNameStatus", "securityPolicy", "tags", "endpointConfiguration")} == {
        "domainNameStatus": "AVAILABLE",
        "securityPolicy": "TLS_1_2",
        "tags": {"a": "b"},
        "endpointConfiguration": {"types": ["REGIONAL"], "ipAddressType": "ipv4"},
    }
    assert made["regionalHostedZoneId"] and made["regionalDomainName"].startswith("d-")
    assert not {"distributionDomainName", "certificateArn", "domainNameId"} & made.keys()
    where = {"domainName": "api.example.com"}
    assert status(read := aws.get_domain_name(**where)) == 200 and read == made
    assert aws.get_domain_names()["items"] == [made]

    mapped = aws.create_base_path_mapping(**where, restApiId=api.pk, stage="dev")
    assert status(mapped) == 201 and mapped == {"basePath": "(none)", "restApiId": api.pk, "stage": "dev"}
    assert status(read := aws.get_base_path_mapping(**where, basePath="(none)")) == 200 and read == mapped
    operation = {"op": "replace", "path": "/basePath", "value": "pets"}
    moved = aws.update_base_path_mapping(**where, basePath="(none)", patchOperations=[operation])
    assert status(moved) == 200 and moved == {**mapped, "basePath": "pets"}
    assert aws.get_base_path_mappings(**where)["items"] == [moved]
    assert status(aws.delete_base_path_mapping(**where, basePath="pets")) == 202
    assert status(aws.delete_domain_name(**where)) == 202


def test_an_edge_optimized_domain_name_is_one_of_cloudfront_s(aws: Any) -> None:
    made = aws.create_domain_name(domainName="api.example.com", certificateArn=CERTIFICATE)
    assert made["distributionHostedZoneId"] == "Z2FDTNDATAQYW2"
    assert isinstance(made["certificateUploadDate"], dt.datetime)
    operation = {"op": "replace", "path": "/endpointConfiguration/types/0", "value": "REGIONAL"}
    changed = aws.update_domain_name(domainName="api.example.com", patchOperations=[operation])
    assert changed["regionalDomainName"] and "distributionDomainName" not in changed


def test_a_private_domain_name_lets_vpc_endpoints_in(aws: Any) -> None:
    made = aws.create_domain_name(domainName="private.example.com", endpointConfiguration={"types": ["PRIVATE"]})
    where = {"domainName": made["domainName"], "domainNameId": made["domainNameId"]}
    assert aws.get_domain_name(**where)["domainNameArn"] == made["domainNameArn"]
    given = {
        "domainNameArn": made["domainNameArn"],
        "accessAssociationSourceType": "VPCE",
        "accessAssociationSource": "vpce-0abc1234",
    }
    association = aws.create_domain_name_access_association(**given, tags={"a": "b"})
    assert status(association) == 201
    arn = association.pop("domainNameAccessAssociationArn")
    assert association == {**given, "tags": {"a": "b"}}
    listed = aws.get_domain_name_access_associations(resourceOwner="SELF")["items"]
    assert [one["domainNameAccessAssociationArn"] for one in listed] == [arn]
    assert status(aws.delete_domain_name_access_association(domainNameAccessAssociationArn=arn)) == 202
    aws.create_domain_name_access_association(**given)
    rejected = aws.reject_domain_name_access_association(
        domainNameAccessAssociationArn=arn, domainNameArn=made["domainNameArn"]
    )
    assert status(rejected) == 202
    assert status(aws.delete_domain_name(**where)) == 202


def test_a_vpc_link_is_made_read_changed_and_deleted(aws: Any) -> None:
    made = aws.create_vpc_link(name="pets", targetArns=[TARGET])
    assert status(made) == 202
    assert made == {"id": made["id"], "name": "pets", "targetArns": [TARGET], "status": "AVAILABLE"}
    assert status(read := aws.get_vpc_link(vpcLinkId=made["id"])) == 200 and read == made
    assert aws.get_vpc_links()["items"] == [made]
    operation = {"op": "replace", "path": "/name", "value": "animals"}
    assert aws.update_vpc_link(vpcLinkId=made["id"], patchOperations=[operation])["name"] == "animals"
    assert status(aws.delete_vpc_link(vpcLinkId=made["id"])) == 202


def test_refusals_are_aws_s(aws: Any) -> None:
    aws.create_domain_name(domainName="api.example.com")
    where = {"domainName": "api.example.com"}
    assert refused(aws.create_domain_name, **where) == (
        400,
        "BadRequestException",
        "The domain name you provided already exists.",
    )
    assert refused(aws.create_base_path_mapping, **where, restApiId="nosuch") == (
        400,
        "BadRequestException",
        "Invalid REST API identifier specified",
    )
    assert refused(aws.get_domain_name, domainName="nosuch") == (
        404,
        "NotFoundException",
        "Invalid domain name identifier specified",
    )
