"""What results hold in common that say something about each of several uncertain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from coopgame.sweeps.ranges import Range
from coopgame.sweeps.responses import Quantity

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False)
class PerNumber:
    """A table with one row for each uncertain number, about one quantity; a subclass names its columns, arrays of shape (d,)."""

    quantity: Quantity
    ranges: tuple[Range, ...]

    columns: ClassVar[tuple[str, ...]]
    digits: ClassVar[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The uncertain numbers, in the order of the rows."""
        return tuple(given.name for given in self.ranges)

    @property
    def known(self) -> str:
        """How it is known: numerical."""
        return "numerical"

    @property
    def text(self) -> str:
        """The result in words; a subclass says them."""
        raise AssertionError(f"{type(self).__name__} must say what it found")

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the table, one row for each number."""
        import pandas

        index = pandas.Index(self.names, name="parameter")
        return pandas.DataFrame({name: getattr(self, name) for name in self.columns}, index=index)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from html import escape

        return f"{self.to_dataframe().to_html(float_format=self.digits)}<p>{escape(self.text.splitlines()[0])}</p>"
