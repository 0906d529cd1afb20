"""Answers of java.util.regex.Pattern (JDK 17): does the whole text match?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.mapping.javaregex import compile_regex

JDK: list[tuple[str, str, bool | None]] = [  # None: Java refuses the pattern
    ("4\\d{2}", "404", True),
    ("4\\d{2}", "4x4", False),
    (".*", "a\nb", False),
    ("(\n|.)+", "a\nb\n", True),
    ("[a-z&&[^b]]+", "acd", True),
    ("[a-z&&[^b]]+", "abc", False),
    ("(?<n>a)\\k<n>", "aa", True),
    ("\\Q.*\\E", ".*", True),
    ("\\Qa.b", "a.b", True),
    ("\\p{Alpha}+", "abC", True),
    ("\\p{Lu}\\p{Ll}", "Ab", True),
    ("\\p{L}+", "\xe4b", True),
    ("\\w+", "\xe4", False),
    ("\\d", "\u0663", False),
    ("\\s", "\xa0", False),
    ("\\h+", " \t\xa0", True),
    ("[\\w-]+", "a-b", True),
    ("[!--]+", "!,-", True),
    ("[--/]+", "-./", True),
    ("[a-c-e]+", "b-e", True),
    ("[a-c-e]+", "d", False),
    ("[a--b]", "a", None),
    ("[]a]+", "]a", True),
    ("[^]a]+", "bc", True),
    ("[[a]b]+", "ab", True),
    ("a++b", "aab", True),
    ("a*+a", "aaa", False),
    ("(?>a+)b", "aab", True),
    ("(?i)ABC", "abc", True),
    ("a\\z", "a", True),
    ("a\\Z", "a\n", False),
    ("^a$", "a", True),
    ("\\R", "\r\n", True),
    ("[\\p{Punct}]+", "!-/", True),
    ("\\P{Alpha}", "1", True),
    ("\\x41", "A", True),
    ("\\u0041", "A", True),
    ("\\cA", "\x01", True),
    ("\\e", "\x1b", True),
    ("[\\[\\]]+", "[]", True),
    ("(?:a|b){2,}", "abab", True),
    ("\\bfoo\\b", "foo", True),
    (".*Error:.*", "java Error: x", True),
    ("[4-5]\\d\\d", "503", True),
    ("^\\[BadRequest\\].*", "[BadRequest] x", True),
    ("(?s).*", "a\nb", True),
    ("\\p{javaLowerCase}", "a", True),
    ("a{,2}", "aa", None),
    ("(", "x", None),
    ("[a", "a", None),
    ("*a", "a", None),
    ("\\p{IsDigit}", "1", True),
    ("\\p{javaFoo}", "a", None),
    ("\\N", "a", None),
    ("[a-d[m-p]]+", "adm", True),
    ("(?m)^a$", "a", True),
    ("(?x) a b ", "ab", True),
    ("\\0101", "A", True),
    ("\\/", "/", True),
    ("\\-", "-", True),
    ("x(?=y)y", "xy", True),
    ("(?<!a)b", "b", True),
    ("(a)(b)?\\2", "a", False),
]


@pytest.mark.parametrize(("pattern", "text", "matches"), JDK)
def test_a_pattern_matches_what_java_matches(pattern: str, text: str, matches: bool | None) -> None:
    if matches is None:
        with pytest.raises(re.error):
            compile_regex(pattern)
    else:
        assert (compile_regex(pattern).fullmatch(text) is not None) is matches


def test_a_pattern_that_nests_too_deeply_is_refused() -> None:
    with pytest.raises(re.error):
        compile_regex("[" * 5000)


@given(st.text(max_size=20))
def test_a_quoted_text_matches_itself(text: str) -> None:
    quoted = text.replace("\\E", "")
    assert compile_regex(f"\\Q{quoted}\\E").fullmatch(quoted)


@given(st.text("ab[]^&-\\pdQE(){}|*+?.<>n,0 ", max_size=20))
def test_any_text_is_a_pattern_or_an_error(pattern: str) -> None:
    try:
        compile_regex(pattern)
    except re.error:
        return
