#!/usr/bin/env python3
"""Prints calls waiting whenever they change, and says when that is not current. ADDRESS USER; the password is in OPENRTD_PASSWORD.

Needs nothing but Python 3. Goes on by itself where it stopped."""
import base64, http.client, json, os, sys, time, urllib.request

address, user = sys.argv[1:3]
credentials = base64.b64encode(f"{user}:{os.environ['OPENRTD_PASSWORD']}".encode()).decode()
rows, last_id = {}, None


def events(stream):
    """What came in whole, with its id."""
    event = {}
    for line in stream:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
        else:
            if "data" in event:
                yield event.get("id"), event["event"], json.loads(event["data"])
            event = {}


def handle(kind, data):
    if kind == "snapshot":
        rows.clear()
        for row in data["tables"]["Call_Type_Real_Time"]:
            rows[row["CallTypeID"]] = row
    elif kind == "rows":
        changes = data["tables"]["Call_Type_Real_Time"]
        for row in changes["put"]:
            rows.setdefault(row["CallTypeID"], {}).update(row)
        for row in changes["delete"]:
            rows.pop(row["CallTypeID"], None)
    elif kind == "state" and data["stale"]:
        print("NOT CURRENT:", data["reason"], flush=True)
        return
    else:
        return
    print(sum(row["RouterCallsQNow"] or 0 for row in rows.values()), "calls waiting", flush=True)


while True:
    request = urllib.request.Request(f"{address}/api/v1/stream?tables=Call_Type_Real_Time", headers={"Authorization": "Basic " + credentials})
    if last_id:
        request.add_header("Last-Event-ID", last_id)
    try:
        # Heartbeats come each second: three missed ones mean that something broke.
        with urllib.request.urlopen(request, timeout=3) as stream:
            for event_id, kind, data in events(stream):
                handle(kind, data)
                last_id = event_id or last_id
    except (OSError, http.client.HTTPException) as broken:
        print("NOT CURRENT:", broken, flush=True)
    time.sleep(1)
