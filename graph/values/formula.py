"""Formulas: what a field may hold instead of a value, such as ``channels * 4``.

A formula is arithmetic over the parameters of a block and the incoming channels. It is read by
rules of its own (graph.values.formula_text) and walked by a table of what is allowed, so that
nothing in it can run.
Evaluated on traced values (graph.values.dims) it keeps its text for the exported class.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graph.values.declaration import show
from graph.values.dims import (
    AND,
    ATOM,
    CHOICE,
    COMPARISON,
    NOT,
    OR,
    PRODUCT,
    SUM,
    UNARY,
    Dim,
    Named,
)
from graph.values.formula_text import NotFormulaError, read_formula
from graph.values.message import UserError, say

MAX_LENGTH = 200
MAX_VALUE = 2**53


class FormulaError(UserError):
    """A formula that cannot be read or has no value."""


class _NoValueError(FormulaError):
    """A part has no value for these values of its names: it divides by zero, or is too large."""


@dataclass(frozen=True, slots=True)
class _Term:
    value: Any
    text: str
    level: int
    names: frozenset[str]

    def at(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


_BINARY: Mapping[type[ast.operator], tuple[str, int, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", SUM, operator.add),
    ast.Sub: ("-", SUM, operator.sub),
    ast.Mult: ("*", PRODUCT, operator.mul),
    ast.Div: ("/", PRODUCT, operator.truediv),
    ast.FloorDiv: ("//", PRODUCT, operator.floordiv),
    ast.Mod: ("%", PRODUCT, operator.mod),
}
_COMPARED: Mapping[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "int": int,
    "max": max,
    "min": min,
    "round": round,
}

FUNCTIONS = tuple(_FUNCTIONS)
"""The functions a formula may use."""


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """The value of a formula: a number, a flag, a word, None, or a tuple of them.

    ``values`` are plain or traced; the result is traced where a traced value enters. Raises
    FormulaError: one sentence.
    """
    return _result(_Reader(text, values).term(_parse(text)))


def names_in(text: str) -> frozenset[str]:
    """The names a formula uses. Raises FormulaError."""
    found = {node.id for node in ast.walk(_parse(text)) if isinstance(node, ast.Name)}
    return frozenset(found - _FUNCTIONS.keys())


def substituted(text: str, texts: Mapping[str, str]) -> str:
    """The formula with formulas in the place of names, all at once. Raises FormulaError."""
    if not names_in(text) & texts.keys():
        return text
    parts = {name: _parse(part) for name, part in texts.items()}
    return ast.unparse(_Substitution(parts).visit(_parse_anew(text)))


class _Substitution(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, ast.expr]) -> None:
        self._parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._parts.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(argument) for argument in node.args]
        return node  # its function is no name of a value


@lru_cache(maxsize=1024)
def _parse(text: str) -> ast.expr:
    return _parse_anew(text)


def _parse_anew(text: str) -> ast.expr:
    """A tree of one's own, to be changed."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(say("a formula has at most {most} characters", most=MAX_LENGTH))
    try:
        return read_formula(text)
    except (NotFormulaError, RecursionError):
        raise FormulaError(say("{formula} is not a formula", formula=show(text))) from None


def _result(term: _Term) -> Any:
    if isinstance(term.value, tuple):
        return tuple(_result(item) for item in term.value)
    if not term.names:
        return term.value
    if isinstance(term.value, int) and not isinstance(term.value, bool):
        return Dim(term.value, term.text, term.level, term.names)
    return Named(term.value, term.text, term.level, term.names)


class _Reader:
    def __init__(self, text: str, values: Mapping[str, Any]) -> None:
        self._whole = text
        self._values = values

    def term(self, node: ast.expr) -> _Term:
        """The value and text of a part."""
        match node:
            case ast.Constant(value=int() | float() | str() | None):
                return self._checked(_Term(node.value, repr(node.value), ATOM, frozenset()))
            case ast.Name():
                return self._name(node.id)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.Compare(ops=[_], comparators=[_]):
                return self._comparison(node)
            case ast.BoolOp():
                return self._joined(node)
            case ast.IfExp():
                return self._choice(node)
            case ast.Tuple():
                items = tuple(self.term(item) for item in node.elts)
                return _Term(items, "", ATOM, frozenset())
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS:
                return self._call(name, [self.term(argument) for argument in node.args])
        raise FormulaError(
            say(
                "{formula} has a part that a formula cannot hold; use numbers, names, "
                "+ − * / // %, comparisons, if-else and {functions}",
                formula=show(self._whole),
                functions=", ".join(FUNCTIONS),
            )
        )

    def _name(self, name: str) -> _Term:
        if name not in self._values:
            known = ", ".join(sorted(self._values))
            raise FormulaError(
                say("{name} is not known here; there are {known}", name=show(name), known=known)
                if known
                else say("{name} is not known here", name=show(name))
            )
        value = self._values[name]
        if isinstance(value, Dim):
            return _Term(int(value), value.expression, value.level, value.names)
        if isinstance(value, Named):
            return _Term(value.value, value.expression, value.level, value.names)
        return _Term(value, repr(value), ATOM, frozenset())

    def _compute(self, function: Callable[..., Any], *values: Any) -> Any:
        if any(isinstance(value, (str, tuple)) or value is None for value in values):
            raise FormulaError(
                say("{formula} calculates with what is no number", formula=show(self._whole))
            )
        try:
            return function(*values)
        except ZeroDivisionError:
            raise _NoValueError(
                say("{formula} divides by zero", formula=show(self._whole))
            ) from None
        except (TypeError, ValueError, OverflowError):
            raise _NoValueError(say("{formula} has no value", formula=show(self._whole))) from None

    def _checked(self, term: _Term) -> _Term:
        value = term.value
        if isinstance(value, (int, float)) and not (
            abs(value) <= MAX_VALUE and math.isfinite(value)
        ):
            raise _NoValueError(say("{formula} is too large", formula=show(self._whole)))
        return term

    def _single(self, node: ast.expr) -> _Term:
        """The term of a part that is no tuple."""
        term = self.term(node)
        if isinstance(term.value, tuple):
            raise FormulaError(
                say("{formula} calculates with what is no number", formula=show(self._whole))
            )
        return term

    def _idle(self, node: ast.expr) -> _Term:
        """A part that these values do not reach: it may divide by zero, its text is kept."""
        try:
            return self.term(node)
        except _NoValueError:
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - _FUNCTIONS.keys()
            terms = {name: self._name(name) for name in names}
            parts = {name: read_formula(term.text) for name, term in terms.items()}
            copy = read_formula(ast.unparse(node))
            text = f"({ast.unparse(_Substitution(parts).visit(copy))})"
            return _Term(None, text, ATOM, frozenset().union(*(t.names for t in terms.values())))

    def _binary(self, node: ast.BinOp) -> _Term:
        if type(node.op) not in _BINARY:
            raise FormulaError(say("{formula} has a sign that is not known", formula=self._whole))
        sign, level, function = _BINARY[type(node.op)]
        left, right = self.term(node.left), self.term(node.right)
        value = self._compute(function, left.value, right.value)
        text = f"{left.at(level)} {sign} {right.at(level + 1)}"
        return self._checked(_Term(value, text, level, left.names | right.names))

    def _unary(self, node: ast.UnaryOp) -> _Term:
        inner = self._single(node.operand)
        if isinstance(node.op, ast.Not):
            return _Term(not inner.value, f"not {inner.at(NOT)}", NOT, inner.names)
        if isinstance(node.op, ast.USub):
            value = self._compute(operator.neg, inner.value)
            return _Term(value, f"-{inner.at(UNARY)}", UNARY, inner.names)
        raise FormulaError(say("{formula} has a sign that is not known", formula=self._whole))

    def _comparison(self, node: ast.Compare) -> _Term:
        kind = type(node.ops[0])
        if kind not in _COMPARED:
            raise FormulaError(say("{formula} has a sign that is not known", formula=self._whole))
        sign, function = _COMPARED[kind]
        left, right = self._single(node.left), self._single(node.comparators[0])
        try:
            value = function(left.value, right.value)
        except TypeError:
            raise FormulaError(
                say("{formula} compares what cannot be compared", formula=show(self._whole))
            ) from None
        text = f"{left.at(COMPARISON + 1)} {sign} {right.at(COMPARISON + 1)}"
        return _Term(value, text, COMPARISON, left.names | right.names)

    def _joined(self, node: ast.BoolOp) -> _Term:
        word, level, stop = (
            ("and", AND, False) if isinstance(node.op, ast.And) else ("or", OR, True)
        )
        terms: list[_Term] = []
        found: _Term | None = None  # the one that decides: as in Python, its value is the result
        for value in node.values:
            terms.append(self._idle(value) if found else self._single(value))
            if found is None and bool(terms[-1].value) is stop:
                found = terms[-1]
        text = f" {word} ".join(term.at(level + 1) for term in terms)
        names = frozenset().union(*(term.names for term in terms))
        return _Term((found or terms[-1]).value, text, level, names)

    def _choice(self, node: ast.IfExp) -> _Term:
        test = self._single(node.test)
        yes = self.term(node.body) if test.value else self._idle(node.body)
        no = self._idle(node.orelse) if test.value else self.term(node.orelse)
        chosen = yes if test.value else no
        if not test.names or isinstance(yes.value, tuple) or isinstance(no.value, tuple):
            return chosen
        text = f"{yes.at(CHOICE + 1)} if {test.at(CHOICE + 1)} else {no.at(CHOICE)}"
        names = test.names | yes.names | no.names
        return _Term(chosen.value, text, CHOICE, names)

    def _call(self, name: str, terms: list[_Term]) -> _Term:
        if not terms or (name in ("abs", "int", "round") and len(terms) != 1):
            raise FormulaError(
                say("{name} takes a number", name=name)
                if name in ("abs", "int", "round")
                else say("{name} takes numbers", name=name)
            )
        value = self._compute(_FUNCTIONS[name], *(term.value for term in terms))
        text = f"{name}({', '.join(term.text for term in terms)})"
        names = frozenset().union(*(term.names for term in terms))
        return self._checked(_Term(value, text, ATOM, names))
