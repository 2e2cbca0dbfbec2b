"""The reader of formulas against Python's own parser: the same trees, the same refusals."""

from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.values.formula_text import Foreign, NotFormulaError, read_formula

NAMES = st.sampled_from(["a", "channels", "in_channels", "ширина", "x1", "_", "ﬁ", "true"])
NUMBERS = st.sampled_from(
    ["0", "00", "7", "1_000", "2.", ".5", "3.25", "1e3", "1E-2", "0.0", "0e0"]
)
WORDS = st.sampled_from(["'same'", '"B"', "True", "False", "None", "''"])
SIGNS = st.sampled_from(["+", "-", "*", "/", "//", "%", "**"])
COMPARED = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
GAPS = st.sampled_from(["", " ", "  ", "\t"])


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, GAPS, SIGNS | COMPARED, GAPS, inner).map("".join)
    logic = st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join)
    choice = st.tuples(inner, inner, inner).map(lambda t: f"{t[0]} if {t[1]} else {t[2]}")
    prefix = st.tuples(st.sampled_from(["-", "+", "not ", "- "]), inner).map("".join)
    items = st.lists(inner, max_size=3).map(", ".join)
    call = st.tuples(st.sampled_from(["max", "min", "f"]), items).map(lambda t: f"{t[0]}({t[1]})")
    held = st.one_of(
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"({text},)"),
        items.map(lambda text: f"({text})"),
        inner.map(lambda text: f" {text} "),
    )
    return st.one_of(two, logic, choice, prefix, call, held)


FORMULAS = st.recursive(st.one_of(NAMES, NUMBERS, WORDS), joined, max_leaves=12)
SOUP = st.lists(
    st.one_of(
        NAMES,
        NUMBERS,
        WORDS,
        SIGNS,
        COMPARED,
        st.sampled_from(
            ["(", ")", ",", " ", "if", "else", "and", "or", "not", "12_", "._", "1.2.3"]
        ),
    ),
    max_size=9,
)


def python_tree(text: str) -> str | None:
    """What Python's parser makes of it; None where it refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return None


def own_tree(text: str) -> str | None:
    try:
        found = read_formula(text)
    except NotFormulaError:
        return None
    return "foreign" if isinstance(found, Foreign) else ast.dump(found)


@settings(max_examples=600, deadline=None)
@given(FORMULAS)
def test_formulas_give_the_trees_of_python(text: str) -> None:
    assert own_tree(text) == python_tree(text)


@settings(max_examples=600, deadline=None)
@given(SOUP.flatmap(lambda parts: st.sampled_from(["", " "]).map(lambda gap: gap.join(parts))))
def test_pieces_in_any_order_are_taken_or_refused_as_by_python(text: str) -> None:
    found = own_tree(text)
    assert found in ("foreign", python_tree(text))


@settings(max_examples=300, deadline=None)
@given(FORMULAS.filter(python_tree))
def test_a_tree_is_written_and_read_again(text: str) -> None:
    tree = read_formula(text)
    assert own_tree(ast.unparse(tree)) == ast.dump(tree)


@pytest.mark.parametrize(
    "text",
    [
        *("a.b", "a[0]", "[a]", "{a}", "lambda: 1", "a is b", "a in b", "0x10", "1j", "r'a'"),
        *("f(x=1)", "a @ b", "a & b", "~a", "a := 1", "f'{a}'", "'\\n'", "a # b", "'a' 'b'"),
        "(a for a in b)",
    ],
)
def test_what_no_formula_has_is_foreign(text: str) -> None:
    assert own_tree(text) == "foreign"


@pytest.mark.parametrize(
    "text", ["", "a +", "(a", "a)", "a b", "1 2", "012", "not", "a if b", ",", "()(", "a 'b'"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    assert python_tree(text) is None
    assert own_tree(text) is None


def test_deep_brackets_are_read() -> None:
    assert own_tree("(" * 90 + "a" + ")" * 90) == python_tree("a")
