import asyncio

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from play import URL, play


async def main():
    async with streamablehttp_client(URL) as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()

        async def call(tool):
            return (await session.call_tool(tool, {})).content[0].text

        await play(call)


asyncio.run(main())
