"""Python names for a plan, generated from what the user called things.

A node's own name is kept only where it is a plain, harmless identifier. Anything else is replaced
by the layer type's name and a number, so that no text of the user ever becomes code.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9]+", re.ASCII)

_MODULE_WORDS = (
    "T_destination add_module add_submodule apply bfloat16 buffers call_super_init children code "
    "compile cpu cuda delete_all_unused_submodules delete_submodule double dump_patches eval "
    "extra_repr float forward get_buffer get_extra_state get_parameter get_submodule graph half "
    "ipu load_state_dict meta modules mtia named_buffers named_children named_modules "
    "named_parameters parameters print_readable recompile register_backward_hook register_buffer "
    "register_forward_hook register_forward_pre_hook register_full_backward_hook "
    "register_full_backward_pre_hook register_load_state_dict_post_hook "
    "register_load_state_dict_pre_hook register_module register_parameter "
    "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state "
    "set_submodule shape_env share_memory state_dict to to_empty to_folder train training type "
    "xpu zero_grad"
)
MODULE_NAMES = frozenset(_MODULE_WORDS.split())
"""Attributes of torch.nn.Module and torch.fx.GraphModule, which a layer must not replace."""

RESERVED = (
    MODULE_NAMES
    | frozenset(keyword.kwlist)
    | frozenset(keyword.softkwlist)
    | frozenset(dir(builtins))
    | frozenset({"self", "x", "nn", "torch", "Tensor", "F", "math", "ops", "operator"})
    | frozenset({"model", "image", "load_file", "init_classic_"})
)


def is_plain(name: str) -> bool:
    """Whether a name may stand in code as it is."""
    return bool(_PLAIN.fullmatch(name)) and name not in RESERVED and "__" not in name


def python_names(nodes: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Names for (id, the user's name, the type's base name), unique and in order.

    Plain names are given out first, so that a generated one never takes a name somebody chose.
    """
    nodes = list(nodes)
    found: dict[str, str] = {}
    used: set[str] = set()
    for node, name, _ in nodes:
        if is_plain(name) and name not in used:
            found[node] = name
            used.add(name)
    for node, _, base in nodes:
        if node not in found:
            number = 1
            while f"{base}{number}" in used:
                number += 1
            found[node] = f"{base}{number}"
            used.add(found[node])
    return found


def class_name(text: str) -> str:
    """A class name from a project's name: ``fashion senet`` -> ``FashionSenet``."""
    words = _WORD.findall(text)
    name = "".join(word[0].upper() + word[1:] for word in words)[:40]
    if not name or not name[0].isalpha():
        name = f"Network{name}"
    return f"{name}Network" if name in RESERVED or len(name) == 1 else name
