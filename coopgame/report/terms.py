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
    "Symbols, their meaning and what is assumed": "参数符号、含义与取值约束",
    "Payoffs": "支付矩阵",
    "Replicator dynamics": "复制动态方程",
    "Expected payoffs, mean payoffs and replicator equations:": "期望收益、平均收益与复制动态方程：",
    "Jacobian matrix:": "雅可比矩阵：",
    "Rest points and their eigenvalues": "均衡点及其特征值",
    "Pure states and their eigenvalues": "纯策略均衡点及其特征值",
    "rest point": "均衡点",
    "state": "状态",
    "eigenvalue": "特征值",
    "exists if": "存在条件",
    "Stability": "稳定性分析",
    "Stability of the rest points": "均衡点的稳定性",
    "type": "类型",
    "nearby states": "邻近状态",
    "asymptotically stable if": "渐近稳定条件",
    "Regimes": "参数区间划分",
    "Stable rest points of each regime": "各区间的稳定均衡点",
    "regime": "区间",
    "stable": "稳定点",
    "condition": "条件",
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
    "not decided": "未判定",
    "line": "均衡点连线",
    "face": "均衡点面",
    "continuum": "均衡点连续统",
    "Continua of rest points": "均衡点连续统",
    "where": "位置",
    "everywhere": "全部状态",
    "if": "条件",
    "remark": "备注",
    "Examples of parameters for each regime": "各区间的参数示例取值",
    "Values: ": "参数取值：",
    "Assumed: ": "假设：",
    "Abbreviations:": "记号：",
    "All rest points are listed.": "以上列出全部均衡点。",
    "The list of rest points may be incomplete: ": "均衡点列表可能不完整：",
    "The regimes cover all assumed parameters but for the hypersurfaces between them.": "除区间之间的分界超曲面外，各区间覆盖全部满足假设的参数。",
    "Not everything is decided: ": "尚未全部判定：",
    "Not computed: ": "未计算：",
    "a root of its equation, which stands under “exists if”": "所满足的方程见“存在条件”",
    "a root of the replicator equation, for which there is no formula here": "复制动态方程的根，此处没有公式",
    "a sum of {} terms, in full in abbreviations.csv": "共 {} 项，全文见 abbreviations.csv",
}


def term(word: str, language: Language) -> str:
    """Return a term in the wanted language; words without a translation stay English."""
    return _CHINESE.get(word, word) if language == "zh" else word.removesuffix(" (type)")
