"""What the weights files of a training are called; to be had without torch."""

SUFFIX = ".safetensors"
LAST, BEST = "model", "best"
"""Without the suffix: the weights of the last epoch, and of the best one."""
