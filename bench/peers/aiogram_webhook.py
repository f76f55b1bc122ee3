"""aiogram's documented webhook (aiohttp server, SimpleRequestHandler) with a state per person.

With Redis an update is handled before its 200, so that its state is kept by then.
Arguments: port, Bot API address, "memory" or a Redis address, "answer" or "silent".
"""

import sys

import uvloop
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

PORT, API, KEPT, ANSWERS = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4] == "answer"


class Guide(StatesGroup):  # type: ignore[misc]
    step = State()


async def said(message: Message, state: FSMContext) -> None:
    await state.set_state(Guide.step)
    if ANSWERS:
        await message.answer("Bác bấm nút Đồng ý ở cuối màn hình ạ.")


def main() -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(API))
    bot = Bot("123456:bench", session=session)
    storage = MemoryStorage() if KEPT == "memory" else RedisStorage.from_url(KEPT)
    dispatcher = Dispatcher(storage=storage)
    dispatcher.message.register(said, F.text)
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=KEPT == "memory")
    handler.register(app, path="/hook")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host="127.0.0.1", port=PORT, print=None, access_log=None)


if __name__ == "__main__":
    uvloop.install()
    main()
