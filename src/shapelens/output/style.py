"""How HTML output looks: a palette for light and for dark, and the rules of one fragment."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.explanation.document import BREAK, CHANNELS, LABEL, POSITIONS, UNKNOWN, VERIFIED

__all__ = ["DARK", "LIGHT", "ROOT", "SCOPE", "STYLE"]

ROOT = "shapelens-output"
"""The class of the element around a fragment."""

_ROLES = (POSITIONS, CHANNELS, BREAK, VERIFIED, UNKNOWN, LABEL)
"""The roles that have a colour; an answer is bold."""

LIGHT = {
    "paper": "#ffffff",
    "pointed": "#f3f4f2",
    "broken": "#fcefe9",
    "line": "#c9cbc8",
    "ink": "#1c2127",
    POSITIONS: "#00667f",
    CHANNELS: "#97287f",
    BREAK: "#b3360a",
    VERIFIED: "#0a6b45",
    UNKNOWN: "#7d5400",
    LABEL: "#5b636d",
}
"""Colours on light paper; those of text stand out from every ground by 4.5 to 1 and more."""

DARK = {
    "paper": "#181c20",
    "pointed": "#23292f",
    "broken": "#38231b",
    "line": "#4a525b",
    "ink": "#e6e9ec",
    POSITIONS: "#5cc8de",
    CHANNELS: "#e498d2",
    BREAK: "#ff8f63",
    VERIFIED: "#4cc996",
    UNKNOWN: "#e3b341",
    LABEL: "#a3adb7",
}
"""Colours on dark paper."""

# A host has rules of its own for tables and preformatted text, which go by classes. A list of selectors weighs as much
# as its heaviest, so this one outweighs them all, though no element has the identifier.
SCOPE = f":is(.{ROOT},#shapelens-nothing)"
"""What every rule begins with, so that none reaches beyond a fragment."""

# What the surroundings say of themselves goes before what the system prefers: JupyterLab, VS Code, Colab, Sphinx.
_LIGHT_HOSTS = """:is([data-jp-theme-light="true"],.vscode-light,.vscode-high-contrast-light,\
[theme="light"],[data-theme="light"])"""
_DARK_HOSTS = """:is([data-jp-theme-light="false"],.vscode-dark,\
.vscode-high-contrast:not(.vscode-high-contrast-light),[theme="dark"],[data-theme="dark"])"""


def _palette(colours: Mapping[str, str], scheme: str) -> str:
    """A palette as declarations: `--shapelens-ink:#1c2127`."""
    return f"color-scheme:{scheme};" + ";".join(f"--shapelens-{n}:{c}" for n, c in colours.items())


# `&` stands for the scope.
_RULES = """
&{container-type:inline-size;box-sizing:border-box;width:100%;min-width:20em;padding:10px 6px;border-radius:6px;
background:var(--shapelens-paper);color:var(--shapelens-ink);text-align:left;
font:12.5px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;
--shapelens-mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
& *{all:revert}
& [class]{unicode-bidi:isolate}
& .shapelens-scroll{overflow-x:auto}
& table{border-collapse:collapse;font:inherit;color:inherit;white-space:pre}
& caption{padding:0 6px 8px;text-align:left;white-space:pre-wrap;overflow-wrap:anywhere}
& .shapelens-part{display:inline-block}
& :is(th,td){padding:1px 6px 1px 8px;font-weight:inherit;text-align:left;vertical-align:baseline}
& :is(th,td):first-child{padding-left:6px}
& .shapelens-tight{padding-left:1px}
& .shapelens-number{text-align:right}
& .shapelens-long{min-width:40ch;max-width:60ch;white-space:pre-wrap;overflow-wrap:anywhere}
& thead th{padding-bottom:3px;border-bottom:1px solid var(--shapelens-line);color:var(--shapelens-label)}
& tbody tr:first-child>*{padding-top:4px}
& tbody tr:last-child>*{padding-bottom:4px}
& tbody tr:hover{background:var(--shapelens-pointed)}
& tbody tr.shapelens-fails{background:var(--shapelens-broken)}
& tfoot :is(th,td){padding-top:4px;border-top:1px solid var(--shapelens-line)}
& .shapelens-tree{font-family:var(--shapelens-mono)}
& :is(.shapelens-volume,.shapelens-glimpse){font:12px/1 var(--shapelens-mono)}
& .shapelens-volume{letter-spacing:-.25em}
& :is(pre,dl){margin:12px 6px 0;font:12px/1.5 var(--shapelens-mono)}
& pre{overflow-x:auto;white-space:pre}
& p{margin:10px 6px 0;max-width:80em;font-size:12px}
& p+p{margin-top:3px}
& .shapelens-title{margin:0 6px;font-size:inherit;white-space:pre-wrap}
& .shapelens-finding{margin-top:14px;font-size:inherit;white-space:pre-wrap}
& .shapelens-finding+dl{margin-top:3px}
& dl{display:grid;grid-template-columns:minmax(8ch,max-content) minmax(0,1fr);gap:0 2ch;max-width:115ch}
& dt{color:var(--shapelens-label)}
& dd{margin:0}
& dd div{padding-left:var(--shapelens-hang);text-indent:calc(-1*var(--shapelens-hang));
white-space:pre-wrap;overflow-wrap:anywhere}
& :is(.shapelens-answer,.shapelens-break){font-weight:600}
"""

STYLE = "\n".join(
    [
        f"&{{{_palette(LIGHT, 'light')}}}",
        f"@media (prefers-color-scheme:dark){{&{{{_palette(DARK, 'dark')}}}}}",
        f"{_LIGHT_HOSTS} &{{{_palette(LIGHT, 'light')}}}",
        f"{_DARK_HOSTS} &{{{_palette(DARK, 'dark')}}}",
        _RULES.strip(),
        *[f"& .shapelens-{role}{{color:var(--shapelens-{role})}}" for role in _ROLES],
    ]
).replace("&", SCOPE)
"""The rules that every fragment has."""
