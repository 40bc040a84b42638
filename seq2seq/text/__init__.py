"""Text on the disk: lines, files whose lines correspond, and the catalogue of corpora."""
