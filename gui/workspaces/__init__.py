"""Which panels stand around the canvas for one kind of work, and the docks that hold them."""
