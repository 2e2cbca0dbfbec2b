"""Formulas: nothing in them can run, and the text that they leave has the value they had."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graph.values.dims import Dim, Named, is_traced, names_of, plain
from graph.values.formula import MAX_LENGTH, FormulaError, evaluate, names_in, substituted

KNOWN = {"a": 6, "b": 4, "c": 0, "n": -3, "ratio": 0.25, "bias": True, "mode": "same"}

UNSAFE = [
    "a.real",
    "a.__class__",
    "().__class__.__bases__",
    "a[0]",
    "'same'[0]",
    "(1, 2)[0]",
    "print(a)",
    "__import__('os')",
    "open('/etc/passwd')",
    "eval('1')",
    "int.real",
    "max.__call__(1)",
    "(lambda: 1)()",
    "lambda: 1",
    "[x for x in (1, 2)]",
    "{x for x in (1, 2)}",
    "{1: 2}",
    "{1, 2}",
    "[1, 2]",
    "sum(x for x in (1, 2))",
    "(x := 3)",
    "f'{a}'",
    "f'same'",
    "b'same'",
    "1j",
    "...",
    "2 ** 3",
    "9 ** 9 ** 9",
    "a << 99",
    "1 << 10 ** 6",
    "a >> 1",
    "a @ b",
    "a & b",
    "a | b",
    "~a",
    "+a",
    "a in (1, 2)",
    "a is b",
    "1 < a < 9",
    "max(*(1, 2))",
    "max(1, default=2)",
    "max()",
    "abs(1, 2)",
    "round(a, 1)",
    "int('3')",
    "int('9' * 9)",
    "'same' * 9",
    "'same' * 1000000000",
    "(1, 2) * 1000000000",
    "(1, 2) + (3, 4)",
    "(1, 2) == (1, 2)",
    "not (1, 2)",
    "(1, 2) and bias",
    "1 if (1, 2) else 2",
    "max((1, 2))",
    "-'same'",
    "-None",
    "'a' < 3",
    "unknown",
    "a if bias else unknown",
    "bias or unknown",
    "a // c",
    "a / 0",
    "a % 0",
    "9" * 200,
    "9007199254740993",
    "9007199254740992 + 1",
    "94906267 * 94906267",
    "1e999",
    "1e300 * 1e300",
    "*".join(["99999999"] * 20),
    "(" * 150 + "1" + ")" * 150,
    "-" * 500 + "1",
    "1 +" * 100,
    "1" + "+1" * 200,
    "",
    " ",
    "a b",
    "a;b",
    "a\nb",
    "a = 3",
    "import os",
    "return 1",
    "yield",
    "await a",
    "\x00",
    "a\x00b",
    "\ud800",
    "# only a remark",
    "await",
    "a if b",
    ")",
    "\uff10\uff41",
]


@pytest.mark.parametrize("text", UNSAFE)
def test_what_is_no_arithmetic_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        evaluate(text, KNOWN)
    sentence = str(caught.value)
    assert sentence
    assert "\n" not in sentence
    assert len(sentence) < 400


def test_many_brackets_are_harmless() -> None:
    assert evaluate("(" * 99 + "1" + ")" * 99, KNOWN) == 1


@given(st.text(max_size=MAX_LENGTH + 20))
@settings(max_examples=400, deadline=None)
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    try:
        found = evaluate(text, KNOWN)
    except FormulaError:
        return
    assert found is None or isinstance(found, (int, float, str, bool, tuple))


@given(st.text(alphabet="abcn10.,()-+*/%<>=!'\"_[]{}:ifelsornotd ", max_size=60))
@settings(max_examples=600, deadline=None)
def test_any_text_of_formula_letters_has_a_value_or_is_refused(text: str) -> None:
    traced = {name: traced_as(name, value) for name, value in KNOWN.items()}
    try:
        found = evaluate(text, traced)
    except FormulaError:
        return
    assert_text_means(found)


def traced_as(name: str, value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return Dim(value, name) if whole else Named(value, name)


def assert_text_means(found: Any, values: dict[str, Any] = KNOWN) -> None:
    """The text of a traced value has, evaluated on plain numbers, the value and its type."""
    for value in traced_parts(found):
        assume(len(value.expression) <= MAX_LENGTH)
        again = evaluate(value.expression, values)
        assert again == plain(value), value.expression
        assert type(again) is type(plain(value)), value.expression
        assert names_in(value.expression) <= value.names


def traced_parts(found: Any) -> list[Any]:
    """The value, or the values of a tuple however deep, that remember how they were computed."""
    if isinstance(found, tuple):
        return [part for item in found for part in traced_parts(item)]
    return [found] if is_traced(found) else []


names = st.sampled_from(sorted(KNOWN))
leaves = names | st.integers(0, 9).map(str) | st.sampled_from(["0.5", "2.0", "True", "False"])


def grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = ("+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or")
    return st.one_of(
        st.tuples(parts, st.sampled_from(signs), parts).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(parts, st.sampled_from(signs[:6]), parts).map(" ".join),
        parts.map(lambda t: f"-({t})"),
        parts.map(lambda t: f"not ({t})"),
        st.tuples(parts, parts, parts).map(lambda t: f"({t[0]}) if ({t[1]}) else ({t[2]})"),
        st.tuples(st.sampled_from(["max", "min"]), parts, parts).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(st.sampled_from(["abs", "int", "round"]), parts).map(lambda t: f"{t[0]}({t[1]})"),
    )


formulas = st.recursive(leaves, grown, max_leaves=9)


@given(formulas, st.integers(-3, 9), st.integers(0, 5), st.booleans(), st.booleans())
@settings(max_examples=1200, deadline=None)
def test_the_text_of_a_traced_result_has_its_value(
    text: str, a: int, b: int, bias: bool, some: bool
) -> None:
    values = {**KNOWN, "a": a, "b": b, "bias": bias}
    traced = {
        name: traced_as(name, value) if not some or name in "abias" else value
        for name, value in values.items()
    }
    try:
        wanted = evaluate(text, values)
    except FormulaError:
        with pytest.raises(FormulaError):
            evaluate(text, traced)
        return
    found = evaluate(text, traced)
    assert plain(found) == wanted
    assert type(plain(found)) is type(wanted)
    assert_text_means(found, values)


@given(formulas, formulas, formulas)
@settings(max_examples=600, deadline=None)
def test_a_formula_in_the_place_of_a_name_counts_as_its_value(
    text: str, first: str, second: str
) -> None:
    try:
        values = {**KNOWN, "a": evaluate(first, KNOWN), "b": evaluate(second, KNOWN)}
        wanted = evaluate(text, values)
        whole = substituted(text, {"a": first, "b": second})
    except FormulaError:
        return
    assume(len(whole) <= MAX_LENGTH)
    assert evaluate(whole, KNOWN) == wanted


def test_names_change_places_all_at_once_and_functions_keep_theirs() -> None:
    assert substituted("a - b", {"a": "b", "b": "a"}) == "b - a"
    assert substituted("a * b", {"a": "c + 1"}) == "(c + 1) * b"
    assert substituted("max(a,b)", {"c": "a"}) == "max(a,b)"
    assert names_in("max(a, min(b, 3))") == {"a", "b"}


def test_words_are_read_as_python_reads_them() -> None:
    assert evaluate("b or 1", {"b": 0}) == 1
    assert evaluate("b or 1", {"b": 8}) == 8
    assert evaluate("a // index if index else a", {"a": 6, "index": 0}) == 6
    assert evaluate("index > 0 and a // index > 1", {"a": 6, "index": 0}) is False
    index = Dim(0, "index")
    found = evaluate("a // index if index else a", {"a": Dim(6, "a"), "index": index})
    assert isinstance(found, Dim)
    assert found.expression == "(a // index) if index else a"
    assert evaluate(found.expression, {"a": 6, "index": 4}) == 1
    assert evaluate("'same' if a > 3 else (1, 2)", {"a": 2}) == (1, 2)


def test_a_value_without_names_is_plain() -> None:
    assert type(evaluate("2 * 3", {})) is int
    assert evaluate("(a, b)", {"a": 1, "b": 2.5}) == (1, 2.5)
    pair = evaluate("(a, 3)", {"a": Dim(4, "a")})
    assert names_of(pair) == {"a"}


def dims() -> st.SearchStrategy[Any]:
    """Traced integers and plain ones, joined by the signs that shape rules use."""
    signs = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "//": operator.floordiv,
        "%": operator.mod,
    }

    def joined(parts: tuple[Any, str, Any]) -> Any:
        left, sign, right = parts
        return left if sign in ("//", "%") and right == 0 else signs[sign](left, right)

    start = st.sampled_from([Dim(6, "a"), Dim(4, "b"), Dim(-3, "n")]) | st.integers(-4, 9)
    return st.recursive(
        start,
        lambda part: (
            st.tuples(part, st.sampled_from(sorted(signs)), part).map(joined)
            | part.map(operator.neg)
        ),
        max_leaves=10,
    )


@given(dims())
@settings(max_examples=1200, deadline=None)
def test_arithmetic_on_sizes_leaves_text_of_their_value(value: Any) -> None:
    assert_text_means(value)
    assert all(part.names <= {"a", "b", "n"} for part in traced_parts(value))


def test_sizes_meet_fractions_without_losing_their_value() -> None:
    size = Dim(5, "size")
    assert size * 1.5 == 1.5 * size == 7.5
    assert size + 0.5 == 5.5
    assert size - 0.5 == 4.5
    assert 0.5 - size == -4.5
    assert size // 2.0 == 2.0
    assert size % 2.5 == 0.0
    assert int(size * 2.5) == 12
