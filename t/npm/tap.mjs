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

// log: { method, headers, body, status, type, size, answer } of each exchange;
// change(message) may rewrite what the client gets to see

export function recorder() {
    const log = [];

    async function fetchAndNote(url, init = {}) {
        const note = {
            method: init.method ?? 'GET',
            headers: Object.fromEntries(new Headers(init.headers)),
            body: init.body && JSON.parse(init.body),
        };

        log.push(note);

        const response = await fetch(url, init);
        const text = await response.text();

        note.status = response.status;
        note.type = response.headers.get('content-type');
        note.size = text.length;
        note.answer = note.type === 'application/json' ? JSON.parse(text)
                                                       : undefined;

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
