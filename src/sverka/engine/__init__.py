"""The use cases, one verb a file; the wave is the heart."""
