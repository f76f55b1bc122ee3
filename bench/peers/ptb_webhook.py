"""python-telegram-bot's documented custom webhook (examples/customwebhookbot, Starlette).

Arguments: port, Bot API address, "memory" or a file for PicklePersistence, "answer" or "silent".
With a file the bot is a ConversationHandler whose states are kept.
"""

import sys
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

PORT, API, KEPT, ANSWERS = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4] == "answer"
STEP = 0


async def said(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    if ANSWERS and update.message:
        await update.message.reply_text("Bác bấm nút Đồng ý ở cuối màn hình ạ.")
    return STEP


def build() -> "Application[Any, Any, Any, Any, Any, Any]":
    builder = ApplicationBuilder().token("123456:bench").updater(None).base_url(f"{API}/bot")
    on_text: Any = MessageHandler(filters.TEXT, said)
    if KEPT == "memory":
        made: Application[Any, Any, Any, Any, Any, Any] = builder.build()
        made.add_handler(on_text)
        return made
    made = builder.persistence(PicklePersistence(KEPT)).build()
    states: dict[object, Any] = {STEP: [on_text]}
    made.add_handler(ConversationHandler([on_text], states, [], name="guide", persistent=True))
    return made


async def main() -> None:
    application = build()

    async def telegram(request: Request) -> Response:
        await application.update_queue.put(
            Update.de_json(data=await request.json(), bot=application.bot)
        )
        return Response()

    starlette = Starlette(routes=[Route("/hook", telegram, methods=["POST"])])
    server = uvicorn.Server(
        uvicorn.Config(starlette, port=PORT, use_colors=False, log_level="warning")
    )
    async with application:
        await application.start()
        await server.serve()
        await application.stop()


if __name__ == "__main__":
    uvloop.run(main())
