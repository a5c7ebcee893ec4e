// What a call says while it runs, as the official clients get it:
// sdk_reports.mjs URL
//
// Copyright (C) the ngx_http_mcp_module authors

import { kinds, connected, expected, seen } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url] = process.argv.slice(2);
const LEVEL = 'io.modelcontextprotocol/logLevel';

// all of it, in order, before the result

async function progress(kind) {
    const it = await connected(kind, url);
    const { who, call, fetch } = it;
    const heard = [];

    for (const name of ['wait', 'work']) {
        heard.length = 0;

        const result = await call(name, {
            progress: [1, 2.5, 4], total: 4, every: 200, message: 'half "way"',
        }, { onprogress: (one) => heard.push(one) });

        heard.push(result.content[0].text);

        is(heard, [
            ...[1, 2.5, 4].map((value) => ({ progress: value, total: 4,
                                             message: 'half "way"' })),
            'done',
        ], `${who}: progress of "${name}", then the result`);
    }

    const note = fetch.sent('tools/call')[0];
    const token = note.body.params._meta.progressToken;

    ok(token !== undefined
       && note.events.filter((one) => one.data?.method)
              .every((one) => one.data.params.progressToken === token),
       `${who}: under the token of the request`, note);
    is(note.type, 'text/event-stream', `${who}: as events`);

    // several at once, each with its own

    const all = await Promise.all([10, 20, 30].map(async (n) => {
        const values = [];
        const result = await call('wait', {
            progress: [n, n + 1, n + 2], every: 100, text: `${n}`,
        }, { onprogress: (one) => values.push(one.progress) });

        return [...values, result.content[0].text];
    }));

    is(all, [10, 20, 30].map((n) => [n, n + 1, n + 2, `${n}`]),
       `${who}: calls at once do not mix`);

    const quiet = await call('wait', { progress: [1, 2], every: 5 });

    is(quiet.content[0].text, 'done', `${who}: not asked for, none`);
    is(fetch.sent('tools/call').at(-1).type, 'application/json',
       `${who}: and JSON`);

    is(it.faults, [], `${who}: no faults`);
    await it.client.close();
}

// live: the call does not end before the client has seen something of it

async function live(kind) {
    for (const name of ['wait', 'work']) {
        const it = await connected(kind, url);
        const { who, call, modern, fetch } = it;
        const first = expected(`${who}: progress of "${name}"`);
        const abort = new AbortController();

        const end = rejected(call(name, {
            progress: [1], every: 5, ms: 300000, never: 1,
            text: `${who} ${name}`,
        }, { onprogress: first.resolve, signal: abort.signal,
             timeout: 60000 }));

        is(await first.promise, { progress: 1 },
           `${who}: "${name}" is seen at work`);
        abort.abort('enough');
        ok(await end, `${who}: and cancelled`);

        // by a message, which close() would take back

        if (!modern) {
            await seen(`${who}: a message`, () =>
                fetch.sent('notifications/cancelled')[0]?.status);
        }

        await it.client.close();
    }
}

async function log(kind) {
    const messages = [];
    const it = await connected(kind, url, {}, ({ hear }) =>
        hear('notifications/message', (one) => messages.push(one)));
    const { who, call, modern, client } = it;
    const args = {
        log: ['debug', 'info', 'error'], logger: 'db', every: 10,
        message: 'Grüße "\u4e16\u754c"',
    };
    const expectedOnes = ['debug', 'info', 'error'].map((level, i) => ({
        level, logger: 'db', data: `step ${i}: ${args.message}`,
    }));

    // everything, what is at least an error, nothing

    for (const [level, from] of [['debug', 0], ['error', 2],
                                 ['emergency', 3]])
    {
        messages.length = 0;

        if (!modern) {
            await client.setLoggingLevel(level);
        }

        for (const name of ['wait', 'work']) {
            messages.length = 0;

            const result = await call(name, args, modern
                                      ? { _meta: { [LEVEL]: level } } : {});

            messages.push(result.content[0].text);

            if (modern || it.transport.sessionId) {
                is(messages, [...expectedOnes.slice(from), 'done'],
                   `${who}: log of "${name}" from ${level} on, then the`
                   + ' result');
            } else {
                is(messages.at(-1), 'done', `${who}: log of "${name}"`);
            }
        }
    }

    if (modern) {
        messages.length = 0;
        await call('wait', args);
        is(messages, [], `${who}: no level, no log`);
    }

    is(it.faults, [], `${who}: no faults`);
    await client.close();
}

// both, interleaved

async function both(kind) {
    const heard = [];
    const it = await connected(kind, url, {}, ({ hear }) =>
        hear('notifications/message', (one) => heard.push(one.data)));

    if (!it.modern) {
        await it.client.setLoggingLevel('info');
    }

    const result = await it.call('wait', {
        progress: [1, 2, 3], log: ['info', 'info', 'info'], every: 40,
    }, { onprogress: (one) => heard.push(one.progress),
         ...it.modern && { _meta: { [LEVEL]: 'info' } } });

    is([...heard, result.content[0].text],
       [1, 'step 0: ', 2, 'step 1: ', 3, 'step 2: ', 'done'],
       `${it.who}: progress and log, as they were said`);
    await it.client.close();
}

// resources and prompts say what they do as well

async function others(kind) {
    const it = await connected(kind, url);
    const { who, client } = it;

    for (const [what, run] of [
        ['a resource', (options) => client.readResource(
            { uri: 'slow://wait/x?every=30&report=3' }, options)],
        ['a prompt', (options) => client.getPrompt(
            { name: 'wait', arguments: { every: '30', report: '3' } },
            options)],
    ]) {
        const heard = [];

        await run({ onprogress: (one) => heard.push(one.progress) });
        is(heard, [1, 2, 3], `${who}: progress of ${what}`);
    }

    await client.close();
}

for (const kind of kinds) {
    for (const part of [progress, live, log, both, others]) {
        await part(kind);
    }
}

done();
