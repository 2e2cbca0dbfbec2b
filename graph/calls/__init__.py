"""What torch is asked to do, as data: calls, first weights, and plans made of them."""
