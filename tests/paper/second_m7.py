"""Model M7 (cities): an independent implementation, written from the text of the model alone.

State: x[i, 0] = x_iC and x[i, 1] = x_iW are shares of ALL firms (they sum to one over the whole array);
s_i = x_iC + x_iW. Everything is a plain function; derivatives are taken by the complex step, so they are exact
to rounding and share no formula with a hand-written Jacobian.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

Array = np.ndarray
C, W = 0, 1
STEP = 1e-30  # complex step


@dataclass(frozen=True)
class Params:
    A: Array  # A_i, stand-alone value of city i
    CC: float
    CW: float
    WC: float
    WW: float
    gamma: float  # local spillover from cooperators
    rho: Array  # rho_i, value of route density
    omega: float  # how much local cooperation multiplies the value of route density
    beta: float  # congestion
    sigma: Array  # sigma[i, j]: what city i gains from activity in city j; zero diagonal


def payoffs(x: Array, p: Params) -> Array:
    """Pay of every (city, conduct), same shape as x.

    Choices where the text could be read otherwise:
    1. "of W the same with WC, WW" is read literally: gamma*x_iC and rho_i*(1 + omega*x_iC)*s_i are paid to BOTH
       conducts; only the encounter part differs. So u_iC - u_iW = x_iC*(CC - WC) + x_iW*(CW - WW).
    2. Densities are shares of all firms, not of the city's firms: encounters scale with s_i and vanish in an
       empty city, where both conducts earn A_i + sum_j sigma_ij*s_j.
    3. sigma has a zero diagonal, takes the total s_j (either conduct), and adds to the pay of both conducts.
    4. A firm meets itself with negligible weight (continuum); total mass is fixed at one (no entry or exit).
    """
    s = x[:, C] + x[:, W]
    u = np.zeros(
        x.shape,
        dtype=np.result_type(
            x.dtype,
            np.asarray(p.rho).dtype,
            np.asarray(p.A).dtype,
            np.asarray(p.sigma).dtype,
            *map(type, (p.CC, p.CW, p.WC, p.WW, p.gamma, p.omega, p.beta)),
            float,
        ),
    )
    for i in range(len(s)):
        if p.sigma[i, i] != 0:
            raise ValueError("sigma must have a zero diagonal")
        common = p.A[i] + p.gamma * x[i, C] + p.rho[i] * (1 + p.omega * x[i, C]) * s[i] - p.beta * s[i] ** 2
        for j in range(len(s)):
            if j != i:
                common = common + p.sigma[i, j] * s[j]
        u[i, C] = x[i, C] * p.CC + x[i, W] * p.CW + common
        u[i, W] = x[i, C] * p.WC + x[i, W] * p.WW + common
    return u


def logit_field(x: Array, p: Params, eta: float) -> Array:
    """Logit mean dynamic over the 2*cities options, written with explicit loops."""
    u = payoffs(x, p)
    top, weight, total = u.real.max(), np.empty_like(u), 0.0
    for i in range(len(x)):
        for c in (C, W):
            weight[i, c] = np.exp((u[i, c] - top) / eta)
            total = total + weight[i, c]
    out = np.empty_like(u)
    for i in range(len(x)):
        for c in (C, W):
            out[i, c] = weight[i, c] / total - x[i, c]
    return out


def smith_field(x: Array, p: Params) -> Array:
    """Smith's pairwise comparison: from option l to option k at rate x_l * max(u_k - u_l, 0), all pairs of options."""
    u, y = payoffs(x, p).ravel(), x.ravel()
    out = np.zeros(len(y))
    for k in range(len(y)):
        for l in range(len(y)):
            out[k] += y[l] * max(u[k] - u[l], 0.0) - y[k] * max(u[l] - u[k], 0.0)
    return out.reshape(x.shape)


def with_value(p: Params, name: str, index: int | tuple[int, int] | None, value: complex) -> Params:
    """Copy of p with one scalar (an entry of an array when index is given) set to value."""
    if index is None:
        return replace(p, **{name: value})
    arr = np.array(getattr(p, name), dtype=np.result_type(type(value), float))
    arr[index] = value
    return replace(p, **{name: arr})


def _g(z: Array, p: Params, eta: float) -> Array:
    return logit_field(z.reshape(-1, 2), p, eta).ravel()


def jacobian(z: Array, p: Params, eta: float) -> Array:
    """Complex-step Jacobian of the logit field in all 2n coordinates (mass is not imposed: its eigenvalue is -1)."""
    eye = np.eye(len(z))
    return np.array([_g(z + 1j * STEP * e, p, eta).imag / STEP for e in eye]).T


def tangent_eigenvalues(z: Array, p: Params, eta: float) -> Array:
    """Eigenvalues on the tangent space {sum = 0}, largest real part first."""
    n = len(z)
    basis = np.linalg.svd(np.ones((1, n)))[2][1:].T
    ev = np.linalg.eigvals(basis.T @ jacobian(z.ravel(), p, eta) @ basis)
    return ev[np.argsort(-ev.real)]


def newton(z: Array, p: Params, eta: float, tol: float = 1e-14, steps: int = 80) -> Array | None:
    """Damped Newton for a logit rest point; None when it does not converge to a point of the simplex."""
    g = _g(z, p, eta)
    for _ in range(steps):
        size = np.abs(g).max()
        if size < tol:
            break
        try:
            d = np.linalg.solve(jacobian(z, p, eta), -g)
        except np.linalg.LinAlgError:
            return None
        t = 1.0
        while t > 1e-4:
            trial = z + t * d
            gt = _g(trial, p, eta)
            if np.abs(gt).max() < size:
                break
            t /= 2
        else:
            break
        z, g = trial, gt
    return z if np.abs(g).max() < 1e-12 and z.min() > 0 else None


def rest_points(p: Params, eta: float, starts: int = 1000, seed: int = 0) -> list[Array]:
    """Logit rest points from Newton starts near the vertices, sparse random starts and uniform ones; duplicates removed."""
    n, rng = 2 * len(p.A), np.random.default_rng(seed)
    pool = [np.full(n, 1 / n)] + [(1 - e) * v + e / n for v in np.eye(n) for e in (0.02, 0.1, 0.3)]
    pool += [rng.dirichlet(np.full(n, a)) for a in (0.15, 0.5, 1.0) for _ in range(starts // 3)]
    found: list[Array] = []
    for z in pool:
        r = newton(z, p, eta)
        if r is not None and all(np.abs(r - f).max() > 1e-7 for f in found):
            found.append(r)
    return sorted(found, key=lambda f: tuple(-np.round(f, 9)))


def refine_fold(z: Array, lam: float, p: Params, eta: float, name: str, index) -> tuple[Array, float, float]:
    """Solve g = 0, Dg v = 0, c.v = 1 for (x, parameter, v); returns x, parameter and the final residual."""
    n = len(z)
    v = np.linalg.svd(jacobian(z, with_value(p, name, index, lam), eta))[2][-1]
    c = v.copy()

    def system(y: Array) -> Array:
        q = with_value(p, name, index, float(y[n]))
        return np.concatenate([_g(y[:n], q, eta), jacobian(y[:n], q, eta) @ y[n + 1 :], [c @ y[n + 1 :] - 1]])

    y, h = np.concatenate([z, [lam], v]), 1e-6
    for _ in range(40):
        f = system(y)
        jac = np.array([(system(y + h * e) - system(y - h * e)) / (2 * h) for e in np.eye(2 * n + 1)]).T
        step = np.linalg.solve(jac, -f)
        y = y + step
        if np.abs(step).max() < 1e-13:
            break
    return y[:n], float(y[n]), float(np.abs(system(y)).max())


def continuation(
    z: Array,
    p: Params,
    eta: float,
    name: str,
    index,
    lo: float,
    hi: float,
    direction: int,
    ds: float = 0.02,
    max_points: int = 4000,
) -> tuple[list[tuple[Array, float, int]], list[dict]]:
    """Pseudo-arclength branch from z: points (x, parameter, number of unstable eigenvalues), and folds."""
    lam = complex(np.asarray(getattr(p, name))[() if index is None else index]).real
    n, old, branch, folds = len(z), None, [], []
    for _ in range(max_points):
        q = with_value(p, name, index, lam)
        dlam = _g(z, with_value(p, name, index, lam + 1j * STEP), eta).imag / STEP
        t = np.linalg.svd(np.column_stack([jacobian(z, q, eta), dlam]))[2][-1]
        t = t * (np.sign(t[n]) * direction if old is None else np.sign(t @ old))
        branch.append((z, lam, int((tangent_eigenvalues(z, q, eta).real > 0).sum())))
        if old is not None and t[n] * old[n] < 0:
            zf, lf, res = refine_fold((z + branch[-2][0]) / 2, (lam + branch[-2][1]) / 2, p, eta, name, index)
            folds.append({"at_point": len(branch) - 1, "x": zf, "value": lf, "residual": res})
        if not lo <= lam <= hi:
            break
        old, base, h = t, np.append(z, lam), ds
        while h > 1e-9:
            y = base + h * t
            for _ in range(8):
                q = with_value(p, name, index, float(y[n]))
                dlam = _g(y[:n], with_value(p, name, index, y[n] + 1j * STEP), eta).imag / STEP
                f = np.append(_g(y[:n], q, eta), t @ (y - base) - h)
                jac = np.vstack([np.column_stack([jacobian(y[:n], q, eta), dlam]), t])
                y = y + np.linalg.solve(jac, -f)
            if np.abs(f).max() < 1e-12 and np.linalg.norm(y - base) < 2 * h:
                break
            h /= 2
        else:
            break
        z, lam, ds = y[:n], float(y[n]), min(1.3 * h, 0.02)
    return branch, folds


def diversification(opens: Array, capacity: Array | None = None, split: bool = False) -> float:
    """Inverse Herfindahl index of the markets reached; opens[r, d] is 1 when route r opens market d.

    Choice: the weight of market d is the (capacity-weighted) number of routes that open it; capacity is one per
    route unless given. With split=True a route's capacity is divided equally among its markets instead of counting
    in full in each. No market reached gives 0. The index lies between 1 and the number of markets reached.
    """
    o = np.asarray(opens, dtype=float)
    if split:
        o = o / np.maximum(o.sum(axis=1, keepdims=True), 1)
    m = (np.ones(len(o)) if capacity is None else np.asarray(capacity, dtype=float)) @ o
    return float(m.sum() ** 2 / (m @ m)) if m.sum() > 0 else 0.0


def emptied(x: Array, city: int, level: float) -> bool:
    """Is the share s_city of all firms strictly below the stated level?"""
    return bool(np.asarray(x).reshape(-1, 2)[city].sum() < level)
