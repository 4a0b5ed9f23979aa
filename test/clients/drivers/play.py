"""Three calls wait, a fourth is refused, the three are released: all in one session."""
import asyncio
import json
import sys

URL = sys.argv[1]


async def play(call, together=None):
    """`call(tool)` is the text that a tool answers with, or raises. `together`: the same, where `call` makes one call after the other."""
    waiting = [asyncio.create_task((together or call)("wait")) for _ in range(3)]
    await call("three_wait")
    try:
        told = await call("wait")
    except Exception as error:
        told = str(error)
    await call("release")
    print(json.dumps({"told": told, "waited": await asyncio.gather(*waiting), "after": await call("release")}))
