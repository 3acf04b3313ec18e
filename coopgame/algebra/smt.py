"""The Z3 solver as one long-lived child process that reads SMT-LIB text over pipes."""

from __future__ import annotations

import atexit
import logging
import math
import shutil
import subprocess
import sysconfig
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path

from coopgame.algebra.conditions import And, Condition, Constant, Or, Sign
from coopgame.algebra.polynomials import Polynomial, to_fraction
from coopgame.errors import UnsupportedError

_LOG = logging.getLogger("coopgame")
_DONE = "coopgame-answer-ends"
_OVERRUN_SECONDS = 300.0
_WATCH_SECONDS = 5.0
_COMPARE = {">": "(> {} 0.0)", "<": "(< {} 0.0)", ">=": "(>= {} 0.0)", "<=": "(<= {} 0.0)"}
_COMPARE |= {"=": "(= {} 0.0)", "!=": "(not (= {} 0.0))"}


@dataclass(frozen=True)
class Answer:
    """What the solver said: status sat, unsat or unknown; model by generator number when sat; why when unknown."""

    status: str
    model: tuple[Fraction, ...] = ()
    why: str = ""


class Solver:
    """A running Z3; every question starts from an empty solver, so answers do not depend on earlier ones.

    Questions are bounded by Z3's own step count (`steps`, its `rlimit`) and a fixed seed, never by the clock, so
    answers do not depend on the machine's load. A child that overruns every bound is killed and the answer is
    "unknown".
    """

    def __init__(self) -> None:
        self._program = find_z3()
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._deadline = math.inf
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="coopgame-z3-watch", daemon=True).start()
        self.version = self._talk(["(get-info :version)"])[0].split('"')[1]

    @property
    def name(self) -> str:
        """Program and version, as proofs print it."""
        return f"z3 {self.version}"

    def ask(self, count: int, statements: Iterable[str], steps: int, logic: str) -> Answer:
        """Return the answer about real unknowns p0 … p<count-1> that meet all statements (SMT-LIB terms)."""
        names = [f"p{i}" for i in range(count)]
        script = ["(reset)", f"(set-option :rlimit {steps})", "(set-option :random-seed 0)", f"(set-logic {logic})"]
        script += [f"(declare-const {name} Real)" for name in names]
        script += [f"(assert {statement})" for statement in statements]
        lines = self._talk([*script, "(check-sat)"])
        status = lines[-1].strip() if lines else "overrun"
        if status == "sat":
            if not names:
                return Answer("sat")
            return Answer("sat", tuple(_model(self._values(names), names)))
        if status == "unsat":
            return Answer("unsat")
        why = " ".join(lines) if status != "unknown" else f"no answer within {steps} solver steps"
        return Answer("unknown", why=why or status)

    def _values(self, names: Sequence[str]) -> str:
        question = f"(get-value ({' '.join(names)}))"
        text = " ".join(self._talk(["(set-option :pp.decimal false)", question]))
        if "root-obj" not in text:
            return text
        decimals = ["(set-option :pp.decimal true)", "(set-option :pp.decimal_precision 30)"]
        return " ".join(self._talk([*decimals, question]))

    def _talk(self, lines: Sequence[str]) -> list[str]:
        with self._lock:
            child = self._running()
            assert child.stdin is not None and child.stdout is not None
            self._deadline = time.monotonic() + _OVERRUN_SECONDS
            answer: list[str] = []
            try:
                child.stdin.write("\n".join([*lines, f'(echo "{_DONE}")', ""]))
                child.stdin.flush()
                for line in child.stdout:
                    if line.strip() == _DONE:
                        return answer
                    answer.append(line.rstrip("\n"))
            except BrokenPipeError:
                _LOG.warning("z3 stopped in the middle of a question; it is started again for the next one")
            finally:
                self._deadline = math.inf
            return []

    def _watch(self) -> None:
        """Kill the child when a question overruns every bound; runs in a thread of its own, one for all questions."""
        while not self._closed.wait(_WATCH_SECONDS):
            if time.monotonic() > self._deadline and self._child is not None:
                self._child.kill()

    def _running(self) -> subprocess.Popen[str]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [self._program, "-in", "-smt2"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
            )
        return self._child

    def close(self) -> None:
        """End the child process."""
        self._closed.set()
        if self._child is not None and self._child.poll() is None:
            assert self._child.stdin is not None and self._child.stdout is not None
            self._child.stdin.close()
            self._child.stdout.close()
            self._child.wait()


@cache
def solver() -> Solver:
    """Return the solver of this process, started at the first call and ended with the process."""
    started = Solver()
    atexit.register(started.close)
    return started


def find_z3() -> str:
    """Return the path of the Z3 program that the z3-solver package brings, else of one on the PATH."""
    program = shutil.which("z3", path=sysconfig.get_path("scripts"))
    if program:
        return program
    try:
        files = metadata.files("z3-solver") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name in ("z3", "z3.exe") and Path(str(file.locate())).is_file():
            return str(file.locate())
    program = shutil.which("z3")
    if program:
        return program
    raise UnsupportedError("the program z3 is not installed; install it with: pip install z3-solver")


def term(polynomial: Polynomial) -> str:
    """Return a polynomial as an SMT-LIB term in p0, p1, …."""
    terms = []
    for exponents, coefficient in polynomial.terms():
        factors = [number(to_fraction(coefficient))]
        for i, exponent in enumerate(exponents):
            factors += [f"p{i}"] * int(exponent)
        terms.append(f"(* {' '.join(factors)})" if len(factors) > 1 else factors[0])
    if not terms:
        return "0.0"
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


def number(value: Fraction) -> str:
    """Return a rational number as an SMT-LIB term."""
    text = f"{abs(value.numerator)}.0"
    if value.denominator != 1:
        text = f"(/ {text} {value.denominator}.0)"
    return f"(- {text})" if value < 0 else text


def statement(condition: Condition) -> str:
    """Return a condition as an SMT-LIB statement in p0, p1, …."""
    if isinstance(condition, Constant):
        return condition.text()
    if isinstance(condition, Sign):
        return _of_sign(condition)
    if isinstance(condition, And | Or):
        word = "and" if isinstance(condition, And) else "or"
        return f"({word} {' '.join(statement(part) for part in condition.parts)})"
    raise TypeError(f"not a condition: {condition!r}")


@lru_cache(maxsize=4096)
def _of_sign(leaf: Sign) -> str:
    return _COMPARE[leaf.relation].format(term(leaf.polynomial))


def _model(text: str, names: Sequence[str]) -> list[Fraction]:
    """Read `((p0 1.5) (p1 (- 2.25?)) (p2 (/ 1.0 3.0)))`; a question mark marks a truncated decimal."""
    tokens = text.replace("(", " ( ").replace(")", " ) ").replace("?", "").split()
    position = {name: i for i, name in enumerate(tokens)}
    return [_read_number(tokens, position[name] + 1)[0] for name in names]


def _read_number(tokens: Sequence[str], at: int) -> tuple[Fraction, int]:
    if tokens[at] != "(":
        return Fraction(tokens[at]), at + 1
    operation = tokens[at + 1]
    first, at = _read_number(tokens, at + 2)
    if operation == "-":
        return -first, at + 1
    second, at = _read_number(tokens, at)
    return first / second, at + 1
