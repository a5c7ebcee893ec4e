// What changes, as the official clients hear of it:
// sdk_changes.mjs URL MASTER-PID CONF KIND
//
// CONF is a file with the line "mcp_tools demo talk;", KIND the number of the
// client in "kinds".
//
// Copyright (C) the ngx_http_mcp_module authors

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { kinds, connected, expected, seen } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url, pid, conf, number] = process.argv.slice(2);

const [TOOLS, PROMPTS, RESOURCES] = [1, 2, 4];
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const reconnectionOptions = {
    initialReconnectionDelay: 20,
    maxReconnectionDelay: 200,
    reconnectionDelayGrowFactor: 1.5,
    maxRetries: 20,
};

// somebody else's calls, which change things

const other = await connected(kinds[0], url);
const changed = (lists) => other.call('touch', { lists });
const updated = (uri) => other.call('touch', { uri });

// a client that notes what it hears; until() waits for something

async function hearing(kind, options = {}) {
    const heard = [];
    let look = () => {};

    const note = (what) => {
        heard.push(what);
        look();
    };

    const it = await connected(kind, url,
                               { reconnectionOptions, ...options },
                               ({ hear }) => {
        for (const list of ['tools', 'prompts', 'resources']) {
            if (!options.listChanged?.[list]) {
                hear(`notifications/${list}/list_changed`, () => note(list));
            }
        }

        hear('notifications/resources/updated', ({ uri }) => note(uri));
    });

    function until(condition, what) {
        const { promise, resolve } = expected(`${it.who}: ${what}`);

        look = () => condition(heard) && resolve();
        look();
        return promise;
    }

    // a legacy client is there when its stream is

    function listening(n = 1) {
        return seen(`${it.who}: stream ${n}`, () => it.fetch.log.filter(
            (one) => one.method === 'GET' && one.status)[n - 1]);
    }

    return { ...it, heard, until, listening };
}

// nothing more comes of what was done before this: what is published later
// arrives later, on every stream that has both

async function settled({ heard, until }, list) {
    const n = heard.filter((one) => one === list).length;

    await changed({ tools: TOOLS, prompts: PROMPTS,
                    resources: RESOURCES }[list]);
    await until(() => heard.filter((one) => one === list).length > n,
                `${list} at the end`);
}

// 2026-07-28: subscriptions/listen

async function listens(kind) {
    const it = await hearing(kind);
    const { who, client, heard, until, fetch } = it;

    const first = await client.listen({
        toolsListChanged: true,
        resourceSubscriptions: ['docs://guide', 'docs://none'],
    });

    is(first.honoredFilter, { toolsListChanged: true,
                              resourceSubscriptions: ['docs://guide'] },
       `${who}: granted is what can be`);

    const second = await client.listen({ promptsListChanged: true });

    await changed(RESOURCES);
    await updated('docs://other');
    await updated('docs://guide');
    await changed(PROMPTS);
    await until(() => heard.includes('docs://guide')
                      && heard.includes('prompts'), 'both streams');
    await settled(it, 'tools');

    is(heard.toSorted(), ['docs://guide', 'prompts', 'tools'],
       `${who}: what was asked for, once, and nothing else`);

    const streams = fetch.sent('subscriptions/listen');

    ok(streams.length === 2 && streams.every((one) =>
        one.events.filter((event) => event.data).every((event) =>
            event.data.params._meta[SUBSCRIPTION] === one.body.id)),
       `${who}: all under the id of the request`, streams);
    ok(streams.every((one) => one.events.find((event) => event.data)
        .data.method === 'notifications/subscriptions/acknowledged'),
       `${who}: the acknowledgement first`);

    // one is closed, the other one goes on

    await first.close();
    is(await first.closed, 'local', `${who}: closed`);
    heard.length = 0;
    await changed(TOOLS);
    await updated('docs://guide');
    await settled(it, 'prompts');
    is(heard, ['prompts'], `${who}: one is closed, the other one is not`);

    is(it.faults, [], `${who}: no faults`);
    await client.close();
}

// the client keeps lists for mcp_list_ttl, until it hears that they changed

async function caches(kind) {
    const fresh = expected('a new list');
    const it = await hearing(kind, {
        listChanged: {
            tools: {
                autoRefresh: true,
                onChanged: (error, tools) => error ? fresh.reject(error)
                                                   : fresh.resolve(tools),
            },
        },
    });
    const { who, client, fetch } = it;
    const asked = () => fetch.sent('tools/list').length;

    await client.listTools();
    await client.listTools();
    is(asked(), 1, `${who}: the list is kept`);

    is(client.autoOpenedSubscription?.honoredFilter, { toolsListChanged: true },
       `${who}: the client listens by itself`);

    await changed(TOOLS);
    ok((await fresh.promise).some((tool) => tool.name === 'touch'),
       `${who}: and fetches the list when it has changed`);
    is(asked(), 2, `${who}: once`);
    await client.close();
}

// many, on all workers

async function many(kind) {
    const its = await Promise.all(Array.from({ length: 24 },
                                             () => hearing(kind)));
    const { who, modern } = its[0];

    await Promise.all(its.map((it) => modern
        ? it.client.listen({ toolsListChanged: true }) : it.listening()));

    for (let round = 1; round <= 5; round++) {
        await changed(TOOLS);
        await Promise.all(its.map((it) =>
            it.until(() => it.heard.length >= round, `round ${round}`)));
    }

    ok(its.every((it) => it.heard.length === 5), `${who}: 24 clients, 5 times`);

    // faster than anybody wants to know: less often, never nothing after it

    await Promise.all(Array.from({ length: 100 }, () => changed(TOOLS)));
    await Promise.all(its.map((it) => {
        it.heard.length = 0;
        return changed(TOOLS).then(() =>
            it.until(() => it.heard.length > 0, 'the last one'));
    }));
    ok(true, `${who}: and after 100 at once`);

    await Promise.all(its.map((it) => it.client.close()));
}

// handshake clients: the GET stream, and resources/subscribe

async function subscribes(kind) {
    const it = await hearing(kind);
    const { who, client, heard, until, listening } = it;
    const stream = await listening();

    is([stream?.status, stream?.type], [200, 'text/event-stream'],
       `${who}: a stream is open`);

    await client.subscribeResource({ uri: 'docs://guide' });

    // v2 makes -32602 of the code for its users

    ok(await rejected(client.subscribeResource({ uri: 'docs://none' })),
       `${who}: no such resource`);
    is(it.fetch.sent('resources/subscribe').at(-1).answer.error?.code, -32002,
       `${who}: which has a code of its own`);

    await changed(TOOLS | PROMPTS | RESOURCES);
    await updated('docs://other');
    await updated('docs://guide');
    await until(() => heard.length >= 4, 'all four');
    await settled(it, 'tools');

    is(heard.toSorted(),
       ['docs://guide', 'prompts', 'resources', 'tools', 'tools'],
       `${who}: all lists, and resources it has subscribed to`);

    await client.unsubscribeResource({ uri: 'docs://guide' });
    heard.length = 0;
    await updated('docs://guide');
    await settled(it, 'tools');
    is(heard, ['tools'], `${who}: until it unsubscribes`);

    ok(stream.events.filter((event) => event.data).every((event) =>
        event.data.method && event.data.id === undefined
        && event.data.params?._meta?.[SUBSCRIPTION] === undefined),
       `${who}: nothing of the modern revision on it`, stream.events);

    is(it.faults, [], `${who}: no faults`);
    await client.close();
}

async function refreshes(kind) {
    const fresh = expected('a new list');
    const it = await hearing(kind, {
        listChanged: {
            tools: {
                onChanged: (error, tools) => error ? fresh.reject(error)
                                                   : fresh.resolve(tools),
            },
        },
    });

    await it.listening();
    await changed(TOOLS);
    ok((await fresh.promise).some((tool) => tool.name === 'touch'),
       `${it.who}: the client fetches the list when it has changed`);
    await it.client.close();
}

// a lost stream is opened again, the subscriptions are those of the session

async function lost(kind) {
    const it = await hearing(kind);
    const { who, client, heard, until, listening } = it;

    await client.subscribeResource({ uri: 'docs://guide' });
    (await listening()).drop();
    is((await listening(2))?.status, 200, `${who}: the stream is opened again`);

    await updated('docs://guide');
    await until(() => heard.includes('docs://guide'), 'the update');
    ok(true, `${who}: and goes on`);
    await client.close();
}

async function terminated(kind) {
    const it = await hearing(kind);
    const stream = await it.listening();

    await it.transport.terminateSession();

    ok(await seen('its end', () => stream.ended),
       `${it.who}: the stream of a session ends with it`);
    await it.client.close();
}

// nginx is reloaded while the user has a question: the answer is for an old
// worker, or comes with a state of it

async function asks(kind) {
    const log = () => readFileSync(join(dirname(conf), 'error.log'), 'utf8')
        .split('gracefully shutting down').length;

    const it = await connected(kind, url, {
        capabilities: { elicitation: { form: {} } },
    }, ({ who, answer }) => answer('elicitation/create', async ({ message }) =>
    {
        const before = log();

        process.kill(pid, 'SIGHUP');
        await seen(`${who}: a reload`, () => log() > before);

        return { action: 'accept', content: { name: `${message}!` } };
    }));

    const ask = (name) => [{
        kind: 'form', key: name, message: name, schema: {
            type: 'object', properties: { name: { type: 'string' } },
        },
    }];
    const { structuredContent } = await it.call('ask', {
        rounds: [ask('a'), ask('b')],
    });

    is([structuredContent?.a.content.name, structuredContent?.b.content.name],
       ['a!', 'b!'], `${it.who}: questions survive reloads`);
    is(it.faults, [], `${it.who}: without faults`);
    await it.client.close();
}

// nginx is reloaded: nothing is said if nothing has changed; streams end
// politely, clients begin new ones. One that arrives on a connection that an
// old worker has accepted before is ended at once, and begun again.

async function reloads(kind) {
    const it = await hearing(kind);
    const { who, client, heard, until, listening, modern } = it;
    const ends = [];
    let closing = false;

    async function listen() {
        const sub = await client.listen({ toolsListChanged: true });

        sub.closed.then((cause) => {
            ends.push(cause);

            if (!closing) {
                listen().catch(() => {});
            }
        });
    }

    await (modern ? listen() : listening());
    process.kill(pid, 'SIGHUP');

    if (modern) {
        is(await seen(`${who}: the end`, () => ends[0]), 'graceful',
           `${who}: the end is announced`);
    } else {
        is((await listening(2)).status, 200, `${who}: opens a new stream`);
    }

    is(heard, [], `${who}: nothing has changed`);
    await seen(`${who}: a change after the reload`, async () => {
        await changed(TOOLS);
        return heard.length > 0;
    });
    ok(heard.every((one) => one === 'tools'), `${who}: then something has`);

    closing = true;
    await client.close();
}

// a reload that changes what there is

async function catalogue(kind) {
    const it = await hearing(kind);
    const { who, client, heard, until, listening, modern } = it;
    let end = Promise.resolve('graceful');

    // who listens to an old worker may be ended at once

    if (modern) {
        do {
            const sub = await client.listen({ toolsListChanged: true,
                                              promptsListChanged: true });

            end = sub.closed;
            await changed(TOOLS);
            await Promise.race([end, until(() => heard.length > 0, 'it')]);
        } while (heard.length === 0);

        heard.length = 0;
    } else {
        await listening();
    }

    const text = readFileSync(conf, 'utf8');
    const [one, two] = ['demo talk;', 'demo text talk;'];

    writeFileSync(conf, text.includes(one) ? text.replace(one, two)
                                           : text.replace(two, one));
    process.kill(pid, 'SIGHUP');
    await until(() => heard.includes('tools'), 'the new catalogue');

    is(await end, 'graceful', `${who}: a reload is announced`);
    is(heard, ['tools'], `${who}: with what it has changed`);
    await client.close();
}

const kind = kinds[number];
const parts = kind(url).modern
    ? [listens, caches, many, asks, reloads, catalogue]
    : [subscribes, refreshes, many, lost, terminated, asks, reloads, catalogue];

for (const part of parts) {
    await part(kind);
}

await other.client.close();
done();
