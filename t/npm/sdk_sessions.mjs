// Sessions of the official clients that begin with a handshake:
// sdk_sessions.mjs URL OFF-URL REQUIRED-URL
//
// Copyright (C) the ngx_http_mcp_module authors

import { kinds, connected, seen } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url, offUrl, requiredUrl] = process.argv.slice(2);

// the status of what a call was answered with

const status = async (it, call = it.call('add', { a: 1, b: 2 })) => {
    const error = await rejected(call);

    return error ? it.fetch.log.filter((note) => note.status >= 400)
                     .at(-1).status : 200;
};

const times = (n, run) => Promise.all(Array.from({ length: n }, run));

async function life(kind) {
    const it = await connected(kind, url);
    const { who, client, transport, fetch } = it;
    const id = transport.sessionId;

    ok(/^[\x21-\x7e]{32,}$/.test(id), `${who}: there is a session`, id);
    is(fetch.sent('initialize').map((note) => note.session), [id],
       `${who}: by the answer to initialize`);

    is(await times(12, () => status(it)), Array(12).fill(200),
       `${who}: it works wherever a request arrives`);
    ok(fetch.log.slice(1).every((note) =>
        note.headers['mcp-session-id'] === id && note.session === undefined),
       `${who}: the client shows it each time`);

    const other = await connected(kind, url);

    ok(other.transport.sessionId !== id, `${who}: another client, another one`);

    await transport.terminateSession();
    is(fetch.log.filter((note) => note.method === 'DELETE')
            .map((note) => note.status), [204], `${who}: terminated`);
    is(transport.sessionId, undefined, `${who}: and forgotten by the client`);
    await client.close();

    // whoever shows it now

    const late = await connected(kind, url, { sessionId: id });

    is(await times(12, () => status(late)), Array(12).fill(404),
       `${who}: no worker knows it any more`);

    const note = late.fetch.sent('tools/call')[0];

    ok(note.answer?.error && note.answer.id === note.body.id,
       `${who}: which is said in JSON`, note);
    is(await status(other), 200, `${who}: the other one goes on`);

    // begin again

    const again = await connected(kind, url);

    ok(again.transport.sessionId !== id && await status(again) === 200,
       `${who}: a new session after that`);

    for (const one of [other, late, again]) {
        await one.client.close();
    }

    is(other.faults, [], `${who}: no faults`);
}

// a session outlives the connection and the process of a client

async function goes_on(kind) {
    const before = await connected(kind, url, {
        capabilities: { elicitation: { form: {} } },
    }, ({ answer }) => answer('elicitation/create', () =>
        ({ action: 'decline' })));
    const { who } = before;

    await before.client.setLoggingLevel('error');
    await before.client.close();

    const heard = [];
    const after = await connected(kind, url, {
        sessionId: before.transport.sessionId,
        capabilities: { elicitation: { form: {} } },
        protocolVersion: '2025-11-25',
    }, ({ hear, answer }) => {
        hear('notifications/message', ({ data }) => heard.push(data));
        answer('elicitation/create', () => ({ action: 'cancel' }));
    });

    is(after.fetch.log, [], `${who}: no second handshake`);

    await after.call('wait', { log: ['info', 'error'], every: 5 });
    is(heard, ['step 1: '], `${who}: the log level is still known`);

    const { structuredContent } = await after.call('ask', { rounds: [[{
        kind: 'form', key: 'x', message: 'x',
        schema: { type: 'object', properties: {} },
    }]] });

    is(structuredContent?.x.action, 'cancel',
       `${who}: and what the client can be asked`);
    await after.client.close();
}

// logging/setLevel is of one session

async function levels(kind) {
    const heard = { quiet: [], loud: [] };
    const its = {};

    for (const name of Object.keys(heard)) {
        its[name] = await connected(kind, url, {}, ({ hear }) =>
            hear('notifications/message', ({ data }) =>
                heard[name].push(data)));
    }

    await its.quiet.client.setLoggingLevel('alert');
    await its.loud.client.setLoggingLevel('debug');

    for (const it of Object.values(its)) {
        await it.call('wait', { log: ['debug', 'alert'], every: 5 });
        await it.client.close();
    }

    is(heard, { quiet: ['step 1: '], loud: ['step 0: ', 'step 1: '] },
       `${its.loud.who}: each session has its own log level`);
}

async function forged(kind) {
    const real = await connected(kind, url);
    const { who } = real;
    const id = real.transport.sessionId;

    for (const [name, sessionId] of [
        ['made up', 'no-such-session'],
        ['altered', id.slice(0, -3) + (id.at(-3) === 'A' ? 'B' : 'A')
                    + id.slice(-2)],
        ['longer', `${id}A`],
        ['shorter', id.slice(0, -1)],
        ['of all bytes', 'A'.repeat(id.length)],
    ]) {
        const it = await connected(kind, url, { sessionId });

        is(await status(it), 404, `${who}: an id that is ${name}`);
        await it.client.close();
    }

    await real.client.close();
}

async function off(kind) {
    const it = await connected(kind, offUrl);
    const { who, client, transport, fetch } = it;

    is([transport.sessionId, await status(it)], [undefined, 200],
       `${who}: without sessions`);
    await transport.terminateSession();

    // the client does not wait for it

    await seen(`${who}: what it asked for`, () => fetch.log.every(
        (note) => note.status) && fetch.log.some(
        (note) => note.method === 'GET'));
    is(fetch.log.filter((note) => note.method !== 'POST')
            .map((note) => `${note.method} ${note.status}`), ['GET 405'],
       `${who}: there is no stream`);
    is(it.faults, [], `${who}: and no fault`);
    await client.close();
}

async function required(kind) {
    const it = await connected(kind, requiredUrl);
    const { who, client, transport } = it;

    is(await status(it), 200, `${who}: where a session is required`);
    await transport.terminateSession();
    is(await status(it), 400, `${who}: none will not do`);
    await client.close();
}

// nothing of this for clients of 2026-07-28

async function modern(kind) {
    for (const to of [url, offUrl, requiredUrl]) {
        const it = await connected(kind, to);

        is([await status(it), it.transport.sessionId], [200, undefined],
           `${it.who}: no session`);
        ok(it.fetch.log.every((note) => note.method === 'POST'),
           `${it.who}: and none is ended`);
        await it.client.close();
    }
}

for (const kind of kinds) {
    const parts = kind(url).modern
                  ? [modern]
                  : [life, goes_on, levels, forged, off, required];

    for (const part of parts) {
        await part(kind);
    }
}

done();
