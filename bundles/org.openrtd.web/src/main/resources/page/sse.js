/**
 * Reads server-sent events out of pieces of text, however they are cut. The page reads its stream by fetch and not by
 * EventSource: so it sees refusals with their reasons, notices a connection that is open but silent, resumes where it was
 * on a connection of its own making, and reads no faster than it can show.
 */
export class EventReader {
  #rest = '';
  #event = '';
  #data = [];
  #cr = false;
  #onEvent;
  #first = true;

  /** The id of the last event that was complete; what Last-Event-ID resumes from. */
  lastId = '';

  /** @param {(event: {type: string, data: string, id: string}) => void} onEvent */
  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  /** Takes the next piece of text. */
  push(text) {
    if (this.#first && text) {
      this.#first = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    if (this.#cr && text.startsWith('\n')) text = text.slice(1);
    if (text) this.#cr = false;
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c !== '\n' && c !== '\r') continue;
      this.#line(this.#rest + text.slice(start, i));
      this.#rest = '';
      if (c === '\r') {
        if (i + 1 === text.length) this.#cr = true;
        else if (text[i + 1] === '\n') i++;
      }
      start = i + 1;
    }
    this.#rest += text.slice(start);
  }

  #id = null;

  #line(line) {
    if (line === '') {
      if (this.#id !== null) this.lastId = this.#id;
      if (this.#data.length) {
        this.#onEvent({ type: this.#event || 'message', data: this.#data.join('\n'), id: this.lastId });
      }
      this.#event = '';
      this.#data = [];
      this.#id = null;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }
}
