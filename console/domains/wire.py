"""AWS's operations on domain names, VPC links and client certificates, as they are said on the wire."""

from typing import Any

from django.conf import settings

from console.core.paging import Page
from console.core.wire import serve
from console.domains import services
from console.domains.models import (
    BasePathMapping,
    ClientCertificate,
    DomainName,
    DomainNameAccessAssociation,
    VpcLink,
)

# Of CloudFront, in all regions (botocore's model, DomainName).
DISTRIBUTION_HOSTED_ZONE_ID = "Z2FDTNDATAQYW2"


def client_certificate(row: ClientCertificate) -> dict[str, Any]:
    return {
        "clientCertificateId": row.pk,
        "description": row.description or None,
        "pemEncodedCertificate": row.pem_encoded_certificate,
        "createdDate": row.created_date,
        "expirationDate": row.expiration_date,
        "tags": row.tags or None,
    }


def client_certificates(found: Page[ClientCertificate]) -> dict[str, Any]:
    return {"items": [client_certificate(row) for row in found.items], "position": found.position}


def domain_name(row: DomainName) -> dict[str, Any]:
    return {
        "domainName": row.domain_name,
        "domainNameId": row.domain_name_id or None,
        "domainNameArn": row.arn,
        "endpointConfiguration": {"types": row.endpoint_types, "ipAddressType": row.ip_address_type},
        "domainNameStatus": "AVAILABLE",
        "securityPolicy": row.security_policy,
        "endpointAccessMode": row.endpoint_access_mode or None,
        "mutualTlsAuthentication": row.mutual_tls_authentication,
        "policy": row.policy or None,
        "managementPolicy": row.management_policy or None,
        "routingMode": row.routing_mode,
        "tags": row.tags or None,
        **_certificates(row),
        **_endpoints(row),
    }


def _certificates(row: DomainName) -> dict[str, Any]:
    return {
        "certificateName": row.certificate_name or None,
        "certificateArn": row.certificate_arn or None,
        "certificateUploadDate": row.certificate_upload_date,
        "regionalCertificateName": row.regional_certificate_name or None,
        "regionalCertificateArn": row.regional_certificate_arn or None,
        "ownershipVerificationCertificateArn": row.ownership_verification_certificate_arn or None,
    }


def _endpoints(row: DomainName) -> dict[str, Any]:
    regional, edge = row.regional_domain_name or None, row.distribution_domain_name or None
    return {
        "regionalDomainName": regional,
        "regionalHostedZoneId": regional and settings.HOSTED_ZONE_ID,
        "distributionDomainName": edge,
        "distributionHostedZoneId": edge and DISTRIBUTION_HOSTED_ZONE_ID,
    }


def domain_names(found: Page[DomainName]) -> dict[str, Any]:
    return {"items": [domain_name(row) for row in found.items], "position": found.position}


def base_path_mapping(row: BasePathMapping) -> dict[str, Any]:
    return {
        "basePath": row.base_path,
        "restApiId": row.rest_api_id,
        "stage": row.stage.stage_name if row.stage else None,
    }


def base_path_mappings(found: Page[BasePathMapping]) -> dict[str, Any]:
    return {"items": [base_path_mapping(row) for row in found.items], "position": found.position}


def vpc_link(row: VpcLink) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description or None,
        "targetArns": row.target_arns,
        "status": row.status,
        "statusMessage": row.status_message or None,
        "tags": row.tags or None,
    }


def vpc_links(found: Page[VpcLink]) -> dict[str, Any]:
    return {"items": [vpc_link(row) for row in found.items], "position": found.position}


def access_association(row: DomainNameAccessAssociation) -> dict[str, Any]:
    return {
        "domainNameAccessAssociationArn": row.pk,
        "domainNameArn": row.domain_name.arn,
        "accessAssociationSourceType": row.access_association_source_type,
        "accessAssociationSource": row.access_association_source,
        "tags": row.tags or None,
    }


def access_associations(found: Page[DomainNameAccessAssociation]) -> dict[str, Any]:
    return {"items": [access_association(row) for row in found.items], "position": found.position}


operations = [
    serve("GenerateClientCertificate", services.generate_client_certificate, client_certificate),
    serve("GetClientCertificate", services.get_client_certificate, client_certificate),
    serve("GetClientCertificates", services.get_client_certificates, client_certificates),
    serve("UpdateClientCertificate", services.update_client_certificate, client_certificate),
    serve("DeleteClientCertificate", services.delete_client_certificate),
    serve("CreateDomainName", services.create_domain_name, domain_name),
    serve("GetDomainName", services.get_domain_name, domain_name),
    serve("GetDomainNames", services.get_domain_names, domain_names),
    serve("UpdateDomainName", services.update_domain_name, domain_name),
    serve("DeleteDomainName", services.delete_domain_name),
    serve("CreateBasePathMapping", services.create_base_path_mapping, base_path_mapping),
    serve("GetBasePathMapping", services.get_base_path_mapping, base_path_mapping),
    serve("GetBasePathMappings", services.get_base_path_mappings, base_path_mappings),
    serve("UpdateBasePathMapping", services.update_base_path_mapping, base_path_mapping),
    serve("DeleteBasePathMapping", services.delete_base_path_mapping),
    serve("CreateVpcLink", services.create_vpc_link, vpc_link),
    serve("GetVpcLink", services.get_vpc_link, vpc_link),
    serve("GetVpcLinks", services.get_vpc_links, vpc_links),
    serve("UpdateVpcLink", services.update_vpc_link, vpc_link),
    serve("DeleteVpcLink", services.delete_vpc_link),
    serve("CreateDomainNameAccessAssociation", services.create_domain_name_access_association, access_association),
    serve("GetDomainNameAccessAssociations", services.get_domain_name_access_associations, access_associations),
    serve("DeleteDomainNameAccessAssociation", services.delete_domain_name_access_association),
    serve("RejectDomainNameAccessAssociation", services.reject_domain_name_access_association),
]
