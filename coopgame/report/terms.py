"""Terms of the field in English and Chinese, in one place."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]

_CHINESE = {
    "Parameters": "参数",
    "symbol": "符号",
    "meaning": "含义",
    "assumed": "取值约束",
    "default": "基准值",
    "unit": "单位",
    "source": "来源",
    "Payoffs": "支付矩阵",
    "Replicator dynamics": "复制动态方程",
    "expected payoffs, mean payoffs and replicator equations": "期望收益、平均收益与复制动态方程",
    "Jacobian matrix": "雅可比矩阵",
    "Rest points and their eigenvalues": "均衡点及其特征值",
    "Pure states and their eigenvalues": "纯策略均衡点及其特征值",
    "rest point": "均衡点",
    "state": "状态",
    "eigenvalue": "特征值",
    "exists if": "存在条件",
    "Stability": "稳定性分析",
    "type": "类型",
    "nearby states": "邻近状态",
    "asymptotically stable if": "渐近稳定条件",
    "Regimes": "参数区间划分",
    "regime": "区间",
    "stable": "稳定点",
    "condition": "条件",
    "for example": "示例取值",
    "always": "恒成立",
    "never": "不成立",
    "none": "无",
    "or": "或",
    "and": "且",
    "sink": "汇点",
    "source (type)": "源点",
    "saddle": "鞍点",
    "center": "中心点",
    "non-hyperbolic": "非双曲",
    "depends": "取决于参数",
    "asymptotic": "渐近稳定",
    "lyapunov": "李雅普诺夫稳定",
    "unstable": "不稳定",
    "unknown": "未判定",
    "Hypersurfaces between the regimes": "区间之间的分界超曲面",
    "hypersurface": "分界超曲面",
    "what happens": "分岔类型",
    "rest points": "涉及的均衡点",
    "between": "相邻区间",
    "transcritical": "跨临界分岔",
    "saddle-node": "鞍结分岔",
    "pitchfork": "叉式分岔",
    "supercritical Hopf": "超临界霍普夫分岔",
    "subcritical Hopf": "亚临界霍普夫分岔",
    "degenerate Hopf": "退化霍普夫分岔（闭轨）",
    "Hopf": "霍普夫分岔",
    "line of rest points": "均衡点连续统",
    "heteroclinic change": "异宿环稳定性变化",
    "pole": "收益的极点",
    "split": "划分式变号",
    "undecided": "未判定",
}


def term(word: str, language: Language) -> str:
    """Return a term in the wanted language; words without a translation stay English."""
    return _CHINESE.get(word, word) if language == "zh" else word.removesuffix(" (type)")
