// The official clients and servers, with "mcp_inspect" between them:
// sdk_inspect.mjs URL NAME=PID...
//
// The pids are those of the replicas of server-everything by their names.
//
// Copyright (C) the ngx_http_mcp_module authors

import { kinds, connected, expected, seen } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url, ...replicas] = process.argv.slice(2);
const pids = Object.fromEntries(replicas.map((one) => one.split('=')));
const [V1, LEGACY, AUTO, PINNED] = kinds;

const key = (name) => ({ requestInit: { headers: { 'X-API-Key': name } } });
const text = (it) => it.content[0].text;

// events that are there when this one is, and whether there is more to come

const arrived = ({ events, ended }) =>
    [events.filter((event) => event.data?.method).length, ended];

async function offers({ who, client, call }, tools, sum) {
    const listed = (await client.listTools()).tools.map(({ name }) => name);

    ok(tools.every((name) => listed.includes(name)), `${who}: tools`, listed);
    ok(text(await call(sum, { a: 2, b: 3 })).includes('5'), `${who}: a call`);
}

// --- server-everything: sessions

async function everything(kind) {
    const updated = expected('an update');
    const it = await connected(kind, `${url}/everything`, {}, ({ hear }) =>
        hear('notifications/resources/updated', ({ uri }) =>
            updated.resolve(uri)));
    const { client, transport, call, fetch } = it;
    const who = it.who = `everything, ${it.who}`;
    const id = transport.sessionId;

    ok(id && fetch.sent('initialize')[0].session === id, `${who}: a session`);
    await offers(it, ['echo', 'get-sum'], 'get-sum');

    // progress

    const notes = [];
    const result = await call('trigger-long-running-operation',
        { duration: 0.5, steps: 5 }, { onprogress: ({ progress }) =>
            notes.push([progress, ...arrived(fetch.sent('tools/call').at(-1))]),
        });

    ok(text(result).includes('completed'), `${who}: a long call`);
    is(notes.map(([progress]) => progress), [1, 2, 3, 4, 5],
       `${who}: its progress`);
    is(notes[0].slice(1), [1, false], `${who}: as it is made`);

    // resources, prompts, the stream of the session

    const { resources } = await client.listResources();

    ok(resources.length > 0, `${who}: resources`);

    const { uri } = resources[0];
    const { contents } = await client.readResource({ uri });

    ok(contents[0].text.length > 0, `${who}: one of them`);
    is((await client.getPrompt({ name: 'args-prompt',
                                 arguments: { city: 'Ulm' } }))
           .messages[0].content.text, "What's weather in Ulm?",
       `${who}: a prompt`);

    await seen(`${who}: a stream`, () => fetch.log.some((note) =>
        note.method === 'GET' && note.status === 200));
    await client.subscribeResource({ uri });
    await call('toggle-subscriber-updates');
    is(await updated.promise, uri, `${who}: heard on a stream that stays`);
    ok(fetch.log.some((note) => note.method === 'GET' && !note.ended),
       `${who}: which is open`);

    // errors

    ok((await call('get-sum', { a: 'x' })).isError, `${who}: a tool error`);

    // the end

    await transport.terminateSession();
    is(fetch.log.filter((note) => note.method === 'DELETE')
            .map((note) => note.status), [200], `${who}: terminated`);
    await client.close();

    const late = await connected(kind, `${url}/everything`,
                                 { sessionId: id }).catch((error) => error);
    const error = late instanceof Error ? late
                                        : await rejected(late.call('echo'));

    ok(error, `${who}: and gone`, String(error));
    await late.client?.close();
}

for (const kind of [V1, LEGACY, AUTO]) {
    await everything(kind);
}

// --- SDK v2: both eras, no sessions

async function v2(kind) {
    const it = await connected(kind, `${url}/v2`);
    const { client, call, fetch, modern } = it;
    const who = it.who = `SDK v2, ${it.who}`;

    await offers(it, ['who', 'steps'], 'add');

    const first = expected('progress');
    const notes = [];
    const steps = call('steps', { n: 3 }, { onprogress: ({ progress }) => {
        notes.push(progress);
        first.resolve();
    } });

    await first.promise;
    is(notes, [1], `${who}: the first event, before there is another`);
    await call('go');
    is((await steps).structuredContent, { n: 3 }, `${who}: the result`);
    is(notes, [1, 2, 3], `${who}: and what was in between`);

    is((await client.readResource({ uri: 'docs://guide' })).contents[0].text,
       'Begin here.', `${who}: a resource`);
    is((await client.getPrompt({ name: 'triage', arguments: { ticket: 'A' } }))
           .messages[0].content.text, 'Read A.', `${who}: a prompt`);
    ok((await call('fail')).isError, `${who}: a tool error`);
    ok(await rejected(call('none')), `${who}: no such tool`);

    // a stream that the client leaves: the server hears of it

    const left = new AbortController();
    const begun = expected('progress');
    const cut = rejected(call('steps', { n: 2 }, {
        signal: left.signal, onprogress: () => begun.resolve() }));

    const waits = async () =>
        (await call('waiting')).structuredContent.n;

    await begun.promise;
    is(await waits(), 1, `${who}: a call that waits`);

    if (modern) {
        left.abort();
        ok(await cut, `${who}: left`);
        ok(await seen('the end', async () => await waits() === 0),
           `${who}: which the server hears`);
    } else {
        await call('go');
        await cut;
    }

    if (modern) {
        const heard = expected('a change');

        client.setNotificationHandler('notifications/tools/list_changed',
                                      () => heard.resolve(true));

        const subscription = await client.listen({ toolsListChanged: true });

        await call('change');
        ok(await heard.promise, `${who}: a subscription`);
        await subscription.close();
    }

    ok(fetch.log.every((note) => note.status < 500), `${who}: nothing failed`);
    await client.close();
}

for (const kind of kinds) {
    await v2(kind);
}

// --- keys

async function keys() {
    ok(await rejected(connected(V1, `${url}/replicas`)), 'no key: refused');

    const it = await connected(V1, `${url}/replicas`, key('user1'));

    ok(await rejected(it.call('get-tiny-image')), 'a scope is missing');
    is(it.fetch.log.at(-1).status, 403, 'which is said');

    const admin = await connected(V1, `${url}/replicas`, key('admin'));

    ok((await admin.call('get-tiny-image')).content.length, 'who has it may');

    const env = JSON.parse(text(await admin.call('get-env')));

    ok(env.REPLICA in pids, 'served by a replica');
    await it.client.close();
    await admin.client.close();
}

await keys();

// --- replicas with sessions, one of which dies

const name = async ({ call }) =>
    JSON.parse(text(await call('get-env'))).REPLICA;

async function sessions() {
    const all = await Promise.all(Array.from({ length: 12 }, (_, i) =>
        connected(kinds[i % 2], `${url}/replicas`, key(`user${i}`))));
    const at = await Promise.all(all.map(name));

    ok(new Set(at).size > 1, 'sessions are at several replicas', at);

    for (let i = 0; i < 3; i++) {
        is(await Promise.all(all.map(name)), at, 'and stay where they are');
    }

    const dead = at[0];
    const calls = all.map((it) => rejected(it.call(
        'trigger-long-running-operation', { duration: 1, steps: 2 },
        { timeout: 15000 })));

    await Promise.all(all.map((it) => seen('the call', () =>
        it.fetch.sent('tools/call').at(-1).body.params.name.startsWith('tr')
        && it.fetch.sent('tools/call').at(-1).status)));
    process.kill(Number(pids[dead]), 'SIGKILL');

    const living = at.map((one, i) => i).filter((i) => at[i] !== dead);
    const ended = await Promise.all(living.map((i) => calls[i]));

    is(ended.filter((error) => error), [], 'the calls of others end well');
    is(await Promise.all(living.map((i) => name(all[i]))),
       living.map((i) => at[i]), 'and they stay');

    // the session has died with its server

    const { fetch, call } = all[0];

    ok(await rejected(call('echo', { message: 'x' })), 'that session is gone');

    const note = fetch.sent('tools/call').at(-1);

    ok(note.status >= 400 && note.answer?.error, 'which is said in JSON', note);

    const again = await connected(V1, `${url}/replicas`, key('user0'));

    ok(await name(again) !== dead, 'a new one is at another replica');

    await Promise.all([...all, again].map(({ client }) => client.close()));
}

await sessions();

// --- replicas without, one of which dies

async function stateless() {
    const it = await connected(PINNED, `${url}/v2s`);
    const { call, fetch } = it;
    const pid = async (tool) => (await call(tool)).structuredContent.pid;
    const hanging = Array.from({ length: 6 }, () =>
        pid('hang').then((who) => ({ who }), (error) => ({ error })));
    const there = new Map();

    await seen('calls that hang', async () => {
        const { pid, n } = (await call('waiting')).structuredContent;

        there.set(pid, n);
        return [...there.values()].reduce((sum, n) => sum + n, 0) === 6;
    });

    is(there.size, 3, 'all replicas have calls', [...there]);

    const [[dead, lost], ...others] = there;

    process.kill(dead, 'SIGKILL');

    const failed = await seen('errors', () => {
        const notes = fetch.log.filter((note) => note.status === 502);

        return notes.length === lost && notes;
    });

    ok(failed.every(({ answer, body }) => answer.error.code === -32603
                                          && answer.id === body.id),
       'errors of the dead one are JSON-RPC', failed);

    const left = new Set(others.map(([who]) => who));

    await seen('the others', async () => {
        left.delete(await pid('go'));
        return left.size === 0;
    });

    const ended = await Promise.all(hanging);

    is(ended.filter(({ who }) => who).length, 6 - lost, 'the others go on');
    ok(ended.every(({ who }) => who !== dead), 'without it');

    const served = [];

    for (let i = 0; i < 20; i++) {
        served.push(await pid('who'));
    }

    is(new Set(served), new Set(others.map(([who]) => who)),
       'nobody notices afterwards');
    await it.client.close();
}

await stateless();

done();
