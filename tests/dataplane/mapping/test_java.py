"""What Java's types answer, with the JDK's documentation as the source."""

import pytest

from dataplane.mapping.input import RequestParams, Scope
from dataplane.mapping.vtl import TemplateError, compile_template

BODY = (
    '{"s": "Hello, W\u00f6rld", "l": [3, "a", {"k": "v"}, 3], "m": {"a": 1, "b": null},'
    ' "d": 2.5, "b": true, "e": "\U0001f600x"}'
)


def evaluate(expression: str) -> str:
    template = f"#set($r = $input.path('$'))#set($Integer = 0)#set($Double = 0.5)${{r.{expression}}}"
    return compile_template(template).render(Scope(BODY, RequestParams(), {}, {}))


STRINGS = [
    ("s.length()", "12"),
    ("s.substring(7)", "W\u00f6rld"),
    ("s.substring(0,5)", "Hello"),
    ("s.indexOf('l')", "2"),
    ("s.indexOf('l', 4)", "10"),
    ("s.lastIndexOf('l')", "10"),
    ("s.indexOf('z')", "-1"),
    ("s.toUpperCase()", "HELLO, W\u00d6RLD"),
    ("s.replace('l', 'L')", "HeLLo, W\u00f6rLd"),
    ("s.replaceAll('([a-z])l', '<$1>')", "H<e>lo, W\u00f6<r>d"),
    ("s.replaceAll('l', '\\$')", "He$$o, W\u00f6r$d"),
    ("s.replaceFirst('l+', '')", "Heo, W\u00f6rld"),
    ("s.matches('Hello.*')", "true"),
    ("s.matches('Hello')", "false"),
    ("s.split(', ')", "[Hello, W\u00f6rld]"),
    ("s.split('l').size()", "4"),
    ("s.split('')[0]", "H"),
    ("s.split('o', 2)[1]", ", W\u00f6rld"),
    ("s.startsWith('Hell')", "true"),
    ("s.endsWith('ld')", "true"),
    ("s.contains('lo')", "true"),
    ("s.charAt(1)", "e"),
    ("s.equalsIgnoreCase('HELLO, W\u00d6RLD')", "true"),
    ("s.compareTo('Help')", "-4"),
    ("s.concat('!')", "Hello, W\u00f6rld!"),
    ("s.hashCode()", "-501819483"),
    ("s.format('%05d|%-4s|%.2f|%,d|%x', 42, 'ab', 1.5, 1234567, 255)", "00042|ab  |1.50|1,234,567|ff"),
    ("s.join('-', ['a', 'b'])", "a-b"),
    ("e.length()", "3"),
    ("e.substring(2)", "x"),
    ("e.substring(0, 2)", "\U0001f600"),
    ("e.substring(1)", "?x"),
]
COLLECTIONS = [
    ("l", '[3,"a",{"k":"v"},3]'),
    ("l.size()", "4"),
    ("l.get(1)", "a"),
    ("l.contains(3)", "true"),
    ("l.indexOf('a')", "1"),
    ("l.lastIndexOf(3)", "3"),
    ("l.subList(0, 2)", "[3, a]"),
    ("l.isEmpty()", "false"),
    ("l.iterator().next()", "3"),
    ("l.count()", "4"),
    ("m", "{a=1, b=null}"),
    ("m.size()", "2"),
    ("m.keySet()", "[a, b]"),
    ("m.values()", "[1, null]"),
    ("m.entrySet()", "[a=1, b=null]"),
    ("m.containsKey('b')", "true"),
    ("m.getOrDefault('c', 9)", "9"),
    ("m.entrySet().iterator().next().key", "a"),
    ("m.put('a', 2)", "1"),
    ("m.remove('a')", "1"),
]
NUMBERS = [
    ("d", "2.5"),
    ("d.intValue()", "2"),
    ("b.toString()", "true"),
    ("m.a.doubleValue()", "1.0"),
    ("m.a.equals(1)", "true"),
    ("m.a.equals('1')", "false"),
    ("d.compareTo(3.5)", "-1"),
]


@pytest.mark.parametrize(("expression", "printed"), STRINGS + COLLECTIONS + NUMBERS)
def test_a_method_answers_as_javas_does(expression: str, printed: str) -> None:
    assert evaluate(expression) == printed


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ('$Integer.parseInt("12")', "12"),
        ('$Integer.parseInt("-7f", 16)', "-127"),
        ("$Integer.toHexString(255)", "ff"),
        ("$Integer.max(3, 9)", "9"),
        ('$Double.parseDouble("1e3")', "1000.0"),
        ('$Double.valueOf("2.50")', "2.5"),
    ],
)
def test_static_methods_can_be_called_on_any_number(expression: str, printed: str) -> None:
    template = f"#set($Integer = 0)#set($Double = 0.5){expression}"
    assert compile_template(template).render(Scope("", RequestParams(), {}, {})) == printed


@pytest.mark.parametrize(
    "expression",
    ["s.substring(99)", "s.charAt(12)", "l.get(4)", "l.set(9, 1)", "s.matches('(')", "s.replaceAll('l', '$9')"],
)
def test_what_throws_in_java_fails_the_template(expression: str) -> None:
    with pytest.raises(TemplateError):
        evaluate(expression)


@pytest.mark.parametrize("expression", ["s.substring('x')", "l.nope()", "m.size(1)", "d.length()", "s.concat(5)"])
def test_a_method_that_does_not_exist_is_null(expression: str) -> None:
    assert evaluate(expression) == ""


@pytest.mark.parametrize(
    ("number", "printed"),
    [("1e7", "1.0E7"), ("0.0001", "1.0E-4"), ("123456789.5", "1.234567895E8"), ("100.0", "100.0"), ("1e21", "1.0E21")],
)
def test_doubles_print_as_java_prints_them(number: str, printed: str) -> None:
    scope = Scope(f'{{"n": {number}}}', RequestParams(), {}, {})
    assert compile_template("$input.path('$.n') $input.json('$')").render(scope) == f'{printed} {{"n":{printed}}}'
