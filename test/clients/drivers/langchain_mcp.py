import asyncio

from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools
from play import URL, play


async def main():
    async with MultiServerMCPClient({"proxy": {"transport": "streamable_http", "url": URL}}).session("proxy") as session:
        tools = {tool.name: tool for tool in await load_mcp_tools(session)}

        async def call(tool):
            content = await tools[tool].ainvoke({})
            return content if isinstance(content, str) else content[0]["text"]

        await play(call)


asyncio.run(main())
