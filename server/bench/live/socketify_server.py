"""The PyPI package `socketify` (uWebSockets): what is posted goes to all who listen."""

import sys

from socketify import App, AppListenOptions, OpCode

app = App()


def opened(ws):
    ws.subscribe("all")


async def publish(response, request):
    body = await response.get_data()
    text = body.getvalue() if hasattr(body, "getvalue") else bytes(body)
    app.publish("all", text, OpCode.TEXT)
    response.end("")


app.ws("/", {"open": opened, "idle_timeout": 0, "max_backpressure": 1024 * 1024})
app.post("/publish", publish)
app.get("/healthz", lambda response, request: response.end("ok"))
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"), lambda config: None)
app.run()
