"""
The design of AWS's article on MCP proxies for AgentCore: an MCP server on the Python SDK that opens a client session
upstream for each request, signs what it sends with SigV4, and hands back the result. The article's own sample loses
schemas and errors; this one forwards them, so that its answers can be compared.
"""

import asyncio
import contextlib
import os

import httpx
import uvicorn
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from mcp import ClientSession, types
from mcp.client.streamable_http import streamablehttp_client
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.routing import Mount

UPSTREAM = os.environ["UPSTREAM_URL"]


class SigV4(httpx.Auth):
    requires_request_body = True

    def __init__(self) -> None:
        credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        self.signer = SigV4Auth(credentials, "bedrock-agentcore", os.environ["AWS_REGION"])

    def auth_flow(self, request: httpx.Request):
        # Headers that httpx may still change are left out of the signature.
        headers = {name: value for name, value in request.headers.items() if name not in ("connection", "accept-encoding")}
        signed = AWSRequest(method=request.method, url=str(request.url), data=request.content, headers=headers)
        self.signer.add_auth(signed)
        request.headers.update(dict(signed.headers))
        yield request


@contextlib.asynccontextmanager
async def upstream():
    async with streamablehttp_client(UPSTREAM, auth=SigV4()) as (read, write, _):
        async with ClientSession(read, write) as session:
            await session.initialize()
            yield session


server = Server("proxy")


async def list_tools(_: types.ListToolsRequest) -> types.ServerResult:
    async with upstream() as session:
        return types.ServerResult(await session.list_tools())


async def call_tool(request: types.CallToolRequest) -> types.ServerResult:
    async with upstream() as session:
        # What came also has the id of its own session.
        again = types.ClientRequest(types.CallToolRequest(params=request.params))
        return types.ServerResult(await session.send_request(again, types.CallToolResult))


server.request_handlers[types.ListToolsRequest] = list_tools
server.request_handlers[types.CallToolRequest] = call_tool
# Both as the SDK's documentation recommends for production: no sessions, and JSON in place of event streams.
sessions = StreamableHTTPSessionManager(server, stateless=True, json_response=True)


@contextlib.asynccontextmanager
async def lifespan(_: Starlette):
    async with sessions.run():
        yield


app = Starlette(routes=[Mount("/mcp", app=sessions.handle_request)], lifespan=lifespan)
# The path without a slash at its end is the one that is asked.
app.router.redirect_slashes = False


async def entry(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/mcp":
        scope = {**scope, "path": "/mcp/"}
    await app(scope, receive, send)


if __name__ == "__main__":
    config = uvicorn.Config(entry, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error", access_log=False)
    asyncio.run(uvicorn.Server(config).serve())
