"""What can be said of a network without running it: shapes, cost, receptive field, faults and
their repairs.
"""
