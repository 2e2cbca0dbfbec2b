"""Training in the window: live charts, pictures of what the network holds, and their controls."""
