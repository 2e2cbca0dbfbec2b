"""Windows without weights, and the way back."""
