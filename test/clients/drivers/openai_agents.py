import asyncio

from agents.mcp import MCPServerStreamableHttp
from play import URL, play


async def main():
    async with MCPServerStreamableHttp({"url": URL}, client_session_timeout_seconds=45) as server:
        await server.list_tools()

        async def call(tool):
            return (await server.call_tool(tool, {})).content[0].text

        # The library makes one call after the other in a session; what else is in flight there ends with it all the same.
        async def together(tool):
            return (await server.session.call_tool(tool, {})).content[0].text

        await play(call, together)


asyncio.run(main())
