// Streams that break and go on, with the official clients that begin with a
// handshake: sdk_resume.mjs URL
//
// Copyright (C) the ngx_http_mcp_module authors

import { ResultSchema } from '@modelcontextprotocol/sdk/types.js';

import { kinds, connected, expected, seen } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url] = process.argv.slice(2);

const reconnectionOptions = {
    initialReconnectionDelay: 20,
    maxReconnectionDelay: 200,
    reconnectionDelayGrowFactor: 1.5,
    maxRetries: 20,
};

const values = (n) => Array.from({ length: n }, (_, i) => i + 1);
const streams = ({ fetch }) => fetch.log.filter((note) =>
    note.events && (note.method === 'POST' || note.headers['last-event-id']));

// a call whose connection is lost again and again while it reports

async function dropped(kind) {
    const it = await connected(kind, url, { reconnectionOptions });
    const { who, call, client } = it;
    const tokens = [];
    const seen = [];

    const result = await call('wait', {
        progress: values(14), every: 40, text: 'found',
    }, {
        onresumptiontoken: (token) => tokens.push(token),
        onprogress: ({ progress }) => {
            seen.push(progress);

            if (progress % 4 === 0) {
                streams(it).at(-1).drop();
            }
        },
    });

    is(result.content[0].text, 'found',
       `${who}: a call survives its connections`);
    is(seen, values(14), `${who}: all progress, each once, in order`);

    const all = streams(it);
    const ids = all.flatMap((note) => note.events)
                   .filter((event) => event.data).map((event) => event.id);

    is(new Set(ids).size, 15, `${who}: each message has its id`);
    is(all.length, 4, `${who}: three connections were lost`);
    is([all[0].events[0].data, typeof all[0].events[0].id],
       ['', 'string'], `${who}: the first event is but an id`);
    ok(all.slice(1).every((note) => tokens.includes(
        note.headers['last-event-id'])), `${who}: the last one is shown`);
    await client.close();
}

// both at once: a call that is lost does not take another one with it

async function mixed(kind) {
    const it = await connected(kind, url, { reconnectionOptions });
    const { who, call, client, fetch } = it;

    const all = await Promise.all(values(8).map(async (n) => {
        const seen = [];
        const result = await call('wait', {
            progress: [n, n + 1, n + 2, n + 3], every: 40, text: `${n}`,
        }, {
            onprogress: ({ progress }) => {
                seen.push(progress);

                if (n % 2 && progress === n + 1) {
                    fetch.sent('tools/call').find((note) =>
                        note.body.params.arguments.text === `${n}`).drop();
                }
            },
        });

        return [...seen, result.content[0].text];
    }));

    is(all, values(8).map((n) => [n, n + 1, n + 2, n + 3, `${n}`]),
       `${who}: eight calls, half of them lost once`);
    await client.close();
}

// another process with the token and the session takes the call up

async function taken_up(kind) {
    const first = await connected(kind, url);
    const { who } = first;
    const begun = expected(`${who}: progress`);
    let token;

    rejected(first.call('wait', { progress: values(6), every: 60,
                                  text: 'taken up' }, {
        onresumptiontoken: (it) => {
            token = it;
        },
        onprogress: ({ progress }) => progress === 2 && begun.resolve(),
    }));
    await begun.promise;

    const sessionId = first.transport.sessionId;

    await first.client.close();

    const second = await connected(kind, url, {
        sessionId, reconnectionOptions, protocolVersion: '2025-11-25',
    });
    const asked = { method: 'tools/call',
                    params: { name: 'wait', arguments: {} } };
    const options = { resumptionToken: token };
    const result = await (kind === kinds[0]
        ? second.client.request(asked, ResultSchema, options)
        : second.client.request(asked, options));

    is(result.content[0].text, 'taken up',
       `${who}: the result of a call that another one has begun`);

    const [stream] = streams(second);

    is(stream.events.filter((event) => event.data?.method)
             .map((event) => event.data.params.progress), [3, 4, 5, 6],
       `${who}: and what it had not seen`);
    is(second.fetch.sent('tools/call').length, 0, `${who}: no second call`);
    await second.client.close();
}

// asked by a call whose connection is lost before the user has answered

async function asked(kind) {
    const questions = [];
    const it = await connected(kind, url, {
        reconnectionOptions, capabilities: { elicitation: { form: {} } },
    }, (one) => one.answer('elicitation/create', async ({ message }) => {
        questions.push(message);

        const stream = streams(one).at(-1);

        stream.drop();

        // every second answer is there before the client is back

        if (questions.length % 2) {
            await seen(`${one.who}: a new connection`, () =>
                streams(one).at(-1) !== stream);
        }

        return { action: 'accept', content: { name: `${message}!` } };
    }));
    const names = ['a', 'b', 'c', 'd'];
    const { structuredContent } = await it.call('ask', {
        rounds: names.map((name) => [{
            kind: 'form', key: name, message: name, schema: {
                type: 'object', properties: { name: { type: 'string' } },
            },
        }]),
    });

    is(names.map((name) => structuredContent?.[name]?.content.name),
       ['a!', 'b!', 'c!', 'd!'],
       `${it.who}: asked and cut off, again and again`);
    is(questions, names, `${it.who}: each question once`);
    await it.client.close();
}

// the server hangs up and says when to come back

async function polled(kind) {
    const it = await connected(kind, url, { reconnectionOptions });
    const { who, call, client } = it;
    const begin = Date.now();
    const result = await call('wait', { hang_up: 150, ms: 400, text: 'later' });

    is(result.content[0].text, 'later', `${who}: the server hangs up`);

    const [post, ...gets] = streams(it);

    ok(post.ended && post.events.some((event) => event.retry === '150'),
       `${who}: and says when to come back`, post.events);
    ok(gets.length >= 1 && Date.now() - begin >= 400,
       `${who}: where the result is`, gets.length);
    is(it.faults, [], `${who}: no faults`);
    await client.close();
}

// who has not got what it needs for that waits on the line

async function waits(kind) {
    const it = await connected(kind, url);
    const result = await it.call('wait', { hang_up: 150, ms: 400,
                                           text: 'later' });

    is([result.content[0].text, it.fetch.sent('tools/call').length,
        it.fetch.log.filter((note) => note.method !== 'POST').length],
       ['later', 1, 0], `${it.who}: nobody hangs up`);
    await it.client.close();
}

// cancelled while nobody is connected

async function regrets(kind) {
    const it = await connected(kind, url, { reconnectionOptions });
    const { who, call, client, fetch, modern } = it;
    const abort = new AbortController();
    const end = rejected(call('wait', {
        hang_up: 60000, ms: 300000, text: `${who} regrets`,
        progress: [1], every: 1,
    }, { signal: abort.signal, onprogress: () => {} }));

    await seen(`${who}: the end of the line`, () => modern
        ? fetch.sent('tools/call')[0]?.events?.length
        : fetch.sent('tools/call')[0]?.ended);
    abort.abort('no more');
    ok(await end, `${who}: changes its mind`);

    if (!modern) {
        is(await seen(`${who}: a message`, () =>
            fetch.sent('notifications/cancelled')[0]?.status), 202,
           `${who}: and says so`);
    }

    await client.close();
}

// an error ends a stream as a result does

async function failed(kind) {
    const it = await connected(kind, url, { reconnectionOptions });
    const { who, call, client, fetch } = it;
    const before = fetch.log.length;

    is((await rejected(call('wait', { progress: [1, 2], every: 30, fail: 1 },
                            { onprogress: () => {} })))?.code, -32603,
       `${who}: an error at the end of a stream`);

    await call('wait', { ms: 300 });

    // v1 comes back once more and is told that this was all

    is([fetch.log.slice(before).filter((note) => note.method === 'GET')
             .map((note) => note.status), it.faults],
       [kind === kinds[0] ? [204] : [], []], `${who}: and that was all`);
    await client.close();
}

// going away is no cancellation here, cancelling is

async function cancelled(kind) {
    const it = await connected(kind, url, { reconnectionOptions });
    const { who, call, client } = it;
    const abort = new AbortController();
    const begun = expected(`${who}: progress`);

    const end = rejected(call('wait', {
        progress: values(200), every: 30, text: `${who} cancelled`,
    }, {
        signal: abort.signal,
        onprogress: ({ progress }) => {
            if (progress === 2) {
                streams(it).at(-1).drop();
            }

            if (progress === 6) {
                begun.resolve();
            }
        },
    }));

    await begun.promise;
    ok(true, `${who}: goes on after its connection is lost`);
    abort.abort('enough');
    ok(await end, `${who}: and is cancelled by a message`);
    is(it.fetch.sent('notifications/cancelled').length, 1,
       `${who}: which the client sends`);
    await call('wait', { ms: 1 });
    await client.close();
}

// what nobody has sent

async function unknown(kind) {
    const it = await connected(kind, url, {
        reconnectionOptions: { ...reconnectionOptions, maxRetries: 1 },
    });
    const { who, client, transport, fetch } = it;

    for (const token of ['nonsense', 'A'.repeat(22) + '.1']) {
        const error = await rejected(transport.resumeStream(token));
        const note = fetch.log.filter((one) =>
            one.headers['last-event-id'] === token).at(-1);

        ok(note.status >= 400 && error, `${who}: no stream for "${token}"`,
           note);
    }

    await client.close();
}

for (const kind of kinds) {
    const parts = kind(url).modern
        ? [waits, regrets]
        : [dropped, mixed, taken_up, asked, polled, regrets, failed,
           cancelled, unknown];

    for (const part of parts) {
        await part(kind);
    }
}

done();
