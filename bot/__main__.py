"""python -m bot: the console script without an installation."""

from bot.cli import main

main()
