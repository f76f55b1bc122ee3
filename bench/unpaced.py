"""The service with Telegram's paces lifted: `python -m bench.unpaced serve …`. Measures what the
machinery can do; what it may do is the platform's to say."""

from dataclasses import replace

from bot.channels.telegram.channel import Telegram
from bot.cli import main

if __name__ == "__main__":
    Telegram.limits = replace(Telegram.limits, reply_interval=1, other_interval=1, per_second=0)
    main()
