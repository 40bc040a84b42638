"""Engines encode sentences and take decoding steps for a search (see `seq2seq.search.interface`)."""
