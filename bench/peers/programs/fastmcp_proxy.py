"""FastMCP's proxy, of version 3 or 4, in front of UPSTREAM_URL."""

import os

from fastmcp import Client
from fastmcp.server import create_proxy

url = os.environ["UPSTREAM_URL"]
# Its documentation: a client that isn't connected gives each request a session of its own.
proxy = create_proxy(Client(url) if os.environ.get("VERSION") == "3" else url, name="proxy")
proxy.run(
    transport="http",
    host="127.0.0.1",
    port=int(os.environ["PORT"]),
    show_banner=False,
    log_level="ERROR",
    # Both as its documentation recommends for production: no sessions, and JSON in place of event streams.
    stateless_http=True,
    json_response=True,
    uvicorn_config={"access_log": False},
)
