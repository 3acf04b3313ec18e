"""The outcome of a run over a folder of claims, and its report as a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coopgame.report.claims import Claim, ClaimsFile, Compatible
from coopgame.report.document import Block, Bullets, Document, Heading, Image, Paragraph, TableBlock
from coopgame.report.study import ClaimResult
from coopgame.report.tables import Table
from coopgame.report.terminal import wrapped

NOT_YET_MODELLED = "not yet modelled"
_MEANINGS = (
    "`holds always`: proved for every admissible parameter of the model",
    "`holds iff φ`: proved exactly where the condition φ holds, and false where it does not",
    "`fails`: false for every admissible parameter of the model",
    "`built in`: true by the sign of one assumed parameter, which is named; the model cannot refute it",
    "`depends on the model`: true in some of the models and false in others, or in parts of them, as stated",
    "`numerical only`: measured, not proved",
    "`untestable`: no model here can settle it; the reason is given",
    f"`{NOT_YET_MODELLED}`: the model that serves the claim is not built yet",
)


@dataclass(frozen=True)
class Outcome:
    """A claim (or a question of compatibility) with what its study found, or why there is no finding.

    failure: the error of the study as text, empty when it ran.
    """

    claim: Claim | Compatible
    result: ClaimResult | None = None
    failure: str = ""

    @property
    def verdict(self) -> str:
        """The verdict as printed in the table of claims."""
        if self.failure:
            return "study failed"
        return self.result.verdict if self.result else NOT_YET_MODELLED

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Models that the claim still waits for."""
        return self.claim.waits_for if isinstance(self.claim, Claim) else ()


@dataclass(frozen=True)
class ReproReport:
    """What a run over a folder of claims found, and where the report is.

    outcomes: one per claim, in the order of the claims file; compatible: one per question of compatibility.
    """

    claims: ClaimsFile = field(repr=False)
    outcomes: tuple[Outcome, ...]
    compatible: tuple[Outcome, ...]
    output: Path

    @property
    def failures(self) -> tuple[str, ...]:
        """One text per study that failed, with the claim it belongs to; empty when all ran."""
        both = (*self.outcomes, *self.compatible)
        return tuple(f"claim {outcome.claim.id}: {outcome.failure}" for outcome in both if outcome.failure)

    def __getitem__(self, claim: str) -> Outcome:
        for outcome in (*self.outcomes, *self.compatible):
            if outcome.claim.id == claim:
                return outcome
        raise KeyError(f"no claim {claim!r}; there are {', '.join(o.claim.id for o in self.outcomes)}")

    def table(self) -> Table:
        """Return the table of verdicts: one row per claim."""
        rows = []
        for outcome in self.outcomes:
            claim = outcome.claim
            assert isinstance(claim, Claim)
            models, waiting = ", ".join(claim.models), ", ".join(claim.waits_for)
            rows.append((claim.id, claim.section, claim.statement, models, outcome.verdict, waiting))
        heads = ("claim", "section", "statement", "models", "verdict", "still to model")
        return Table(heads, tuple(rows), "Verdicts")

    def text(self, width: int = 100) -> str:
        """Return the table of verdicts for a terminal of the given width."""
        lines = ["", f"{'claim':<6} verdict", "-" * width]
        for outcome in self.outcomes:
            claim = outcome.claim
            assert isinstance(claim, Claim)
            lines += wrapped(outcome.verdict.replace("`", ""), width, f"{claim.id:<6} ")
            lines += wrapped(claim.statement, width, " " * 7)
            if outcome.result and claim.waits_for:
                lines += wrapped(f"(still to model: {', '.join(claim.waits_for)})", width, " " * 7)
        for outcome in self.compatible:
            lines += ["-" * width, *wrapped(outcome.verdict.replace("`", ""), width, f"{outcome.claim.id}: ")]
        lines += ["-" * width, _counts(self.outcomes)]
        return "\n".join(lines)

    def document(self) -> Document:
        """Return the report as a document; images and tables are referred to by paths relative to it."""
        return Document(self.claims.title, list(_blocks(self)))


def _counts(outcomes: tuple[Outcome, ...]) -> str:
    open_claims = sum(1 for o in outcomes if not o.result and not o.failure)
    failed = sum(1 for o in outcomes if o.failure)
    parts = [f"{len(outcomes)} claims", f"{len(outcomes) - open_claims - failed} with a verdict"]
    parts += [f"{open_claims} {NOT_YET_MODELLED}"] if open_claims else []
    parts += [f"{failed} with a study that failed"] if failed else []
    return ", ".join(parts)


def _blocks(report: ReproReport) -> Iterator[Block]:
    claims = report.claims
    shown: dict[str, str] = {}
    if claims.zh:
        yield Paragraph(claims.zh, language="zh")
    if claims.source:
        yield Paragraph(claims.source, "Source")
    yield Paragraph(_counts(report.outcomes) + ".")
    yield Heading(2, "Verdicts", "verdicts")
    table = report.table()
    yield TableBlock(Table(table.columns, table.rows), ("tables/verdicts.csv", "tables/verdicts.tex"))
    yield Paragraph("What the words mean", "")
    yield Bullets(_MEANINGS)
    if report.compatible:
        yield Heading(2, "Which claims are compatible", "compatible")
        for outcome in report.compatible:
            yield from _outcome_blocks(outcome, shown)
    yield Heading(2, "Claims one by one", "claims")
    for outcome in report.outcomes:
        yield from _outcome_blocks(outcome, shown)
    if claims.facts:
        yield Heading(2, "Facts that the paper reports", "facts")
        rows = tuple((fact.id, fact.section, fact.statement) for fact in claims.facts)
        yield TableBlock(Table(("id", "section", "fact"), rows))


def _outcome_blocks(outcome: Outcome, shown: dict[str, str]) -> Iterator[Block]:
    """One claim; shown: study -> the claim under which its finding already stands."""
    claim = outcome.claim
    yield Heading(3, f"{claim.id}: {claim.statement}", claim.id.replace(" ", "-"))
    if claim.zh:
        yield Paragraph(claim.zh, language="zh")
    if isinstance(claim, Claim):
        yield Paragraph(claim.section, "Section of the paper")
        for lead, text in (
            ("Models", ", ".join(claim.models)),
            ("Formal statement", claim.formal),
            ("Weakest model that could refute it", claim.weakest),
        ):
            if text:
                yield Paragraph(text, lead)
    yield Paragraph(outcome.verdict, "Verdict")
    if outcome.failure:
        yield Paragraph(outcome.failure, "Error")
    if outcome.waits_for:
        yield Paragraph(", ".join(outcome.waits_for), "Still to model")
    if outcome.result and shown.setdefault(claim.study, claim.id) != claim.id:
        yield Paragraph(f"the study is that of {shown[claim.study]}; see there", "Finding")
    elif outcome.result:
        yield from _result_blocks(outcome.result)


def _result_blocks(result: ClaimResult) -> Iterator[Block]:
    if result.detail:
        yield Paragraph(result.detail, "Finding")
    if result.evidence:
        yield Bullets(result.evidence)
    for name, table in result.tables.items():
        shown = Table(table.columns, table.rows, result.captions.get(name, table.caption))
        yield TableBlock(shown, (f"tables/{name}.csv", f"tables/{name}.tex"))
    for name in result.figures:
        yield Image(f"figures/{name}.png", result.captions.get(name, name), f"figures/{name}.pdf")
