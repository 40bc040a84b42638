"""Everyday sentences: a wide lexicon in short frames, where the older grammar is narrow and deep.

The words, acts, frames and fixed sentences are text files in `data/`, so that a linguist can mend them without Python.
"""
