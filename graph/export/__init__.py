"""From a plan to the Python file that runs alone."""
