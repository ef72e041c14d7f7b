"""What the benchmarks write in the documentation can be relied on."""
