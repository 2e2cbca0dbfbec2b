"""Runs exported files alone: torch and the standard library, nothing of the repository.

``python alone.py FOLDER``: import every NAME.py in the folder, load the weights NAME.safetensors,
run the class named in NAME.json on the images NAME.in, write the results to NAME.out and print one
line of JSON with the name and the keys of ``state_dict``.
"""

import importlib.util
import json
import sys
from pathlib import Path


def values(path: Path) -> list:
    from safetensors.torch import load_file

    found = load_file(path)
    return [found[name] for name in sorted(found)]


def run(file: Path) -> dict:
    import torch
    from safetensors.torch import load_file, save_file

    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    kind = getattr(module, json.loads(file.with_suffix(".json").read_text())["class_name"])
    model = kind()
    keys = list(model.state_dict())
    model.load_state_dict(load_file(file.with_suffix(".safetensors")))
    model.eval()
    images = values(file.with_suffix(".in"))
    with torch.no_grad():
        result = model(*images)
    results = result if isinstance(result, tuple) else (result,)
    saved = {f"{n:03}": value.clone().contiguous() for n, value in enumerate(results)}
    save_file(saved, file.with_suffix(".out"))
    return {"name": file.stem, "keys": keys}


class NothingOfOurs:
    """Refuses the repository's packages, which an editable install puts on the path."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"graph", "backend", "gui", "main"}:
            raise ImportError(f"an exported file asks for {name}")


def main() -> None:
    import torch

    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    sys.meta_path.insert(0, NothingOfOurs())
    for file in sorted(folder.glob("*.py")):
        try:
            print(json.dumps(run(file)), flush=True)
        except Exception as error:
            print(json.dumps({"name": file.stem, "error": repr(error)}), flush=True)


main()
