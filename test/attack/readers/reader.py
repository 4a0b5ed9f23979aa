# Reads envelopes, one JSON string a line, as Python's json does; writes what it takes them for.
import json
import sys

for line in sys.stdin:
    try:
        message = json.loads(json.loads(line))
        params = message.get("params") or {}
        seen = {"method": message.get("method"), "id": message.get("id"), "name": params.get("name"), "uri": params.get("uri"), "taskId": params.get("taskId"), "arguments": params.get("arguments")}
    except Exception as error:
        seen = {"refused": type(error).__name__}
    sys.stdout.write(json.dumps(seen) + "\n")
    sys.stdout.flush()
