"""Results that are a list of entries and say more about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, TypeVar, overload

Entry = TypeVar("Entry")


class Listed(Sequence[Entry]):
    """A result that is the sequence of the entries in one of its fields; a subclass names that field in `entries_in`."""

    entries_in: ClassVar[str]

    @property
    def _entries(self) -> tuple[Entry, ...]:
        entries: tuple[Entry, ...] = getattr(self, self.entries_in)
        return entries

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, key: int) -> Entry: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Entry]: ...
    def __getitem__(self, key: int | slice) -> Entry | Sequence[Entry]:
        return self._entries[key]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)
