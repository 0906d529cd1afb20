"""THE CONTRACT between the console, which builds it, and the dataplane, which reads it.

An *ApiDocument* is what a deployment froze: immutable, named by the SHA-256 of its bytes. A *StageEntry* says what a
stage serves now: which document, with which settings. A *Manifest* carries the entries that changed since a generation.
Field names are AWS's; JSON members are their camel case. Both sides agree on SCHEMA_VERSION: newer ones are refused.

Growing it: a new field needs a default; a field that an old reader must not overlook needs a new SCHEMA_VERSION.
"""

from dataplane.snapshot.admission import Access as Access
from dataplane.snapshot.admission import ApiKey as ApiKey
from dataplane.snapshot.admission import KeyPlan as KeyPlan
from dataplane.snapshot.admission import PlanStage as PlanStage
from dataplane.snapshot.admission import Quota as Quota
from dataplane.snapshot.admission import QuotaUse as QuotaUse
from dataplane.snapshot.admission import Throttle as Throttle
from dataplane.snapshot.admission import UsageCount as UsageCount
from dataplane.snapshot.admission import UsagePlan as UsagePlan
from dataplane.snapshot.document import ApiDocument as ApiDocument
from dataplane.snapshot.document import Authorizer as Authorizer
from dataplane.snapshot.document import AuthorizerType as AuthorizerType
from dataplane.snapshot.document import ContentHandling as ContentHandling
from dataplane.snapshot.document import GatewayResponse as GatewayResponse
from dataplane.snapshot.document import Integration as Integration
from dataplane.snapshot.document import IntegrationResponse as IntegrationResponse
from dataplane.snapshot.document import IntegrationType as IntegrationType
from dataplane.snapshot.document import JwtClaim as JwtClaim
from dataplane.snapshot.document import JwtIssuer as JwtIssuer
from dataplane.snapshot.document import Method as Method
from dataplane.snapshot.document import MethodResponse as MethodResponse
from dataplane.snapshot.document import Model as Model
from dataplane.snapshot.document import PassthroughBehavior as PassthroughBehavior
from dataplane.snapshot.document import RequestValidator as RequestValidator
from dataplane.snapshot.document import Resource as Resource
from dataplane.snapshot.document import ResponseTransferMode as ResponseTransferMode
from dataplane.snapshot.document import unserved as unserved
from dataplane.snapshot.drafts import AuthorizerDraft as AuthorizerDraft
from dataplane.snapshot.drafts import AuthorizerDraftResult as AuthorizerDraftResult
from dataplane.snapshot.drafts import DraftRequest as DraftRequest
from dataplane.snapshot.drafts import DraftResult as DraftResult
from dataplane.snapshot.drafts import DraftStep as DraftStep
from dataplane.snapshot.encoding import SCHEMA_VERSION as SCHEMA_VERSION
from dataplane.snapshot.encoding import SnapshotError as SnapshotError
from dataplane.snapshot.encoding import decode as decode
from dataplane.snapshot.encoding import decode_document as decode_document
from dataplane.snapshot.encoding import digest as digest
from dataplane.snapshot.encoding import encode as encode
from dataplane.snapshot.encoding import to_builtins as to_builtins
from dataplane.snapshot.manifest import Canary as Canary
from dataplane.snapshot.manifest import Manifest as Manifest
from dataplane.snapshot.manifest import Refusal as Refusal
from dataplane.snapshot.manifest import StageEntry as StageEntry
from dataplane.snapshot.manifest import StageName as StageName
from dataplane.snapshot.method_settings import MethodSetting as MethodSetting
from dataplane.snapshot.parcels import DOCUMENTS_AT_ONCE as DOCUMENTS_AT_ONCE
from dataplane.snapshot.parcels import Wanted as Wanted
from dataplane.snapshot.parcels import pack as pack
from dataplane.snapshot.parcels import unpack as unpack
from dataplane.snapshot.reports import MinuteCount as MinuteCount
from dataplane.snapshot.reports import NodeReport as NodeReport
from dataplane.snapshot.reports import ReportAnswer as ReportAnswer
from dataplane.snapshot.values import Base as Base
from dataplane.snapshot.values import Digest as Digest
