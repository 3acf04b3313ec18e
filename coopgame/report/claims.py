"""The claims file: what is claimed, where it stands, and which study judges it."""

from __future__ import annotations

import difflib
import keyword
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopgame.errors import ClaimsError

FORMAT = "coopgame-claims/1"
_TOP_KEYS = ("format", "title", "zh", "source", "seed", "claims", "facts", "compatible")
_CLAIM_KEYS = ("id", "section", "statement", "zh", "models", "formal", "weakest", "study", "waits_for")
_FACT_KEYS = ("id", "section", "statement", "zh")
_COMPATIBLE_KEYS = ("claims", "statement", "zh", "study")


@dataclass(frozen=True)
class Claim:
    """One claim of a paper.

    statement: in plain words; zh: the same in Chinese; models: the models that serve it; formal: the statement
    about those models; weakest: the weakest model that could refute it; study: `module:function` in the folder
    `studies`, or empty; waits_for: models that are still to come.
    """

    id: str
    section: str
    statement: str
    zh: str = ""
    models: tuple[str, ...] = ()
    formal: str = ""
    weakest: str = ""
    study: str = ""
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A figure that the paper reports, cited by its id."""

    id: str
    section: str
    statement: str
    zh: str = ""


@dataclass(frozen=True)
class Compatible:
    """A question whether some claims can hold at one parameter point, and the study that answers it."""

    claims: tuple[str, ...]
    statement: str
    study: str
    zh: str = ""

    @property
    def id(self) -> str:
        """The claims joined, e.g. `C19 with C20`."""
        return " with ".join(self.claims)


@dataclass(frozen=True)
class ClaimsFile:
    """The content of a claims file: claims and facts in the order of the file."""

    title: str
    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...] = ()
    compatible: tuple[Compatible, ...] = ()
    zh: str = ""
    source: str = ""
    seed: int = 0


def read_claims(folder: str | Path) -> ClaimsFile:
    """Return the content of FOLDER/claims.toml.

    Raises ClaimsError when the file is absent, is not TOML, or has an unknown, missing or wrongly typed key; the
    text names the path inside the file and the closest known key.
    """
    path = Path(folder) / "claims.toml"
    if not path.is_file():
        raise ClaimsError(
            f"there is no claims.toml in {Path(folder)}. The folder paper_repro comes with the source of coopgame "
            "(its repository, and the source distribution: pip download --no-binary :all: --no-deps coopgame-egt); "
            "change into that source folder, or name a folder with claims: coopgame repro FOLDER"
        )
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ClaimsError(f"{path.name} is not UTF-8 text ({error.reason}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ClaimsError(f"{path.name} is not TOML: {error}") from error
    return parse_claims(document)


def parse_claims(document: Mapping[str, Any]) -> ClaimsFile:
    """Return the claims of a parsed TOML document; raises ClaimsError as `read_claims` does."""
    _check_keys(document, _TOP_KEYS, ("format", "title", "claims"), "")
    if document["format"] != FORMAT:
        raise ClaimsError(f"format: expected {FORMAT!r}, got {document['format']!r}")
    seed = document.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ClaimsError(f"seed: expected a whole number that is not negative, got {seed!r}")
    claims = tuple(_claim(table, where) for table, where in _tables(document, "claims"))
    facts = tuple(_fact(table, where) for table, where in _tables(document, "facts"))
    _check_unique((claim.id for claim in claims), "claims")
    _check_unique((fact.id for fact in facts), "facts")
    known = {claim.id for claim in claims}
    compatible = tuple(_compatible(table, where, known) for table, where in _tables(document, "compatible"))
    texts = {key: _text(document, key, "") for key in ("title", "zh", "source")}
    return ClaimsFile(texts["title"], claims, facts, compatible, texts["zh"], texts["source"], seed)


def _claim(table: Mapping[str, Any], where: str) -> Claim:
    _check_keys(table, _CLAIM_KEYS, ("id", "section", "statement"), where)
    claim = Claim(
        id=_text(table, "id", where),
        section=_text(table, "section", where),
        statement=_text(table, "statement", where),
        zh=_text(table, "zh", where),
        models=_names(table, "models", where),
        formal=_text(table, "formal", where),
        weakest=_text(table, "weakest", where),
        study=_study(table, where),
        waits_for=_names(table, "waits_for", where),
    )
    if not claim.study and not claim.waits_for:
        raise ClaimsError(
            f"{where}: claim {claim.id} has neither a study nor waits_for; name the study that judges it "
            '(study = "module:function") or the models it waits for (waits_for = ["M5"])'
        )
    return claim


def _fact(table: Mapping[str, Any], where: str) -> Fact:
    _check_keys(table, _FACT_KEYS, ("id", "section", "statement"), where)
    return Fact(*(_text(table, key, where) for key in _FACT_KEYS))


def _compatible(table: Mapping[str, Any], where: str, known: Iterable[str]) -> Compatible:
    _check_keys(table, _COMPATIBLE_KEYS, ("claims", "statement", "study"), where)
    names = _names(table, "claims", where)
    for name in names:
        if name not in known:
            raise ClaimsError(f"{where}.claims: there is no claim {name!r}{_closest(name, known)}")
    statement, zh = _text(table, "statement", where), _text(table, "zh", where)
    return Compatible(names, statement, _study(table, where), zh)


def _tables(document: Mapping[str, Any], key: str) -> list[tuple[Mapping[str, Any], str]]:
    tables = document.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ClaimsError(f"{key}: expected a list of tables, each opened by [[{key}]]")
    return [(table, f"{key}[{i}]") for i, table in enumerate(tables)]


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], needed: tuple[str, ...], where: str) -> None:
    prefix = f"{where}." if where else ""
    for key in table:
        if key not in known:
            hint = f"{_closest(key, known)}; known keys: {', '.join(known)}"
            raise ClaimsError(f"{prefix}{key}: unknown key{hint}")
    for key in needed:
        if key not in table:
            raise ClaimsError(f"{prefix}{key}: this key is missing")


def _closest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f", did you mean {close[0]!r}?" if close else ""


def _check_unique(names: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ClaimsError(f"{where}: the id {name!r} occurs twice; give every entry its own")
        seen.add(name)


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ClaimsError(f"{where}.{key}: expected text, got {value!r}".lstrip("."))
    return " ".join(str(value).split())


def _names(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ClaimsError(f'{where}.{key}: expected a list of texts such as ["M1", "M2"], got {value!r}')
    return tuple(value)


def _study(table: Mapping[str, Any], where: str) -> str:
    study = _text(table, "study", where)
    if not study:
        return ""
    parts = study.split(":")
    if len(parts) != 2 or not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        raise ClaimsError(
            f"{where}.study: expected 'module:function', a module of the folder studies and a function in it, "
            f"both plain names; got {study!r}"
        )
    return study
