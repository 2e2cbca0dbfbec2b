"""From a plan to a torch module, and what its end means: loss, overlap, classes."""
