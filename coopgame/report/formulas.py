"""Expressions as LaTeX and MathML, with names written as papers write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Any

import sympy
from sympy.core.alphabets import greeks
from sympy.printing.latex import LatexPrinter
from sympy.printing.mathml import MathMLPresentationPrinter

from coopgame.report.tables import latex_plain

_FORMS = {"\u00b1": "prefix"}
RELATION_SIGNS = {r"\neq": "\u2260", r"\geq": "\u2265", r"\leq": "\u2264"}
_TIMES = "<mo>&InvisibleTimes;</mo>"
_SIGNS = {"<": "&lt;", ">": "&gt;", "-": "\u2212"}  # as SymPy writes them, and as browsers need them
_VARIANTS = frozenset(["varepsilon", "vartheta", "varphi", "varrho", "varsigma", "varkappa"])


def split_name(name: str) -> tuple[str, str]:
    """Return letter and index of a name: u_T is (u, T), tau0 is (tau, 0), the share firms.brand is (x, "firms, brand").

    The shares of a game's only population may come without its name: .brand is (x, brand).
    """
    if "." in name:
        population, _, strategy = name.partition(".")
        return "x", f"{population}, {strategy}" if population else strategy
    head, _, index = name.partition("_")
    if head and index:
        return head, index.replace("_", ", ")
    digits = re.fullmatch(r"(.*\D)(\d+)", name)
    return (digits[1], digits[2]) if digits else (name, "")


def symbol_latex(name: str) -> str:
    """Return a name as LaTeX: Greek letters, indices, words upright; U_mean_x has a bar and dx/dt is a fraction."""
    if name.startswith("d") and name.endswith("/dt"):
        return rf"\frac{{d {symbol_latex(name[1:-3])}}}{{dt}}"
    bar = name.startswith("U_mean_")
    head, index = split_name(name.replace("U_mean_", "U_", 1) if bar else name)
    letter = rf"\overline{{{_letter_latex(head)}}}" if bar else _letter_latex(head)
    return f"{letter}_{{{_index_latex(index)}}}" if index else letter


def _greek(word: str) -> str:
    """Return the English name of a Greek letter, given by name or as a character; else nothing."""
    if len(word) == 1 and unicodedata.name(word, "").startswith("GREEK"):
        _, size, _, *letter = unicodedata.name(word).split()
        name = " ".join(letter).lower().replace("lamda", "lambda")
        return (name if size == "SMALL" else name.capitalize()) if name in greeks else ""
    named = word.lower() in greeks and word in (word.lower(), word.capitalize())
    return word if named or word in _VARIANTS else ""


def _letter_latex(word: str) -> str:
    if _greek(word):
        return str(sympy.latex(sympy.Symbol(_greek(word))))
    if not word.isascii():
        return rf"\text{{{latex_plain(word)}}}"
    return word if len(word) == 1 else rf"\mathit{{{latex_plain(word)}}}"


def _index_latex(index: str) -> str:
    letter, number = _letter_and_number(index)
    if letter or number:
        return (_letter_latex(letter) if letter else "") + number
    return rf"\text{{{latex_plain(index)}}}"


def _letter_and_number(index: str) -> tuple[str, str]:
    """Return the letter and the number of which an index consists, one of them perhaps blank; two blanks for words."""
    letter = index.rstrip("0123456789")
    plain = not letter or _greek(letter) or (len(letter) == 1 and letter.isascii())
    return (letter, index.removeprefix(letter)) if plain else ("", "")


def _has_words(expression: sympy.Basic) -> bool:
    """Return whether a letter of the expression is a word, which needs space around it in a product."""
    return any(len(_letter(split_name(symbol.name)[0])) > 1 for symbol in expression.atoms(sympy.Symbol))


class _Latex(LatexPrinter):  # type: ignore[misc] # the printers of SymPy have no types
    def _print_Symbol(self, expr: sympy.Symbol, style: str = "plain") -> str:
        return symbol_latex(expr.name)


class _MathML(MathMLPresentationPrinter):  # type: ignore[misc]
    def _print_Symbol(self, sym: sympy.Symbol, style: str = "plain") -> Any:
        name = sym.name
        if name.startswith("d") and name.endswith("/dt"):
            over = self._tag("mrow", self._tag("mi", "d"), self._print_Symbol(sympy.Symbol(name[1:-3])))
            return self._tag("mfrac", over, self._tag("mrow", self._tag("mi", "d"), self._tag("mi", "t")))
        bar = name.startswith("U_mean_")
        head, index = split_name(name.replace("U_mean_", "U_", 1) if bar else name)
        letter = self._tag("mi", _letter(head))
        if bar:
            letter = self._tag("mover", letter, self._tag("mo", "\u00af"))
        if not index:
            return letter
        return self._tag("msub", letter, self._index(index))

    def _index(self, index: str) -> Any:
        letter, number = _letter_and_number(index)
        if not letter and not number:
            return self._tag("mtext", index)
        parts = [self._tag(tag, _letter(text)) for tag, text in (("mi", letter), ("mn", number)) if text]
        return parts[0] if len(parts) == 1 else self._tag("mrow", *parts)

    def _tag(self, tag: str, *content: Any) -> Any:
        element = self.dom.createElement(tag)
        for part in content:
            element.appendChild(self.dom.createTextNode(part) if isinstance(part, str) else part)
        return element


def _letter(word: str) -> str:
    greek = _greek(word).removeprefix("var")
    if greek not in greeks and greek.lower() not in greeks:
        return word
    size = "SMALL" if greek[0].islower() else "CAPITAL"
    return unicodedata.lookup(f"GREEK {size} LETTER {greek.upper().replace('LAMBDA', 'LAMDA')}")


def formula_latex(expression: sympy.Basic) -> str:
    """Return an expression as LaTeX mathematics."""
    space = r" \, " if _has_words(expression) else None
    return str(_Latex({"mul_symbol": space}).doprint(expression))


def formula_mathml(expression: sympy.Basic, before: str = "") -> str:
    """Return an expression as an inline MathML element; before: operators in front of it, such as = or a relation."""
    return _element(_operators(before) + _mathml(expression))


def sum_latex(terms: Sequence[sympy.Expr], *, first: bool) -> str:
    """Return some terms of a sum as LaTeX, in their order; all but the first begin with their sign."""
    texts = [formula_latex(term) for term in terms]
    signed = [text if text.startswith("-") else f"+ {text}" for text in texts]
    return " ".join([texts[0], *signed[1:]] if first else signed)


def sum_mathml(terms: Sequence[sympy.Expr], before: str | None) -> str:
    """Return some terms of a sum as MathML, in their order, after a relation in LaTeX or nothing; None: after a sign."""
    if before is None:
        return _element("".join(map(_signed, terms)))
    first = _operators(RELATION_SIGNS.get(before, before)) + _mathml(terms[0])
    return _element(first + "".join(map(_signed, terms[1:])))


def _signed(term: sympy.Expr) -> str:
    negative = bool(term.as_coeff_Mul()[0].is_negative)
    return _operators("\u2212" if negative else "+") + _mathml(-term if negative else term)


def _operators(signs: str) -> str:
    return "".join(f'<mo form="{_FORMS.get(sign, "infix")}">{escape(sign)}</mo>' for sign in signs)


def _mathml(expression: sympy.Basic) -> str:
    text = str(_MathML().doprint(expression))
    for bare, sign in _SIGNS.items():
        text = text.replace(f"<mo>{bare}</mo>", f"<mo>{sign}</mo>")
    return text.replace(_TIMES, f'{_TIMES}<mspace width="0.17em"/>') if _has_words(expression) else text


def _element(body: str) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow>{body}</mrow></math>'
