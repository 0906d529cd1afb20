"""GetSdk: built by a worker, kept, and waited for. Source: botocore, GetSdk."""

import ast
import datetime as dt
import io
import json
import re
import threading
import zipfile

import pytest
from botocore.exceptions import ClientError
from django.db import connection
from django.utils import timezone

from console.celery import app
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound, ServiceUnavailable
from console.sdks import services, tasks
from console.sdks.models import Sdk
from console.sdks.services import builds, generator, requests
from tests.console.stages import drawn
from tests.console.stages.boto import client

VIEWER = Actor(name="vera", role=Role.VIEWER)


@pytest.fixture
def api(db):
    api = drawn.pets()
    drawn.mock(drawn.method(drawn.resource(api, "{pet}"), operation_name="getPet"))
    drawn.deploy(api)
    return api


@pytest.fixture
def sent(monkeypatch):
    messages: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **_: messages.append(args[0]))
    return messages


@pytest.fixture
def worker(monkeypatch):
    """Does what it is told at once, in a thread of its own as a worker does in its process."""

    def work(digest: str) -> None:
        try:
            tasks.build(digest)
        finally:
            connection.close()

    def send(name, args, **_):
        threads.append(threading.Thread(target=work, args=args))
        threads[-1].start()

    threads: list[threading.Thread] = []
    monkeypatch.setattr(app, "send_task", send)
    yield threads
    for thread in threads:
        thread.join()


@pytest.fixture
def quick(monkeypatch):
    """The generator's place is taken by what says how it was called."""
    calls = []

    def generate(document, **how):
        calls.append((document, how))
        return b"PK"

    monkeypatch.setattr(generator, "generate", generate)
    return calls


def ask(api, sdk_type="python", **parameters):
    return services.get_sdk(
        VIEWER, rest_api_id=api.pk, stage_name="dev", sdk_type=sdk_type, parameters=parameters or None
    )


@pytest.mark.django_db(transaction=True)
class TestWithTheGenerator:
    def test_python_is_built_and_is_python(self, api, worker):
        built = ask(api, packageName="pets_client")
        with zipfile.ZipFile(io.BytesIO(built.body)) as archive:
            names = archive.namelist()
            sources = {name: archive.read(name).decode() for name in names if name.endswith(".py")}
        assert all(name.startswith("python-sdk/") for name in names)
        for source in sources.values():
            ast.parse(source)
        calls = sources["python-sdk/pets_client/api/default_api.py"]
        assert "def get_pet(" in calls
        assert f"/restapis/{api.pk}/dev/_user_request_" in sources["python-sdk/pets_client/configuration.py"]

    def test_the_second_time_it_is_there(self, api, worker):
        first = ask(api, "javascript")
        assert ask(api, "javascript") == first
        assert len(worker) == 1
        with zipfile.ZipFile(io.BytesIO(first.body)) as archive:
            assert "javascript-sdk/package.json" in archive.namelist()

    def test_boto3_gets_the_zip_under_awss_name(self, live_server, api, worker):
        boto = client(live_server.url, Role.VIEWER)
        answer = boto.get_sdk(
            restApiId=api.pk,
            stageName="dev",
            sdkType="java",
            parameters={"serviceName": "PetStore", "javaPackageName": "com.example.pets"},
        )
        assert answer["contentType"] == "application/octet-stream"
        name = r'attachment; filename="java_\d{4}-\d\d-\d\d_\d\d-\d\dZ\.zip"'
        assert re.fullmatch(name, answer["contentDisposition"])
        with zipfile.ZipFile(io.BytesIO(answer["body"].read())) as archive:
            assert "java-sdk/src/main/java/com/example/pets/api/PetStoreApi.java" in archive.namelist()
            assert archive.getinfo("java-sdk/gradlew").external_attr >> 16 == 0o755

    def test_what_the_generator_says_is_told(self, api, worker, monkeypatch):
        monkeypatch.setattr(requests, "_document", lambda *_: {"pets": 7})
        with pytest.raises(BadRequest, match="The generator failed"):
            ask(api)


@pytest.mark.django_db(transaction=True)
class TestKeeping:
    def test_another_deployment_is_another_sdk_and_the_same_drawing_is_not(self, api, worker, quick):
        for _ in range(2):
            drawn.deploy(api)
            ask(api)
            assert Sdk.objects.count() == 1
        drawn.mock(drawn.method(drawn.resource(api, "more")))
        drawn.deploy(api)
        ask(api)
        assert Sdk.objects.count() == 2
        ask(api, packageName="other")
        assert Sdk.objects.count() == 3
        assert len(quick) == len(worker) == 3

    def test_one_that_failed_is_tried_anew(self, api, worker, quick, monkeypatch):
        def fail(*_, **__):
            raise generator.GenerationFailed("no space left")

        with monkeypatch.context() as patched:
            patched.setattr(generator, "generate", fail)
            with pytest.raises(BadRequest, match="no space left"):
                ask(api)
        assert ask(api).body == b"PK"

    def test_a_wait_that_is_too_long_ends_and_the_build_goes_on(self, api, sent, quick, monkeypatch):
        monkeypatch.setattr(requests, "WAIT_SECONDS", 0.3)
        with pytest.raises(ServiceUnavailable, match="still being built"):
            ask(api)
        with pytest.raises(ServiceUnavailable, match="still being built"):
            ask(api)
        (digest,) = sent
        assert tasks.build(digest) == "SUCCEEDED"
        assert ask(api).body == b"PK"


class TestWorker:
    @pytest.fixture
    def digest(self, api, sent, quick):
        return requests.request_sdk(VIEWER, rest_api_id=api.pk, stage_name="dev", sdk_type="python")

    def test_a_build_is_of_one_worker(self, digest):
        assert tasks.build(digest) == "SUCCEEDED"
        assert tasks.build(digest) is None

    def test_what_a_worker_left_is_found_and_given_up_after_three_losses(self, digest, sent):
        lost = timezone.now() - builds.LOST_AFTER - dt.timedelta(seconds=1)
        Sdk.objects.update(state="RUNNING", attempts=3, seen_date=lost)
        assert tasks.wake() == 1
        assert sent[-1] == digest
        assert tasks.build(digest) == "FAILED"
        assert "lost 3 times" in Sdk.objects.get().message

    def test_what_nobody_asks_for_is_forgotten(self, digest):
        assert tasks.prune() == 0
        Sdk.objects.update(seen_date=timezone.now() - dt.timedelta(days=31))
        assert tasks.prune() == 1

    def test_a_worker_without_the_extra_says_so(self, digest, monkeypatch):
        monkeypatch.setattr(generator, "is_installed", lambda: False)
        assert tasks.build(digest) == "FAILED"
        assert "stagedoor[sdk]" in Sdk.objects.get().message

    def test_the_document_is_what_the_stage_serves_at_an_address_that_resolves(self, api, digest):
        document = Sdk.objects.get(pk=digest).document
        assert document["servers"] == [{"url": f"http://127.0.0.1:8080/restapis/{api.pk}/dev/_user_request_"}]
        assert sorted(document["paths"]) == ["/pets", "/{pet}"]
        assert "x-amazon" not in json.dumps(document)


class TestRefusals:
    def test_without_the_extra_it_is_named(self, api, monkeypatch):
        monkeypatch.setattr(generator, "is_installed", lambda: False)
        with pytest.raises(BadRequest, match=r"pip install 'stagedoor\[sdk\]'"):
            ask(api)
        assert not Sdk.objects.exists()

    def test_a_type_or_a_stage_that_is_not_there(self, api):
        with pytest.raises(NotFound, match="cobol"):
            ask(api, "cobol")
        with pytest.raises(NotFound, match="Invalid stage identifier"):
            services.get_sdk(VIEWER, rest_api_id=api.pk, stage_name="prod", sdk_type="python")


@pytest.mark.django_db(transaction=True)
def test_boto3_reads_the_types(live_server):
    boto = client(live_server.url, Role.VIEWER)
    items = boto.get_sdk_types(limit=100)["items"]
    assert {"java", "javascript", "android", "objectivec", "swift", "ruby", "python"} <= {item["id"] for item in items}
    ruby = boto.get_sdk_type(id="ruby")
    assert ruby["configurationProperties"][0]["name"] == "service.name"
    assert ruby["configurationProperties"][0]["required"] is True
    with pytest.raises(ClientError) as error:
        boto.get_sdk_type(id="cobol")
    assert error.value.response["Error"]["Code"] == "NotFoundException"
