"""The workbench for recipes: `python -m scripts.recipes`.

    list of recipes → text, cut → training, one at a time → validation split scored → row of the table

A *recipe* is a config, what is put over it, and a text; an *experiment* is a recipe with one seed. Every experiment is
a process of `seq2seq train` and a few of `seq2seq evaluate`: nothing is taken from the inside of the package, so that
a recipe brings whoever types its commands the same translator. `docs/recipes/README.md` is the manual.
"""
