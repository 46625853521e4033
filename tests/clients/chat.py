"""Asks Parlor one question. URL, TOKEN and perhaps CHAT: the environment; the question: the arguments."""
import json, os, sys
from websockets.sync.client import connect

chat = {"chatId": os.environ["CHAT"]} if "CHAT" in os.environ else {}
with connect(os.environ["URL"]) as parlor:
    parlor.send(json.dumps({"type": "join_chat", "data": {"token": os.environ["TOKEN"], **chat}}))
    parlor.send(json.dumps({"type": "message", "data": {"message": " ".join(sys.argv[1:])}}))
    for frame in map(json.loads, parlor):
        if frame["type"] == "assistant_message_token":
            print(frame["data"]["token"], end="", flush=True)
        elif frame["type"] in ("assistant_message_complete", "error"):
            sys.exit(frame["data"]["message"] if frame["type"] == "error" else 0)
