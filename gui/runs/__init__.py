"""The run of the open project: how it begins and ends, what it holds, and its pictures on nodes."""
