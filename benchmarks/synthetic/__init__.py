"""The parts of the corpus generator; `benchmarks.corpus` is its door."""
