"""What every layer type is made of: the base class, sliding windows, reach, first weights."""
