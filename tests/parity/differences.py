"""Where the admin API answers otherwise than AWS's, and why. What is served by no node is in docs/execution.md."""

# what, and why
DIFFERENCES: list[tuple[str, str]] = [
    (
        "`RollbackStage` (`POST /restapis/{id}/stages/{name}/rollback`) is this console's own",
        "AWS has no such operation. It hangs below AWS's noun, and is signed, refused and recorded as the others.",
    ),
    (
        "`CreateDeployment` refuses VPC_LINK integrations, and those with the caller's credentials",
        "No node serves them. They can be drawn, imported and exported; what could not be served is not frozen.",
    ),
    (
        "`CreateDeployment` onto a stage that is there merges `variables` into the stage's",
        "AWS's reference does not say what becomes of the others. Nothing that a stage serves with is lost unasked.",
    ),
    (
        "`TestInvokeAuthorizer` answers `clientStatus` 403 where the function's policy does not allow GET of the path",
        "The reference: what the client would have received, 0 if the authorizer succeeded. `authorization` has what a "
        "function put into its `context`.",
    ),
    (
        "An API's `securityPolicy` and `endpointAccessMode` are refused",
        "This version's gateway serves no HTTPS; a promise of TLS that nobody keeps would be worse than a refusal.",
    ),
    (
        "A signed request with `UNSIGNED-PAYLOAD` is refused",
        "AWS takes it for services that stream. No client of API Gateway's sends it, and a body's digest is cheap.",
    ),
    (
        "Imports make a model's name alphanumeric and report it",
        "AWS refuses such names in `CreateModel`; its imports of real documents have to go through all the same.",
    ),
    (
        "A cache cluster is `AVAILABLE`, a VPC link and a domain name too, as soon as they are asked for",
        "Nothing has to be started for them; AWS's take minutes.",
    ),
    (
        "`UpdateIntegration` lets stand what the method has lost since: mapped parameters and cache keys",
        "Terraform changes the method first, then the integration in two steps; the reference does not say that one "
        "step is judged by what the other will change.",
    ),
    (
        "Names that AWS keeps unique in a region are unique in this console, whatever region a client signs for",
        "One control plane is one account in one region. ARNs of any region find the same thing.",
    ),
]
