"""What happens at a point of a hypersurface: rest points that meet, lines at rest, eigenvalues on the imaginary axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from coopgame.algebra.polynomials import Polynomial
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.radicals import Radical
from coopgame.analysis.box import Box
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.spots import Spot
from coopgame.analysis.surface_branches import (
    Branch,
    Still,
    Tracked,
    branch_at,
    same_place,
    still_faces,
    still_states,
    tracked,
)
from coopgame.analysis.surface_cycles import cycle_changes, hopf_change
from coopgame.analysis.surface_kinds import SurfaceChange, SurfaceKind, in_words, line_change
from coopgame.analysis.unlisted import SecondBranch, curves_at, listed_on


class Scene:
    """The rest points of a game, prepared to be seen from points of its hypersurfaces."""

    def __init__(self, points: RestPoints, box: Box | None, splits: Mapping[str, Quotient]) -> None:
        self.points = points
        self.ring = points.game.ring
        self.box = box
        self.splits = splits
        self.order = [point.label for point in points]
        poles = [self.ring.fraction(base, "denominator")[0] for base in points.game.denominators]
        self._poles = {str(factor) for pole in poles for factor, _ in self.ring.factor(pole)[1]}

    def is_pole(self, factor: Polynomial) -> bool:
        """Return whether a payoff divides by an irreducible polynomial."""
        return str(self.ring.factor(factor)[1][0][0]) in self._poles

    @cached_property
    def tracked(self) -> list[Tracked]:
        """The rest points with their coordinates as numbers."""
        return [tracked(point, self.ring) for point in self.points]

    @cached_property
    def still(self) -> list[Still]:
        """Sets of states that are at rest where equations between parameters hold."""
        listed = still_states(self.points.components, self.ring)
        known = {one.where for one in listed}
        more = still_faces(self.box) if self.box is not None else []
        return [*listed, *(one for one in more if one.where not in known)]

    def at(self, spot: Spot, factor: Polynomial) -> tuple[SurfaceChange, ...]:
        """Return what happens at a point where `factor` vanishes and nothing else that matters does."""
        return tuple(_Picture(self, spot, factor).changes())


class _Picture:
    """What happens at one point of a hypersurface."""

    def __init__(self, scene: Scene, spot: Spot, factor: Polynomial) -> None:
        self.scene, self.spot, self.factor = scene, spot, factor
        found = (branch_at(spot, one) for one in scene.tracked)
        self.branches = [branch for branch in found if branch is not None and branch.seen]
        self.hidden = len(self.branches) < len(scene.tracked) and any(not t.conditional for t in scene.tracked)

    def changes(self) -> Iterator[SurfaceChange]:
        """Yield all changes; those that nothing explains as undecided, with the reason."""
        left = [branch for branch in self.branches if branch.changes]
        if self.scene.is_pole(self.factor):
            yield self._pole(left)
        else:
            yield from self._at_finite_payoffs(left)
        for name, value in self.scene.splits.items():
            signs = self.spot.signs(value.numerator * value.denominator)
            if signs[0] != signs[2]:
                everywhere = bool((value.numerator % self.factor).is_zero())
                yield SurfaceChange(SurfaceKind.SPLIT, (), f"the sign of {name} changes", everywhere)

    def _pole(self, changing: Sequence[Branch]) -> SurfaceChange:
        """Return the change where payoffs are not defined and change sign through infinity; nothing meets there."""
        turning = [b for b in changing if b.lasting]
        coming = [b for b in changing if not b.lasting]
        parts = [f"{in_words(_labels(turning))} {_change_words(turning)}"] if turning else []
        parts += (
            [f"{in_words(_labels(coming))} {'comes or goes' if len(coming) == 1 else 'come or go'}"] if coming else []
        )
        across = f"; across it {' and '.join(parts)}" if parts else ""
        return SurfaceChange(SurfaceKind.POLE, _labels(changing), f"a payoff divides by zero{across}", True)

    def _at_finite_payoffs(self, left: list[Branch]) -> Iterator[SurfaceChange]:
        """Yield the changes where all payoffs are defined."""
        line = self._line(left)
        if line is not None:
            yield line
            left = [b for b in left if b.label not in self._on_line]
        curves = self._curves(left) if left else None
        if curves is not None:
            yield curves
            left = [b for b in left if b.label not in self._on_line]
        if any(branch.place is None for branch in left):
            yield from self._without_formula(left)
            left = [b for b in left if b.place is not None and not self._explained(b)]
        while left:
            first, *rest = left
            group = self._group(first)
            if group is None:
                yield self._undecided([first], f"whether another point meets {first.label} is not known")
                left = rest
                continue
            yield self._change(first, group)
            left = [branch for branch in rest if branch not in group]
        yield from cycle_changes(self.scene.points, self.scene.box, self.spot, self.factor)

    # lines of rest points -------------------------------------------------------------------------------------------

    def _line(self, changing: Sequence[Branch]) -> SurfaceChange | None:
        """Return the change by states that are at rest here and not beside, None when no rest point that changes is among them."""
        here = [s for s in self.scene.still if self.spot.truth(s.condition) == (False, True, False)]
        here = [s for s in here if not any(o is not s and _within(s.where, o.where) for o in here)]
        lines = [s for s in here if any(s.holds(self.spot, branch) for branch in changing)]
        self._on_line = {b.label for b in changing if any(s.holds(self.spot, b) for s in lines)}
        if not lines:
            return None
        shown = [s.where for s in here if s in lines or s.everywhere(self.factor)]
        return self._at_rest(changing, shown, all(s.everywhere(self.factor) for s in lines))

    def _curves(self, changing: Sequence[Branch]) -> SurfaceChange | None:
        """Return the change by curves of rest points inside planar faces of a box, None when no point that changes is on one."""
        box = self.scene.box
        curves = curves_at(box, self.spot) if box is not None else []
        curves = [curve for curve in curves if any(curve.holds(self.spot, b) for b in changing)]
        self._on_line = {b.label for b in changing if any(curve.holds(self.spot, b) for curve in curves)}
        return self._at_rest(changing, [curve.where for curve in curves], False) if curves else None

    def _at_rest(self, changing: Sequence[Branch], where: Sequence[str], everywhere: bool) -> SurfaceChange:
        on = [b for b in changing if b.label in self._on_line]
        turning = [b for b in on if b.turns]
        gains = [b for b in turning if b.stable[2]]
        leaving = _labels([b for b in on if not b.lasting])
        exchange = 0 < len(gains) < len(turning)
        return line_change(
            SurfaceChange(SurfaceKind.LINE, _labels(turning), "", everywhere, tuple(sorted(where)), exchange, leaving)
        )

    # points that meet -----------------------------------------------------------------------------------------------

    def _group(self, branch: Branch) -> list[Branch] | None:
        """Return the branches that come together here, the given one first; None where that is not known."""
        group = [branch]
        for other in self.branches:
            if other is branch:
                continue
            same = same_place(self.spot, branch, other)
            if same is None and other.place is not None:
                return None
            if same:
                group.append(other)
        return group

    def _change(self, branch: Branch, group: Sequence[Branch]) -> SurfaceChange:
        """Return the change at one place where nothing is at rest but single points."""
        lasting = [b for b in group if b.lasting]
        passing = [b for b in group if not b.lasting]
        if len(group) == 1:
            return self._alone(branch)
        anchors = lasting or passing
        zeros = anchors[0].tracked.eigenvalues.zeros(self.spot)
        if zeros != 1:
            number = "an unknown number of" if zeros is None else str(zeros)
            labels = in_words([b.label for b in group])
            return self._undecided(group, f"{labels} meet where {number} eigenvalues vanish")
        if len(lasting) == 2 and not passing:
            return self._meeting(
                lasting, f"{in_words(_labels(lasting))} meet{_where(lasting)} and exchange stability"
            )
        if len(lasting) == 1 and len(passing) == 1:
            return self._through_border(lasting[0], passing[0])
        if len(passing) == 2 and self._one_root(passing):
            return self._fold(lasting, passing)
        return self._undecided(group, f"{in_words(_labels(group))} meet in a way that is none of the simple ones")

    def _meeting(self, both: Sequence[Branch], text: str) -> SurfaceChange:
        return SurfaceChange(SurfaceKind.TRANSCRITICAL, _labels(both), text, self._identical(*both))

    def _through_border(self, lasting: Branch, passing: Branch) -> SurfaceChange:
        """Return the change where a point leaves its face through a point of the border of that face."""
        labels = _labels([passing, lasting])
        if not lasting.tracked.face > passing.tracked.face and not self._at_end(lasting, passing):
            return self._undecided(
                [passing, lasting], f"{passing.label} vanishes at {lasting.label} inside the same face"
            )
        text = f"{passing.label} passes through {lasting.label}{_where([lasting])}"
        return SurfaceChange(SurfaceKind.TRANSCRITICAL, labels, text, self._identical(passing, lasting))

    def _at_end(self, lasting: Branch, passing: Branch) -> bool:
        """Return whether the place is at an end of a coordinate that is free for the point that passes."""
        place = lasting.place or {}
        free = [name for name in place if name not in passing.tracked.face]
        unbounded = self.scene.points.game.unbounded
        top = [name for name in free if name not in unbounded]
        return any(self.spot.sign_at(place[name]) == 0 for name in free) or any(
            self.spot.sign_at(1 - place[name]) == 0 for name in top
        )

    def _one_root(self, passing: Sequence[Branch]) -> bool:
        """Return whether two points are the two roots of one quadratic equation whose discriminant vanishes here."""
        sides = {branch.exists[0] for branch in passing}
        numbers = [branch.tracked.numbers or {} for branch in passing]
        roots = [(one, two) for one, two in zip(*(n.values() for n in numbers), strict=True) if not one.q.is_zero()]
        conjugate = bool(roots) and all(
            (one.p - two.p).is_zero() and (one.q + two.q).is_zero() and (one.d - two.d).is_zero()
            for one, two in roots
        )
        return len(sides) == 1 and conjugate and self.spot.signs(roots[0][0].d.numerator)[1] == 0

    def _fold(self, lasting: Sequence[Branch], passing: Sequence[Branch]) -> SurfaceChange:
        """Return saddle-node or pitchfork: two roots meet, at a third point or not."""
        pair = in_words(_labels(passing))
        (root,) = {
            str(n.d.numerator): n.d for n in (passing[0].tracked.numbers or {}).values() if not n.q.is_zero()
        }.values()
        everywhere = bool((root.numerator % self.factor).is_zero())
        if not lasting:
            return SurfaceChange(SurfaceKind.SADDLE_NODE, _labels(passing), f"{pair} meet and vanish", everywhere)
        (middle,) = lasting
        alone = 0 if passing[0].exists[2] else 2
        side = "supercritical" if middle.stable[alone] else "subcritical" if middle.stable[2 - alone] else ""
        text = f"{pair} branch off from {middle.label}{f', {side}' if side else ''}"
        everywhere = everywhere and self._identical(middle, passing[0])
        return SurfaceChange(SurfaceKind.PITCHFORK, (*_labels(passing), middle.label), text, everywhere)

    def _identical(self, one: Branch, other: Branch) -> bool:
        """Return whether two points have the same coordinates wherever the factor vanishes and both formulas make sense."""
        pairs = [(value, (other.tracked.numbers or {})[name]) for name, value in (one.tracked.numbers or {}).items()]
        return all(self._vanishes(first, second) for first, second in pairs)

    def _vanishes(self, one: Radical, other: Radical) -> bool:
        if not one.q.is_zero() and not other.q.is_zero() and not (one.d - other.d).is_zero():
            return False
        gap = one - other
        norm = gap.p * gap.p - gap.q * gap.q * gap.d
        bottom = gap.p.denominator * gap.q.denominator
        if (bottom % self.factor).is_zero():
            return False
        return bool((norm.numerator % self.factor).is_zero())

    # points alone ---------------------------------------------------------------------------------------------------

    def _alone(self, branch: Branch) -> SurfaceChange:
        """Return the change of a point that meets no other listed one."""
        if not branch.lasting:
            return self._undecided(
                [branch], f"{branch.label} leaves the state space where no other point is known to be"
            )
        zeros = branch.tracked.eigenvalues.zeros(self.spot)
        if zeros == 0:
            found = hopf_change(self.scene.points, self.scene.box, self.spot, self.factor, branch)
            if found is not None:
                return found
        second = self._second_branch(branch) if zeros == 1 else None
        if second is not None:
            return SurfaceChange(SurfaceKind.TRANSCRITICAL, (branch.label,), second)
        more = "; points that are given by equations without short formulas may be there" if self.hidden else ""
        return self._undecided(
            [branch], f"the stability of {branch.label} changes and no listed point meets it{more}"
        )

    def _second_branch(self, branch: Branch) -> str | None:
        """Return in words which rest points without formulas pass through a point, None when that is not shown."""
        box = self.scene.box
        if box is None or branch.tracked.numbers is None:
            return None
        search = SecondBranch(box, self.spot, branch)
        face = search.face_reached()
        if face is not None:
            label = listed_on(self.scene.tracked, box, face)
            free = [name for name, end in zip(box.names, face, strict=True) if end is None]
            who = f"one of the points {label}" if label else f"a rest point with {in_words(free)} inside"
            return f"{who} passes through {branch.label}{_where([branch])}"
        return (
            f"another rest point passes through {branch.label}{_where([branch])}" if search.crosses_inside() else None
        )

    def _without_formula(self, left: Sequence[Branch]) -> Iterator[SurfaceChange]:
        """Yield the changes of points without formula, or whose formula has no value here."""
        for branch in left:
            if branch.place is not None:
                continue
            grows = [n for n, number in (branch.tracked.numbers or {}).items() if self.spot.infinite(number)]
            if grows:
                yield self._escape(branch, grows)
                continue
            end = self._only_end(branch, left)
            if end is None:
                yield self._undecided([branch], f"{branch.label} changes, and where it is is not known")
                continue
            self._on_line.add(end.label)
            text = f"{branch.label} passes through {end.label}{_where([end])}"
            yield SurfaceChange(SurfaceKind.TRANSCRITICAL, _labels([branch, end]), text)

    def _escape(self, branch: Branch, grows: Sequence[str]) -> SurfaceChange:
        """Return the change of a point whose quantities grow beyond every bound; that holds wherever the factor divides below."""
        numbers = branch.tracked.numbers or {}
        everywhere = all(bool((numbers[name].p.denominator % self.factor).is_zero()) for name in grows)
        text = f"{branch.label} goes to infinity in {in_words(grows)}"
        return SurfaceChange(SurfaceKind.INFINITY, (branch.label,), text, everywhere)

    def _only_end(self, branch: Branch, left: Sequence[Branch]) -> Branch | None:
        """Return the pure state through which the only mixed point of one population of two strategies leaves.

        The point is the only root inside while it exists. Here there is no root inside, or the point would exist: so it has left
        through the end at which the advantage vanishes, if that is one end.
        """
        game = self.scene.points.game
        ends = [b for b in self.branches if b.tracked.point.kind == "vertex"]
        zeros = [b for b in ends if b.tracked.eigenvalues.zeros(self.spot) == 1]
        if len(game.coordinates) > 1 or not self.scene.points.complete or branch.lasting or len(zeros) != 1:
            return None
        return zeros[0] if zeros[0] in left and not branch.exists[1] else None

    def _explained(self, branch: Branch) -> bool:
        return branch.label in self._on_line

    def _undecided(self, branches: Sequence[Branch], reason: str) -> SurfaceChange:
        return SurfaceChange(SurfaceKind.UNDECIDED, _labels(branches), reason)


def _labels(branches: Sequence[Branch]) -> tuple[str, ...]:
    return tuple(branch.label for branch in branches)


def _change_words(turning: Sequence[Branch]) -> str:
    gains = [branch for branch in turning if branch.stable[2]]
    if len(turning) == 1:
        return "gains or loses stability"
    return "exchange stability" if 0 < len(gains) < len(turning) else "gain or lose stability together"


def _within(inner: str, outer: str) -> bool:
    """Return whether states with the first equations are among those with the second."""
    return outer == "everywhere" or set(outer.split(" and ")) <= set(inner.split(" and "))


def _where(branches: Sequence[Branch]) -> str:
    """Return at which coordinates 0 and 1 of the points the meeting takes place, as words; nothing inside the state space."""
    point: RestPoint = branches[0].tracked.point
    ends = point.at_ends()
    if len(point.coordinates) > 1 and point.kind == "vertex":
        return ""  # its label says it
    return f" at {', '.join(f'{name} = {value}' for name, value in ends.items())}" if ends else ""
