/**
 * The page's one connection to the stream of changes. Goes on until it is stopped: resumes where it was after whatever
 * broke, and ends itself a connection that is silent, for an open connection to a stopped process stays open.
 */

import { EventReader } from './sse.js';
import { STALE_AFTER } from './freshness.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;
const CONNECT_WITHIN = 10000;

/** @typedef {{type: string, data: object}} Message */

export class Stream {
  #url;
  #handlers;
  #fetch;
  #lastId = '';
  #stopped = false;
  #abort = null;
  #wait = FIRST_WAIT;
  #heardAt = 0;

  /**
   * @param {string} url
   * @param {{message: (m: Message) => void, connected: () => void, trouble: (reason: string) => void, signedOut: (reason: string) => void,
   *     late: () => boolean}} handlers `late` tells whether what arrives is late enough to try another connection
   */
  constructor(url, handlers, fetcher = (...args) => fetch(...args)) {
    this.#url = url;
    this.#handlers = handlers;
    this.#fetch = fetcher;
  }

  stop() {
    this.#stopped = true;
    this.#abort?.abort();
  }

  async run() {
    while (!this.#stopped) {
      let pause = this.#wait;
      this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
      try {
        const again = await this.#once();
        if (again === null) return;
        if (again !== undefined) pause = again;
      } catch (e) {
        if (this.#stopped) return;
        this.#handlers.trouble(e.reason ?? 'it cannot be reached.');
      }
      // not all pages of a site come back at once
      await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
    }
  }

  /** One connection, to its end. Answers how long to wait before the next, null for none. */
  async #once() {
    const abort = new AbortController();
    this.#abort = abort;
    const began = performance.now();
    this.#heardAt = began;
    let open = false;
    const watch = setInterval(() => {
      const silent = performance.now() - this.#heardAt;
      if (silent > (open ? STALE_AFTER + 1000 : CONNECT_WITHIN) || (open && performance.now() - began > 30000 && this.#handlers.late())) abort.abort();
    }, 500);
    try {
      const headers = { Accept: 'text/event-stream' };
      if (this.#lastId) headers['Last-Event-ID'] = this.#lastId;
      const response = await this.#fetch(this.#url, { headers, signal: abort.signal, cache: 'no-store', credentials: 'same-origin' });
      if (response.status === 401) {
        this.#handlers.signedOut('');
        return null;
      }
      if (!response.ok) {
        const error = await readError(response);
        this.#handlers.trouble(error.message);
        return error.retryAfter ?? LONGEST_WAIT;
      }
      open = true;
      this.#heardAt = performance.now();
      this.#handlers.connected();
      const reader = new EventReader((event) => this.#event(event));
      const decoder = new TextDecoder();
      const body = response.body.getReader();
      for (;;) {
        const { done, value } = await body.read();
        if (done) break;
        this.#heardAt = performance.now();
        reader.push(decoder.decode(value, { stream: true }));
        this.#lastId = reader.lastId || this.#lastId;
      }
      this.#handlers.trouble(this.#ended || 'the connection ended.');
      return undefined;
    } catch (e) {
      if (this.#stopped) return null;
      this.#handlers.trouble(open ? this.#ended || 'the connection broke.' : 'it cannot be reached.');
      return undefined;
    } finally {
      this.#ended = '';
      clearInterval(watch);
      abort.abort();
    }
  }

  #ended = '';

  #event(event) {
    const data = JSON.parse(event.data);
    if (event.type === 'end') {
      this.#ended = data.reason ?? '';
      return;
    }
    this.#wait = FIRST_WAIT;
    this.#handlers.message({ type: event.type, data });
  }
}

/** What a refusal says, whatever its body is. */
export async function readError(response) {
  let message = `the server answers ${response.status}.`;
  let code = '';
  try {
    const body = await response.json();
    message = String(body.error.message);
    code = String(body.error.code);
  } catch {
    // not ours, such as a proxy's page
  }
  const seconds = Number(response.headers.get('Retry-After'));
  return { status: response.status, code, message, retryAfter: seconds > 0 ? Math.min(seconds, 60) * 1000 : undefined };
}
