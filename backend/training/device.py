"""What computes: the processor and the accelerators torch can use here.

Importing this module does not import torch; asking does.
"""

from __future__ import annotations

import gc
import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from graph.values.message import UserError, say

if TYPE_CHECKING:
    import torch

DeviceKind = Literal["cpu", "cuda", "mps"]


@dataclass(frozen=True, slots=True)
class Device:
    """One device: ``name`` for the user, ``memory`` in bytes (0 where unknown)."""

    kind: DeviceKind
    name: str
    memory: int = 0


def list_devices() -> tuple[Device, ...]:
    """The devices here, the fastest first; the CPU is always the last one."""
    import torch

    devices = []
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        devices.append(Device("cuda", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        devices.append(Device("mps", "Apple GPU", torch.mps.recommended_max_memory()))
    devices.append(Device("cpu", _processor(), _main_memory()))
    return tuple(devices)


def choose_device(wanted: str) -> torch.device:
    """The device for a setting: ``best``, ``cpu``, ``cuda`` or ``mps``. Raises UserError."""
    import torch

    kinds = [device.kind for device in list_devices()]
    if wanted == "best":
        return torch.device(kinds[0])
    if wanted not in kinds:
        raise UserError(
            say(
                "This computer has no device {device} that torch can use; it has {devices}. "
                "Set the device to best.",
                device=wanted,
                devices=", ".join(kinds),
            )
        )
    return torch.device(wanted)


def describe_device(device: torch.device) -> str:
    """A device's name for the user."""
    return next((d.name for d in list_devices() if d.kind == device.type), str(device))


def mixed_type(device: torch.device) -> torch.dtype | None:
    """The short float type for mixed precision on a device, or None where it has none."""
    import torch

    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if device.type == "cpu" else None


def free_memory(device: torch.device) -> None:
    """Give back what torch keeps for later, after objects were dropped."""
    import torch

    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def cpu_count() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def cpu_threads(wanted: int | None = None) -> int:
    """Threads for torch: as ``wanted``, else all cores but one; at least one.

    With all cores, one busy neighbour cuts the speed to a sixth or a tenth: each step waits for
    the thread that shares its core. The number is fixed, not tried out, since results depend on it
    in the last bits.
    """
    return wanted or max(1, cpu_count() - 1)


def _processor() -> str:
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "CPU"


def _main_memory() -> int:
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 0
