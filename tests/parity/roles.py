"""Which role each operation takes at least, and where, said apart from the code that decides it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from console.accounts.models import AuditEntry
from console.core.actor import Role
from tests.parity.walk import Client, Walk

# What is drawn is a developer's; what serves callers, or says who may call, is a deployer's.
DRAWN = (
    *("RestApi", "Resource", "Method", "MethodResponse", "Integration", "IntegrationResponse", "Model"),
    *("RequestValidator", "GatewayResponse", "Authorizer"),
    *("DocumentationPart", "DocumentationParts", "DocumentationVersion"),
)
LIVE = (
    *("Deployment", "Stage", "ApiKey", "ApiKeys", "UsagePlan", "UsagePlanKey", "Usage"),
    *("DomainName", "DomainNameAccessAssociation", "BasePathMapping", "ClientCertificate", "VpcLink"),
)
CHANGES = ("Create", "Put", "Update", "Delete", "Import", "Generate", "Reject")
LEAST: Mapping[str, Role] = {
    **{f"{change}{noun}": Role.DEVELOPER for noun in DRAWN for change in CHANGES},
    **{f"{change}{noun}": Role.DEPLOYER for noun in LIVE for change in CHANGES},
    "TestInvokeMethod": Role.DEVELOPER,
    "TestInvokeAuthorizer": Role.DEVELOPER,
    "FlushStageCache": Role.DEPLOYER,
    "FlushStageAuthorizersCache": Role.DEPLOYER,
    "UpdateAccount": Role.ADMIN,
}
TAGS = ("TagResource", "UntagResource")
# Of the account and of an API at once: they take the role in all and the role on the API. The stories change a plan of
# their API; what they delete names none any more.
OF_BOTH = (
    *("CreateUsagePlan", "UpdateUsagePlan", "CreateUsagePlanKey", "DeleteUsagePlanKey", "UpdateUsage"),
    *("CreateBasePathMapping", "GetBasePathMapping", "UpdateBasePathMapping", "DeleteBasePathMapping"),
)
# Whoever they are: it lists what they may see.
OPEN = ("GetRestApis",)
MAKES_APIS = ("CreateRestApi", "ImportRestApi")


def least_role(operation: str, arguments: Mapping[str, Any]) -> Role:
    if operation in TAGS:  # what it takes to change the thing
        drawn = arguments["resourceArn"].count("/") == 2 and "/restapis/" in arguments["resourceArn"]
        return Role.DEVELOPER if drawn else Role.DEPLOYER
    if arguments.get("includeValue") or arguments.get("includeValues"):  # what opens the gateway
        return Role.DEPLOYER
    if operation in OPEN:
        return Role.NONE
    return Role.VIEWER if operation.startswith("Get") else LEAST[operation]


def role_there(operation: str, arguments: Mapping[str, Any], overall: Role, granted: Role) -> Role:
    """That of who has `overall`, and `granted` on the API."""
    if operation in OF_BOTH:
        return min(overall, granted)
    if "cloneFrom" in arguments:  # what is cloned has to be seen
        return overall if granted else Role.NONE
    of_api = "restApiId" in arguments or "/restapis/" in arguments.get("resourceArn", "")
    return granted if of_api else overall


class RoleWalk(Walk):
    """Every call is made by `role`. Where that is too small it has to be refused; the least that suffices goes on."""

    def __init__(self, clients: Mapping[Role, Client], role: Role, served: frozenset[str]) -> None:
        super().__init__(clients[role], served)
        self.clients = clients
        self.role = role
        self.tried: set[str] = set()
        self.mistakes: list[str] = []

    def client_for(self, name: str, arguments: Mapping[str, Any]) -> Client:
        least = least_role(name, arguments)
        self.tried.add(name)
        if self.role < least:
            self.mistakes += refusal_mistakes(self.client, name, arguments, "AccessDeniedException")
        return self.clients[max(self.role, least)]


class GrantWalk(RoleWalk):
    """Every call is made by who has one role in all, and another one, which `grant` gives, on each API that is made."""

    def __init__(
        self,
        client: Client,
        clients: Mapping[Role, Client],
        served: frozenset[str],
        *,
        overall: Role,
        granted: Role,
        grant: Callable[[str], object],
    ) -> None:
        super().__init__({**clients, overall: client}, overall, served)
        self.admin = clients[Role.ADMIN]
        self.granted = granted
        self.grant = grant

    def __call__(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        parsed = super().__call__(name, **arguments)
        if name in MAKES_APIS:
            self.grant(parsed["id"])
        return parsed

    def client_for(self, name: str, arguments: Mapping[str, Any]) -> Client:
        self.tried.add(name)
        if role_there(name, arguments, self.role, self.granted) >= least_role(name, arguments):
            return self.client
        self.mistakes += refusal_mistakes(self.client, name, arguments, "AccessDeniedException")
        return self.admin


class StrangerWalk(RoleWalk):
    """Every call is first made with a key that is not to be taken any more."""

    def __init__(self, stranger: Client, clients: Mapping[Role, Client], served: frozenset[str]) -> None:
        super().__init__(clients, Role.ADMIN, served)
        self.stranger = stranger

    def client_for(self, name: str, arguments: Mapping[str, Any]) -> Client:
        self.mistakes += refusal_mistakes(self.stranger, name, arguments, "UnrecognizedClientException")
        return super().client_for(name, arguments)


def refusal_mistakes(client: Client, name: str, arguments: Mapping[str, Any], code: str) -> Iterator[str]:
    before = AuditEntry.objects.count()
    try:
        client.call(name, **arguments)
    except ClientError as error:
        answer = error.response
        if (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) != (code, 403):
            yield f"{name}: {error}"
    else:
        yield f"{name} was done"
    if AuditEntry.objects.count() != before:
        yield f"{name} left an entry in the audit"
