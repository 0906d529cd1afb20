"""What can be done with domain names and their mappings, VPC links and client certificates: one function per AWS
operation."""

from console.domains.services.access_associations import (
    create_domain_name_access_association,
    delete_domain_name_access_association,
    get_domain_name_access_associations,
    reject_domain_name_access_association,
)
from console.domains.services.base_path_mappings import (
    create_base_path_mapping,
    delete_base_path_mapping,
    get_base_path_mapping,
    get_base_path_mappings,
    update_base_path_mapping,
)
from console.domains.services.client_certificates import (
    delete_client_certificate,
    generate_client_certificate,
    get_client_certificate,
    get_client_certificates,
    update_client_certificate,
)
from console.domains.services.domain_names import (
    create_domain_name,
    delete_domain_name,
    get_domain_name,
    get_domain_names,
)
from console.domains.services.update_domain_name import update_domain_name
from console.domains.services.vpc_links import (
    create_vpc_link,
    delete_vpc_link,
    get_vpc_link,
    get_vpc_links,
    update_vpc_link,
)

__all__ = [
    "create_base_path_mapping",
    "create_domain_name",
    "create_domain_name_access_association",
    "create_vpc_link",
    "delete_base_path_mapping",
    "delete_client_certificate",
    "delete_domain_name",
    "delete_domain_name_access_association",
    "delete_vpc_link",
    "generate_client_certificate",
    "get_base_path_mapping",
    "get_base_path_mappings",
    "get_client_certificate",
    "get_client_certificates",
    "get_domain_name",
    "get_domain_name_access_associations",
    "get_domain_names",
    "get_vpc_link",
    "get_vpc_links",
    "reject_domain_name_access_association",
    "update_base_path_mapping",
    "update_client_certificate",
    "update_domain_name",
    "update_vpc_link",
]
