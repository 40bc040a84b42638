"""The process that trains: threads, precision, allocators, signals."""
