"""Code: the source beside the canvas."""

from __future__ import annotations

from graph.values.message import say
from gui.code.actions import code_actions
from gui.code.code import CodePanel
from gui.workspaces.panel import Panel, Side
from gui.workspaces.workspace import Seat, Workspace

SOURCE = Panel(
    "code",
    say("Code"),
    Side.RIGHT,
    lambda desk: CodePanel(desk.session),
    head=lambda code: code.head,
    offers=code_actions,
)

CODE = Workspace("code", say("Code"), "Ctrl+3", (Seat(SOURCE, share=0.44),), icon="code")
