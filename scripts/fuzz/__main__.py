"""python -m scripts.fuzz"""

from scripts.fuzz.command_line import main

main()
