"""Text on the disk: lines, parallel files, and the catalogue of corpora."""
