"""A grammar of a traveller's English and German, from which the corpus `corpora/traveller` is generated."""
