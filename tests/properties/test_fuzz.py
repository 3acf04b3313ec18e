"""Hostile texts: only errors of the package come out of the readers, nothing is run, and values are right."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopgame.errors import ExpressionError, GameFileError
from coopgame.expressions import format_expression, parse_condition, parse_expression, symbols_of
from coopgame.games.files import parse_game, read_game

# What a reader must never cause. `import` and `open` also happen when a library loads a part of itself.
FORBIDDEN = ("os.", "subprocess.", "socket.", "shutil.", "pty.", "webbrowser.", "urllib.", "ftplib.", "tempfile.")
LOADING = ("exec", "import", "open", "compile", "marshal.loads", "os.listdir", "os.scandir")
PLACEHOLDERS = re.compile(r"(_\d+|and|\*\*|<=|>=|!=|[-+*/(),<> ])*")
_seen: list[tuple[str, tuple[Any, ...]]] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is None or not (event in LOADING or event.startswith(FORBIDDEN)):
        return
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return
        frame = frame.f_back  # type: ignore[assignment]
    if event != "import" or arguments[0] not in sys.builtin_module_names:
        _seen.append((event, arguments))


sys.addaudithook(_hook)


@contextmanager
def watched(allowed: str = "") -> Iterator[None]:
    """Fail if a program was run, or if Python's parser saw anything of a text but placeholders and signs."""
    global _seen  # noqa: PLW0603
    _seen = []
    try:
        yield
    finally:
        events, _seen = _seen, None
    assert [event for event in events if not _harmless(*event, allowed)] == []


def _harmless(event: str, arguments: tuple[Any, ...], allowed: str) -> bool:
    if event == "open":
        return str(arguments[0]) == allowed
    if event != "compile" or arguments[1] not in ("<unknown>", b"<unknown>"):
        return event == "import"
    source = arguments[0]
    text = source.decode() if isinstance(source, bytes) else source
    return text is None or PLACEHOLDERS.fullmatch(text) is not None


@pytest.mark.parametrize(
    "act",
    [
        lambda: eval("1 + 1"),
        lambda: exec("pass"),
        lambda: compile("a + b", "<unknown>", "eval"),
        lambda: sympy.sympify("a + 1"),
        lambda: Path(__file__).read_bytes(),
        lambda: __import__("os").listdir("."),
        lambda: __import__("os").system("true"),
    ],
    ids=["eval", "exec", "compile", "sympify", "open", "listdir", "system"],
)
def test_the_watch_sees_programs_run(act: Callable[[], object]) -> None:
    with pytest.raises(AssertionError), watched():
        act()


# expressions that mean a rational number, and how to compute it otherwise ------------------------------------

POINT = {
    **{"x": Fraction(1, 3), "F": Fraction(5), "lambda": Fraction(-2, 7), "is": Fraction(9, 4), "N": Fraction(-1)},
    **{"罚金": Fraction(3), "E": Fraction(1, 10), "_0": Fraction(2)},
}
Valued = tuple[str, Fraction]
LITERALS: list[Valued] = [
    *(
        ("0", Fraction(0)),
        ("1", Fraction(1)),
        ("2", Fraction(2)),
        ("0.1", Fraction(1, 10)),
        ("7.25", Fraction(29, 4)),
    ),
    *(("1e-2", Fraction(1, 100)), (".5", Fraction(1, 2)), ("3.", Fraction(3)), ("10_0", Fraction(100))),
]
SPACES = st.sampled_from(["", "", " ", "  ", "\n", "\t"])


@st.composite
def _operations(draw: st.DrawFn, parts: st.SearchStrategy[Valued]) -> Valued:
    (left, u), (right, v), (other, w) = draw(parts), draw(parts), draw(parts)
    gap = draw(SPACES)
    choices: list[Valued] = [
        (f"({left}){gap}+{gap}({right})", u + v),
        (f"({left}) -{gap}({right}) - {gap}({other})", u - v - w),
        (f"({left})*{gap}({right})", u * v),
        (f"-{gap}({left})*({right})", -u * v),
        (f"+({left})", u),
        (f"({left})**2", u**2),
        (f"min({left},{gap}{right})", min(u, v)),
        (f"max({left}, {right}, {other})", max(u, v, w)),
        (f"where(({left}) < ({right}), {right}, {other})", v if u < v else w),
        (f"where(({left}){gap}>= ({right}), {left}, {other})", u if u >= v else w),
    ]
    if v != 0:
        choices += [(f"({left})/{gap}({right})", u / v), (f"({left})/({right})*({other})", u / v * w)]
        choices.append((f"({right})**-3", v**-3))
    return draw(st.sampled_from(choices))


EXPRESSIONS = st.recursive(st.sampled_from([*POINT.items(), *LITERALS]), _operations, max_leaves=12)


def _in_comparison(text: str) -> bool:
    """Return whether a where() stands in the comparison of another, which is refused."""
    return text.count("where(") > 1


@given(EXPRESSIONS)
def test_expressions_have_the_value_of_exact_arithmetic(valued: Valued) -> None:
    text, value = valued
    try:
        with watched():
            read = parse_expression(text)
    except ExpressionError as error:
        # cancelled denominators and nested choices may be refused; never for a word or a sign
        assert re.search(r"division by zero|finite real|not in its comparison|arguments in all|beyond 64", str(error))
        assert "/" in text or "**-" in text or _in_comparison(text) or text.count(",") > 10
        return
    assert symbols_of(read) <= set(POINT)
    point = {sympy.Symbol(name): sympy.Rational(n.numerator, n.denominator) for name, n in POINT.items()}
    assert read.xreplace(point) == sympy.Rational(value.numerator, value.denominator)


IRRATIONAL = ["sqrt", "exp", "log"]


@st.composite
def _more_operations(draw: st.DrawFn, parts: st.SearchStrategy[str]) -> str:
    left, right, other = draw(parts), draw(parts), draw(parts)
    return draw(
        st.sampled_from(
            [
                f"({left}) + {right}",
                f"{left} - ({right})*{other}",
                f"({left})*({right})*({other})",
                f"{left}/({right})",
                f"-({left})/({right})*{other}",
                f"({left})**(2/3)",
                f"({left})**-2",
                f"sqrt({left})",
                f"exp({left})",
                f"log({left})",
                f"min({left}, {right})",
                f"max({left}, {right}, 1)",
                f"binomial({left}, {right})",
                f"where({left} > {right}, {right}, {other})",
                f"where({left} <= {right}, {right}, {other})",
            ]
        )
    )


WIDER = st.recursive(st.sampled_from([*POINT, *(text for text, _ in LITERALS)]), _more_operations, max_leaves=10)


@given(WIDER)
@settings(max_examples=300)
@example("-(y + 1)*where(y > 1/3, 0, 3)")
@example("where(x >= 0, 2, where(0.1 <= N, 2, 3))")
@example("sqrt((7.25)**(-3/2))")
@example("((3)**(-3/2))**(-3/2)")
@example("1/(2*(x + 1)*F)")
def test_what_is_written_is_read_back_equal(text: str) -> None:
    try:
        with watched():
            read = parse_expression(text)
    except ExpressionError:
        return
    with watched():
        assert parse_expression(format_expression(read)) == read


PIECES = [
    *(
        "x",
        "F",
        "lambda",
        "2",
        "0.1",
        "1e5",
        "1e999",
        "9",
        "(",
        ")",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        "**",
        "^",
        ",",
        ".",
    ),
    *(
        "<",
        ">",
        "<=",
        "==",
        "=",
        "!=",
        ":=",
        ":",
        " ",
        " ",
        "\n",
        "\r\n",
        "\t",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "f'",
        "#",
    ),
    *(
        "\\",
        "`",
        "@",
        "~",
        "&",
        "|",
        "%",
        "//",
        "<<",
        "->",
        "...",
        ";",
        "and",
        "or",
        "not",
        "if",
        "else",
        "for",
        "in",
    ),
    *("is", "class", "import", "await", "yield", "None", "True", "min", "max(", "sqrt(", "exp(", "log(", "where("),
    *("binomial(", "__import__('os').system('true')", "eval(", "open('f','w')", ".__class__", "\x00", "\ud800", "，"),
    *("（", "²", "ｅ", "\u202e", "\ufeff", "名", "1_0", "0x", "1j", "e", "E", "π", "½", "**-", "**(1/2)", "/0", "-1"),
]
SHREDS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@st.composite
def _mutated(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    text = draw(texts)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + draw(st.one_of(st.sampled_from(PIECES), ANY_TEXT.map(lambda t: t[:3]))) + text[end:]
    return text


HOSTILE = st.one_of(ANY_TEXT, SHREDS, _mutated(WIDER), _mutated(EXPRESSIONS.map(lambda valued: valued[0])))


@given(HOSTILE)
@settings(max_examples=600)
@example("__import__('os').system('true')")
@example("().__class__.__base__.__subclasses__()")
@example("9**9**9**9")
@example("(" * 3000)
@example("lambda: (yield)")
@example("[x for x in (1).__class__.__mro__]")
@example("f'{open(1)}'")
def test_only_expression_errors_come_out_of_expressions(text: str) -> None:
    for read in (parse_expression, parse_condition):
        try:
            with watched():
                found = read(text)
        except ExpressionError as error:
            assert str(error).encode("utf-8")
            assert error.position is None or 0 <= error.position <= len(text)
        else:
            parts = [found] if isinstance(found, sympy.Expr) else [s for i in found for s in (i.left, i.right)]
            for part in parts:
                assert isinstance(part, sympy.Expr)
                assert not part.has(sympy.I, sympy.oo, sympy.nan, sympy.zoo)
                assert parse_expression(format_expression(part)) == part


# documents ----------------------------------------------------------------------------------------------------

GAME = """format = "coopgame-game/1"
name = "Inspection"
assumptions = ["F > c"]
[parameters]
F = { value = 5, range = [0, 10], assume = "> 0" }
c = { value = 0.1 }
g = {}
[[populations]]
name = "inspector"
symbol = "x"
strategies = ["inspect", "rest"]
[[populations]]
name = "firm"
symbol = "y"
strategies = ["cheat", "comply"]
[payoffs]
"""
KINDS = [
    """kind = "profiles"
"inspect, cheat" = ["F - c", "g - F"]
"inspect, comply" = ["-c", "0"]
"rest, cheat" = [0, "g"]
"rest, comply" = ["0", 0.5]
[initial]
x = 0.5
[labels]
"rest, comply" = "A"
""",
    """kind = "bimatrix"
row = [["F - c", "-c"], [0, 0]]
column = [["g - F", 0], ["g", 0]]
""",
    """kind = "strategies"
inspector.inspect = "y*F - c"
inspector.rest = 0
firm.cheat = "g - inspector.inspect*F"
firm.comply = "min(0, g)"
""",
    """kind = "advantages"
x = "F*y - c"
y = "g - F*x"
""",
]
DOCUMENTS = st.sampled_from([GAME + kind for kind in KINDS])
VALUES = [
    *(
        "nan",
        "-inf",
        "1e999999999",
        "0x" + "f" * 4000,
        "9" * 4000,
        "1979-05-27",
        "true",
        "[]",
        "{}",
        "[[]]",
        "''",
        '""',
    ),
    *("\"__import__('os').system('true')\"", '"9**9**9"', '"> 5 and < 5"', '"x"', '"F"', '"\\u0000"', '"lambda"'),
    *("1e300", "-1e-300", '"1/0"', '[["1"]]', '"kind"', '"profiles"', '"matrix"', '"group"', "{ a = { b = 1 } }"),
]


@st.composite
def _mutated_documents(draw: st.DrawFn) -> str:
    lines = draw(DOCUMENTS).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        i, j = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        act = draw(st.integers(0, 5))
        if act == 0 and len(lines) > 1:
            del lines[i]
        elif act == 1:
            lines.insert(j, lines[i])
        elif act == 2:
            lines[i], lines[j] = lines[j], lines[i]
        elif act == 3 and "=" in lines[i]:
            lines[i] = lines[i].split("=")[0] + "= " + draw(st.sampled_from(VALUES))
        elif act == 4:
            lines[i] = draw(_mutated(st.just(lines[i])))
        else:
            word = draw(
                st.sampled_from(["F", "c", "x", "y", "firm", "inspect", "cheat", "payoffs", "F - c", "5", "0"])
            )
            other = draw(
                st.sampled_from(["x", "G", "firm", "rest", "kind", "1.5", "", "a b", '"', "lambda", "and", "[", "²"])
            )
            lines[i] = lines[i].replace(word, other)
    return "\n".join(lines)


def _check_document(text: str) -> None:
    try:
        with watched():
            game = parse_game(text)
    except GameFileError as error:
        assert str(error).encode("utf-8")
        assert len(str(error)) < 2000
    else:
        assert parse_game(game.to_toml()) == game


@given(_mutated_documents())
@settings(max_examples=400)
def test_only_game_file_errors_come_out_of_changed_documents(text: str) -> None:
    _check_document(text)


@given(st.one_of(ANY_TEXT, SHREDS, st.lists(st.sampled_from(GAME.splitlines()), max_size=8).map("\n".join)))
def test_only_game_file_errors_come_out_of_any_text(text: str) -> None:
    with pytest.raises(GameFileError), watched():
        parse_game(text)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.split('"')[1])
def test_the_documents_that_are_changed_are_games(kind: str) -> None:
    with watched():
        game = parse_game(GAME + kind)
    assert parse_game(game.to_toml()) == game
    with pytest.raises(GameFileError):
        parse_game(GAME + kind.replace("F", "G"))


@given(st.binary(max_size=80), st.booleans())
def test_only_game_file_errors_come_out_of_any_bytes(content: bytes, whole: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "game.toml"
        path.write_bytes((GAME + KINDS[0]).encode() + content if whole else content)
        try:
            with watched(str(path)):
                game = read_game(path)
        except GameFileError as error:
            assert str(error).startswith(str(path))
        else:
            assert whole
            assert game.name == "Inspection"
