"""The network: the graph that every reader makes and every view reads, and what can be asked of it."""

from __future__ import annotations

from shapelens.network.applied import Answers, Applied
from shapelens.network.evaluation import Evaluation, Step, evaluate_edited, evaluate_network
from shapelens.network.graph import Claims, Guard, Input, ModuleCall, Network, Node, Origin, Weight

__all__ = [
    "Answers",
    "Applied",
    "Claims",
    "Evaluation",
    "Guard",
    "Input",
    "ModuleCall",
    "Network",
    "Node",
    "Origin",
    "Step",
    "Weight",
    "evaluate_edited",
    "evaluate_network",
]
