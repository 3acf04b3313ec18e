"""Proofs as plain JSON types: everything that a reader needs to check them without the program that found them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopgame.algebra.farkas import Certificate, Premise
    from coopgame.algebra.polynomials import Ring
    from coopgame.algebra.prover import Fact, Proof
    from coopgame.analysis.shorten import Step
    from coopgame.analysis.stable_sets import Exclusion


def proof_record(proof: Proof) -> dict[str, Any]:
    """Return a proof: its kind, how sure it is, certificates with their multipliers, and the solver that was asked."""
    text = proof.text
    if proof.certificates:
        count = len(proof.certificates)
        text = "a certificate adds up" if count == 1 else f"{count} certificates, one for each case, add up"
        text += " to a contradiction"
    return {
        "kind": proof.kind,
        "known": proof.known,
        "text": text,
        "certificates": [certificate_record(certificate) for certificate in proof.certificates],
        "solver": _solver(proof),
    }


def _solver(proof: Proof) -> dict[str, Any] | None:
    run = proof.run
    if run is None:
        return None
    return {"program": run.program, "version": run.version, "steps": run.steps, "samples": run.samples}


def certificate_record(certificate: Certificate) -> dict[str, Any]:
    """Return a certificate: lines that add up to `sum`, each a multiple of an inequality that may be used."""
    terms = [_term(certificate.ring, multiplier, premise) for multiplier, premise in certificate.terms]
    return {"terms": terms, "sum": certificate.sum_text()}


def _term(ring: Ring, multiplier: int, premise: Premise) -> dict[str, Any]:
    return {
        "times": str(multiplier),
        **_premise(ring, premise),
        "factors": [_premise(ring, factor) for factor in premise.factors],
        "line": premise.multiplied(ring, multiplier),
    }


def _premise(ring: Ring, premise: Premise) -> dict[str, str]:
    return {"inequality": premise.text(ring), "because": premise.origin}


def fact_record(fact: Fact) -> dict[str, Any]:
    """Return a sign that holds everywhere, with the proof that its negation cannot hold."""
    return {"statement": fact.statement.text(), "proof": proof_record(fact.proof)}


def exclusion_record(exclusion: Exclusion) -> dict[str, Any]:
    """Return points that are never stable together, with the proof."""
    return {"stable": list(exclusion.stable), "proof": proof_record(exclusion.proof)}


def step_record(step: Step) -> dict[str, Any]:
    """Return one step from a definition to a shorter condition, with the proof that it changes nothing."""
    return {
        "part": step.part.text(),
        "kept": step.kept.text(),
        "dropped": step.dropped.text(),
        "proof": proof_record(step.proof),
    }
