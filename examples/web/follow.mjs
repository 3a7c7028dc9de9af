#!/usr/bin/env node
// Prints calls waiting whenever they change, and says when that is not current. ADDRESS USER; the password is in OPENRTD_PASSWORD.
// Needs nothing but Node 18. In a page that is signed in, EventSource does all of follow() by itself.
const [address, user] = process.argv.slice(2);
const authorization = "Basic " + Buffer.from(`${user}:${process.env.OPENRTD_PASSWORD}`).toString("base64");
const rows = new Map();
let lastId;

function handle(kind, data) {
  if (kind === "snapshot") {
    rows.clear();
    for (const row of data.tables.Call_Type_Real_Time) rows.set(row.CallTypeID, row);
  } else if (kind === "rows") {
    const { put, delete: gone } = data.tables.Call_Type_Real_Time;
    for (const row of put) rows.set(row.CallTypeID, { ...rows.get(row.CallTypeID), ...row });
    for (const row of gone) rows.delete(row.CallTypeID);
  } else {
    if (kind === "state" && data.stale) console.log("NOT CURRENT:", data.reason);
    return;
  }
  let waiting = 0;
  for (const row of rows.values()) waiting += row.RouterCallsQNow ?? 0;
  console.log(waiting, "calls waiting");
}

async function follow() {
  const silence = new AbortController();
  // Heartbeats come each second: three missed ones mean that something broke.
  let timer = setTimeout(() => silence.abort(new Error("nothing heard for 3 s")), 3000);
  try {
    const headers = { authorization, ...(lastId && { "last-event-id": lastId }) };
    const answer = await fetch(`${address}/api/v1/stream?tables=Call_Type_Real_Time`, { headers, signal: silence.signal });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    let unread = "";
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      timer.refresh();
      unread += piece;
      const events = unread.split("\n\n");
      unread = events.pop();
      for (const event of events) {
        const field = Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/s, 2)));
        if (!field.data) continue;
        handle(field.event, JSON.parse(field.data));
        lastId = field.id ?? lastId;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

for (;;) {
  await follow().catch((broken) => console.log("NOT CURRENT:", broken.message));
  await new Promise((later) => setTimeout(later, 1000));
}
