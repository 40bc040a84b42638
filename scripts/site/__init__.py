"""What the docs site shows beside the pages in docs/."""
