"""Runs exported files alone: torch and the standard library, nothing of the repository.

``python alone.py FOLDER``: import every NAME.py in the folder, load the weights NAME.safetensors,
run the class named in NAME.json on the images NAME.in, write the results to NAME.out and print one
line of JSON with the name, the keys of ``state_dict`` and the addresses of all values that were
read. Where NAME.json has a seed, the weights that the class has by itself after this seed go to
NAME.first, and the results in training mode after the same seed to NAME.train.
"""

import importlib.util
import json
import sys
from pathlib import Path


def values(path: Path) -> list:
    """The tensors of a file, copied into torch's own memory: a matrix product's last bit may
    depend on where its factors lie. Weights need no such copy, load_state_dict makes one."""
    from safetensors.torch import load_file

    found = load_file(path)
    return [found[name].clone() for name in sorted(found)]


def save(tensors: dict, path: Path) -> None:
    from safetensors.torch import save_file

    save_file({name: value.detach().clone().contiguous() for name, value in tensors.items()}, path)


def results(model, images: list) -> dict:
    import torch

    with torch.no_grad():
        result = model(*images)
    found = result if isinstance(result, tuple) else (result,)
    return {f"{n:03}": value for n, value in enumerate(found)}


def run(file: Path) -> dict:
    import torch
    from safetensors.torch import load_file

    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    about = json.loads(file.with_suffix(".json").read_text())
    seed = about.get("seed")
    torch.manual_seed(seed or 0)
    model = getattr(module, about["class_name"])()
    keys = list(model.state_dict())
    if seed is not None:
        save(model.state_dict(), file.with_suffix(".first"))
    model.load_state_dict(load_file(file.with_suffix(".safetensors")))
    model.eval()
    images = values(file.with_suffix(".in"))
    read = [*model.state_dict().values(), *images]
    places = [value.data_ptr() for value in read if value.numel()]
    save(results(model, images), file.with_suffix(".out"))
    if seed is not None:
        torch.manual_seed(seed)
        images = values(file.with_suffix(".in"))
        save(results(model.train(), images), file.with_suffix(".train"))
    return {"name": file.stem, "keys": keys, "places": places}


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
