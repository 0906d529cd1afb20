"""CreateDeployment on the wire; the other operations on deployments are said by the room of stages."""

from console.core.wire import serve
from console.publishing import services
from console.stages.wire import deployment

operations = [serve("CreateDeployment", services.create_deployment, deployment)]
