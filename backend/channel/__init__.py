"""What passes between a training and whoever watches: events, the buffer, the reins, looks."""
