"""How a node and a wire look: values and painting, no scene."""
