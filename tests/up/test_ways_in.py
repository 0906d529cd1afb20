import configparser
import stat

import pytest

from console.accounts.models import AccessKey, User
from console.accounts.services import create_user
from console.core.actor import SYSTEM, Role
from console.up import ways_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    (tmp_path / "secrets").mkdir()
    return tmp_path


def read(path):
    parser = configparser.ConfigParser()
    parser.read(path)
    return parser


def test_the_first_start_makes_the_admin_and_keeps_the_password():
    ways_in.make()
    password = ways_in.first_password()
    assert User.objects.get(username="admin").check_password(password)


def test_a_further_start_changes_nothing():
    ways_in.make()
    password, credentials = ways_in.first_password(), ways_in.credentials_file().read_text()
    ways_in.make()
    assert ways_in.first_password() == password
    assert ways_in.credentials_file().read_text() == credentials
    assert (User.objects.count(), AccessKey.objects.count()) == (1, 1)


def test_a_password_that_was_changed_is_forgotten(home):
    ways_in.make()
    admin = User.objects.get()
    admin.set_password("another-long-one")
    admin.save()
    assert ways_in.first_password() == ""
    assert not (home / "secrets" / "first_password").exists()


def test_the_aws_files_carry_both_profiles_and_are_private(settings):
    ways_in.make()
    key_id = AccessKey.objects.get().id
    credentials, config = read(ways_in.credentials_file()), read(ways_in.config_file())
    for profile, section in (("stagedoor", "profile stagedoor"), ("default", "default")):
        assert credentials[profile]["aws_access_key_id"] == key_id
        assert config[section]["endpoint_url"] == f"http://127.0.0.1:{settings.CONSOLE_PORT}/api"
        assert config[section]["region"] == settings.REGION
    for path in (ways_in.credentials_file(), ways_in.config_file()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_lost_credentials_file_is_made_again_with_a_further_key():
    ways_in.make()
    first = AccessKey.objects.get().id
    ways_in.credentials_file().unlink()
    ways_in.make()
    kept = read(ways_in.credentials_file())["stagedoor"]["aws_access_key_id"]
    assert kept != first
    assert AccessKey.objects.filter(id=kept).exists()


def test_the_file_of_another_database_is_replaced():
    ways_in.make()
    AccessKey.objects.all().delete()
    ways_in.make()
    assert read(ways_in.credentials_file())["default"]["aws_access_key_id"] == AccessKey.objects.get().id


def test_in_a_database_without_the_first_admin_the_key_is_that_of_whoever_may_most():
    create_user(SYSTEM, username="vi", password="an engine of 1843", role=Role.VIEWER)
    create_user(SYSTEM, username="ada", password="an engine of 1843", role=Role.ADMIN)
    create_user(SYSTEM, username="bob", password="an engine of 1843", role=Role.ADMIN)
    ways_in.make()
    assert AccessKey.objects.get().user.username == "ada"
