"""Domain names and what hangs on them, client certificates, VPC links."""

from tests.parity.stories.drawn import deploy, patch
from tests.parity.walk import Call, Story

CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/0f2a"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/pets/50dc6c495c0c9188"


def an_api_has_a_name(call: Call) -> None:
    drawn, _ = deploy(call)
    at = {"domainName": "api.example.com"}
    regional = {"types": ["REGIONAL"]}
    call("CreateDomainName", **at, regionalCertificateArn=CERTIFICATE, endpointConfiguration=regional)
    call("GetDomainName", **at)
    call("GetDomainNames")
    call("UpdateDomainName", **at, patchOperations=patch(("replace", "/securityPolicy", "TLS_1_2")))
    pets = {**at, "basePath": "pets"}
    call("CreateBasePathMapping", **pets, restApiId=drawn.api, stage="dev")
    call("GetBasePathMapping", **pets)
    call("GetBasePathMappings", **at)
    call("UpdateBasePathMapping", **pets, patchOperations=patch(("replace", "/basePath", "animals")))
    call("DeleteBasePathMapping", **at, basePath="animals")
    call("DeleteDomainName", **at)


def a_private_name_is_shared(call: Call) -> None:
    private = {"types": ["PRIVATE"]}
    made = call(
        "CreateDomainName",
        domainName="private.example.com",
        certificateArn=CERTIFICATE,
        endpointConfiguration=private,
        securityPolicy="TLS_1_2",
    )
    name = made["domainNameArn"]
    for operation in ("RejectDomainNameAccessAssociation", "DeleteDomainNameAccessAssociation"):
        source = {"accessAssociationSourceType": "VPCE", "accessAssociationSource": "vpce-0123456789abcdef0"}
        given = call("CreateDomainNameAccessAssociation", domainNameArn=name, **source, tags={"team": "pets"})
        call("GetDomainNameAccessAssociations")
        arn = given["domainNameAccessAssociationArn"]
        owner = {"domainNameArn": name} if operation.startswith("Reject") else {}
        call(operation, domainNameAccessAssociationArn=arn, **owner)


def backends_know_the_gateway(call: Call) -> None:
    at = {"clientCertificateId": call("GenerateClientCertificate", description="first")["clientCertificateId"]}
    call("GetClientCertificate", **at)
    call("GetClientCertificates")
    call("UpdateClientCertificate", **at, patchOperations=patch(("replace", "/description", "1st")))
    call("DeleteClientCertificate", **at)


def a_network_is_linked(call: Call) -> None:
    at = {"vpcLinkId": call("CreateVpcLink", name="link", targetArns=[BALANCER])["id"]}
    call("GetVpcLink", **at)
    call("GetVpcLinks")
    call("UpdateVpcLink", **at, patchOperations=patch(("replace", "/name", "renamed")))
    call("DeleteVpcLink", **at)


STORIES: list[Story] = [an_api_has_a_name, a_private_name_is_shared, backends_know_the_gateway, a_network_is_linked]
