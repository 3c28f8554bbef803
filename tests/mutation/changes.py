"""What may be changed in a syntax tree, one place at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
}  # fmt: skip
_COMPUTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd}
_CALLED = {"any": "all", "all": "any", "max": "min", "min": "max"}
_METHODS = {
    "startswith": "endswith", "endswith": "startswith", "partition": "rpartition", "rpartition": "partition",
    "fullmatch": "match", "match": "search", "removesuffix": "removeprefix",
}  # fmt: skip
_FOLDED = ("lower", "upper", "strip")
_SHOWN = 150


@dataclass(frozen=True)
class Change:
    """A whole source with one place changed, the place, and what was there before and after."""

    line: int
    where: str
    text: str
    source: str


@dataclass(frozen=True)
class _Spot:
    """A node and where its parent keeps it."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    where: str
    kind: str

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def changes(text: str) -> Iterator[Change]:
    """Give every change of a module's text."""
    tree = ast.parse(text)
    for spot in _spots(tree, "module", ""):
        before = _shown(spot.node)
        for after in _variants(spot):
            spot.put(after)
            source = ast.unparse(ast.fix_missing_locations(tree))
            spot.put(spot.node)
            line = getattr(spot.node, "lineno", getattr(spot.parent, "lineno", 0))
            yield Change(line, spot.where, f"{before} → {_shown(after)}", source)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= _SHOWN else f"{text[:110]} … {text[-35:]}"


def _spots(node: ast.AST, where: str, kind: str) -> Iterator[_Spot]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        where = node.name if where == "module" else f"{where}.{node.name}"
        kind = ast.unparse(node.returns) if isinstance(node, ast.FunctionDef) and node.returns else ""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list") or _untold(node):
            continue
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST):
                yield _Spot(child, node, name, index if isinstance(value, list) else None, where, kind)
                yield from _spots(child, where, kind)


def _untold(node: ast.AST) -> bool:
    """Whether nothing within is worth a change: docstrings, imports, the texts of messages."""
    documented = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return documented or isinstance(node, ast.JoinedStr | ast.ImportFrom | ast.Import)


def _variants(spot: _Spot) -> Iterator[ast.AST]:
    node = spot.node
    if isinstance(node, ast.expr):
        yield from _of_expression(node)
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node, spot.kind)
    elif isinstance(node, ast.comprehension):
        for index in range(len(node.ifs)):
            rest = [test for number, test in enumerate(node.ifs) if number != index]
            yield ast.comprehension(node.target, node.iter, rest, node.is_async)


def _of_expression(node: ast.expr) -> Iterator[ast.expr]:  # noqa: C901  a table
    match node:
        case ast.Compare(left, [operator], rest):
            yield from (ast.Compare(left, [other()], rest) for other in _COMPARED[type(operator)])
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.And() if isinstance(operator, ast.Or) else ast.Or(), values)
            for index in range(len(values)):
                rest = values[:index] + values[index + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if type(operator) in _COMPUTED:
            yield ast.BinOp(left, _COMPUTED[type(operator)](), right)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str() as value) if value and " " not in value:
            yield ast.Constant(f"{value}~")
        case ast.Call():
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[ast.expr]:
    match node.func:
        case ast.Name(name) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name]), node.args, node.keywords)
        case ast.Attribute(value, name) if name in _METHODS:
            yield ast.Call(ast.Attribute(value, _METHODS[name]), node.args, node.keywords)
        case ast.Attribute(value, name) if name in _FOLDED and not node.args:
            yield value


def _of_statement(node: ast.stmt, kind: str) -> Iterator[ast.stmt]:
    match node:
        case ast.If(_, body, orelse):
            yield ast.If(ast.Constant(False), body, orelse)
            yield ast.If(ast.Constant(True), body, orelse)
        case ast.Return(value) if value is not None and kind == "bool":
            yield ast.Return(ast.UnaryOp(ast.Not(), value))
        case ast.Return(ast.Constant(None)):
            return
        case ast.Return(value) if value is not None and "None" in kind:
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.Continue() | ast.AugAssign():
            yield ast.Pass()
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
