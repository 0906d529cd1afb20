import pytest

from dataplane.node.contact import Contact


@pytest.fixture
def contact(caplog: pytest.LogCaptureFixture) -> Contact:
    caplog.set_level("INFO")
    return Contact("http://console", 0.25, clock=lambda: 100.0)


def test_a_loss_is_said_once_and_so_is_the_return(contact: Contact, caplog: pytest.LogCaptureFixture) -> None:
    for reason in ("the connection is refused", "no answer in time", "the connection is refused"):
        contact.away(reason)
    contact.made()
    contact.made()
    assert caplog.messages == [
        "no contact with the console at http://console: the connection is refused; serving on",
        "the console at http://console answers again",
    ]


def test_an_answer_of_no_use_is_said_once_per_reason(contact: Contact, caplog: pytest.LogCaptureFixture) -> None:
    for reason in ("it answers 401", "it answers 500", "it answers 401"):
        contact.refused(reason)
    assert caplog.messages == [
        "the console at http://console is of no use: it answers 401; serving on",
        "the console at http://console is of no use: it answers 500; serving on",
    ]


def test_the_console_is_asked_less_often_while_it_is_away(contact: Contact) -> None:
    delays = [contact.delay]
    for _ in range(5):
        contact.away("")
        delays.append(contact.delay)
    contact.made()
    assert delays == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
    assert contact.delay == 0.25


def test_a_node_that_is_told_to_ask_seldom_is_never_quicker_than_that() -> None:
    contact = Contact("http://console", 10.0)
    contact.away("")
    assert contact.delay == 10.0


def test_the_age_of_the_last_contact_is_unknown_before_the_first(contact: Contact) -> None:
    assert contact.age is None
    contact.made()
    assert contact.age == 0.0
