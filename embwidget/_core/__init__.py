"""What every room stands on: checks, frames, the cache, progress, threads."""
