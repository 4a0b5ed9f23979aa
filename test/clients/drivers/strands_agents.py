import asyncio

from mcp.client.streamable_http import streamablehttp_client
from play import URL, play
from strands.tools.mcp import MCPClient

with MCPClient(lambda: streamablehttp_client(URL)) as client:
    client.list_tools_sync()

    async def call(tool):
        return (await client.call_tool_async("use-1", tool, {}))["content"][0]["text"]

    asyncio.run(play(call))
