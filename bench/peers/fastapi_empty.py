"""FastAPI's own empty route. Arguments: port."""

import sys

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI()


async def hook(request: Request) -> Response:
    await request.body()
    return Response()


app.post("/hook")(hook)

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
