// The official clients are told to hang up, and come back: sdk_resume.mjs URL
//
// Copyright (C) the ngx_http_mcp_module authors

import { kinds, connected } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url] = process.argv.slice(2);

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// what they came back with, and what they were answered

const returns = (it) => it.fetch.log
    .filter((note) => note.method === 'GET' && note.headers['last-event-id'])
    .map((note) => note.status);

async function poll(kind) {
    const it = await connected(kind, url);
    const { who, modern, client } = it;

    const result = await it.call('wait', { ms: 300, hang_up: 50,
                                           text: 'polled' });

    is(result.content[0].text, 'polled', `${who}: has the result`);
    is(returns(it), modern || who === 'v2 auto' ? [] : [200],
       `${who}: by coming back, where there are sessions`);

    // an error is an end, too

    const before = returns(it).length;
    const error = await rejected(it.call('wait', {
        log: ['info'], every: 1, ms: 50, fail: 1, text: 'failed' }));

    ok(error, `${who}: a call that fails`);
    await sleep(1500);

    const after = returns(it).slice(before);

    ok(after.length <= 1 && after.every((status) => status === 204),
       `${who}: is not asked for again and again`, after);

    // the client changes its mind when its connection is gone already

    const abort = new AbortController();
    const call = rejected(it.call('wait', {
        ms: 30000, hang_up: 50, text: `${who} regrets` },
        { signal: abort.signal }));

    await sleep(300);
    abort.abort('no more');
    ok(await call, `${who}: cancels`);

    // closing would cut off the request that says so
    await sleep(300);
    await client.close();
}

for (const kind of kinds) {
    await poll(kind);
}

done();
