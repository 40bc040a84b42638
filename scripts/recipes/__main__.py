"""python -m scripts.recipes"""

from scripts.recipes.command_line import main

main()
