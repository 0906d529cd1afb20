"""Tags through boto3, as a caller of AWS knows them."""

from typing import Any

import pytest

from tests.console.stages.boto import client
from tests.console.stages.drawn import deploy, pets
from tests.console.stages.test_wire import refused, status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aws(live_server: Any) -> Any:
    return client(live_server.url)


def test_a_resource_is_tagged_read_and_untagged_by_arn(aws: Any) -> None:
    api = pets()
    deploy(api)
    for path in (f"/restapis/{api.pk}", f"/restapis/{api.pk}/stages/dev"):
        arn = f"arn:aws:apigateway:us-east-1::{path}"
        tagged = aws.tag_resource(resourceArn=arn, tags={"team": "pets", "cost": "low"})
        assert status(tagged) == 204
        assert status(read := aws.get_tags(resourceArn=arn)) == 200
        assert read == {"tags": {"team": "pets", "cost": "low"}}
        assert status(aws.untag_resource(resourceArn=arn, tagKeys=["team", "cost"])) == 204
        assert aws.get_tags(resourceArn=arn)["tags"] == {}
    assert "tags" not in aws.get_stage(restApiId=api.pk, stageName="dev")


def test_refusals_are_aws_s(aws: Any) -> None:
    assert refused(aws.get_tags, resourceArn="arn:aws:apigateway:us-east-1::/pets/1")[:2] == (
        400,
        "BadRequestException",
    )
    assert refused(aws.get_tags, resourceArn="arn:aws:apigateway:us-east-1::/apikeys/nosuch") == (
        404,
        "NotFoundException",
        "Invalid API Key identifier specified",
    )
