"""What AWS lacks, below AWS's own nouns and in botocore's form: operations and shapes that join the service model."""

from typing import Any

ADDITIONS: dict[str, dict[str, Any]] = {
    "operations": {
        "RollbackStage": {
            "name": "RollbackStage",
            "http": {"method": "POST", "requestUri": "/restapis/{restapi_id}/stages/{stage_name}/rollback"},
            "input": {"shape": "RollbackStageRequest"},
            "output": {"shape": "Stage"},
            "errors": [
                {"shape": "BadRequestException"},
                {"shape": "NotFoundException"},
                {"shape": "TooManyRequestsException"},
                {"shape": "UnauthorizedException"},
            ],
            "documentation": "<p>Lets a stage serve an earlier deployment again. AWS has no such operation.</p>",
        },
    },
    "shapes": {
        "RollbackStageRequest": {
            "type": "structure",
            "required": ["restApiId", "stageName"],
            "members": {
                "restApiId": {"shape": "String", "location": "uri", "locationName": "restapi_id"},
                "stageName": {"shape": "String", "location": "uri", "locationName": "stage_name"},
                "deploymentId": {
                    "shape": "String",
                    "documentation": "<p>What to return to; absent, what was served before the present one.</p>",
                },
            },
        },
    },
}
