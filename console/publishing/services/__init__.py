"""Freezing an API, telling nodes what to serve, and knowing what they serve."""

from console.publishing.services.authorizer_drafts import test_invoke_authorizer
from console.publishing.services.deployments import create_deployment
from console.publishing.services.drafts import test_invoke_method
from console.publishing.services.manifest import document, documents, manifest, unchanged
from console.publishing.services.nodes import Convergence, convergence, live_nodes, prune, take_report

__all__ = [
    "Convergence",
    "convergence",
    "create_deployment",
    "document",
    "documents",
    "live_nodes",
    "manifest",
    "prune",
    "take_report",
    "test_invoke_authorizer",
    "test_invoke_method",
    "unchanged",
]
