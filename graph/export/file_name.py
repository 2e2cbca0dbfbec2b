"""What an exported file may be called.

Python looks for modules first in the folder of the file that it runs. A file called torch.py is
therefore found by its own ``import torch``, and one called random.py by torch's.
"""

from __future__ import annotations

import sys

from graph.values.message import Message, say

SUFFIX = ".py"

IMPORTED = frozenset(
    {
        "filelock",
        "fsspec",
        "jinja2",
        "markupsafe",
        "mpmath",
        "networkx",
        "numpy",
        "safetensors",
        "setuptools",
        "sympy",
        "torch",
        "torchgen",
        "torchvision",
        "triton",
        "typing_extensions",
    }
)
"""What an exported file imports, and what torch does in turn, beside the standard library."""


def free_name(module: str) -> str:
    """The name of a module, changed where another module has it."""
    return f"my_{module}" if module in IMPORTED or module in sys.stdlib_module_names else module


def refuse_file_name(name: str) -> Message | None:
    """Why a file of this name could not run, or None."""
    if not name.endswith(SUFFIX) or name == SUFFIX:
        return say("the name of a Python file ends in .py")
    module = name.removesuffix(SUFFIX)
    if free_name(module) != module:
        return say(
            "a file called {name} would be taken for the module {module} that it needs itself; "
            "choose another name, such as {other}",
            name=name,
            module=module,
            other=f"{free_name(module)}{SUFFIX}",
        )
    return None
