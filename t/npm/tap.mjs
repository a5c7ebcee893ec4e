// What the client scripts share: checks as TAP, and a fetch() that keeps notes.
//
// Copyright (C) the ngx_http_mcp_module authors

import { isDeepStrictEqual } from 'node:util';

let count = 0;
let failed = 0;

export function ok(condition, name, ...notes) {
    count++;

    if (condition) {
        console.log(`ok ${count} - ${name}`);
        return true;
    }

    failed++;
    console.log(`not ok ${count} - ${name}`);

    for (const note of notes) {
        console.log(JSON.stringify(note));
    }

    return false;
}

export function is(got, expected, name) {
    return ok(isDeepStrictEqual(got, expected), name, { got, expected });
}

// the error that the promise is rejected with, or undefined

export async function rejected(promise) {
    try {
        await promise;
        return undefined;
    } catch (error) {
        return error;
    }
}

export function done() {
    console.log(`1..${count}`);
    process.exitCode = failed ? 1 : 0;
}

// log: { method, headers, body, status, type, session, size, answer } of each
// exchange. What arrives as events is there as it arrives: { events, ended },
// and drop() loses the connection.
// change(message) may rewrite what the client gets to see.

export function recorder() {
    const log = [];

    async function fetchAndNote(url, init = {}) {
        const lost = new AbortController();
        const signals = [lost.signal];
        const note = {
            method: init.method ?? 'GET',
            headers: Object.fromEntries(new Headers(init.headers)),
            body: init.body && JSON.parse(init.body),
            drop: () => lost.abort(new Error('connection lost')),
        };

        log.push(note);

        if (init.signal) {
            signals.push(init.signal);
        }

        const response = await fetch(url, {
            ...init,
            signal: AbortSignal.any(signals),
        });

        note.status = response.status;
        note.type = response.headers.get('content-type');
        note.session = response.headers.get('mcp-session-id') ?? undefined;

        if (note.type === 'text/event-stream') {
            return new Response(response.body.pipeThrough(events(note)), {
                status: response.status,
                headers: response.headers,
            });
        }

        const text = await response.text();

        note.size = text.length;
        note.answer = /^application\/json\b/.test(note.type)
                      ? JSON.parse(text) : undefined;

        const changed = fetchAndNote.change?.(note.answer);

        return new Response(changed ? JSON.stringify(changed) : text || null, {
            status: response.status,
            headers: response.headers,
        });
    }

    fetchAndNote.log = log;
    fetchAndNote.sent = (method) =>
        log.filter((note) => note.body?.method === method);

    return fetchAndNote;
}

// passes a stream on and splits it into { id, retry, comment, data }

function events(note) {
    const decoder = new TextDecoder();
    let text = '';

    note.events = [];
    note.ended = false;

    return new TransformStream({
        transform(chunk, controller) {
            text += decoder.decode(chunk, { stream: true });

            for (let end; (end = text.indexOf('\n\n')) >= 0;) {
                note.events.push(event(text.slice(0, end)));
                text = text.slice(end + 2);
            }

            controller.enqueue(chunk);
        },

        flush() {
            note.ended = text === '';
        },
    });
}

function event(text) {
    const it = {};

    for (const line of text.split('\n')) {
        const [, name, value] = line.match(/^([^:]*):? ?(.*)$/s);

        if (name === 'data') {
            it.data = value === '' ? '' : JSON.parse(value);
        } else {
            it[name || 'comment'] = value;
        }
    }

    return it;
}
