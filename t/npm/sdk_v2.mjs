// The official TypeScript client, v2:
// sdk_v2.mjs URL PAGED-URL LEGACY-ONLY-URL MODERN-ONLY-URL OFFERS-URL
//
// Copyright (C) the ngx_http_mcp_module authors

import { Client, StreamableHTTPClientTransport }
    from '@modelcontextprotocol/client';

import { ok, is, rejected, done, recorder } from './tap.mjs';
import { lists, calls, errors, validates, pages, offers }
    from './calls.mjs';

const [url, pagedUrl, legacyUrl, modernUrl, offersUrl]
    = process.argv.slice(2);
const MODERN = '2026-07-28';
const LEGACY = '2025-11-25';

// a schema that takes what comes
const anything = {
    '~standard': {
        version: 1,
        vendor: 'tests',
        validate: (value) => ({ value }),
    },
};

function prepare(to, mode, capabilities = {}) {
    const fetch = recorder();
    const transport = new StreamableHTTPClientTransport(new URL(to), { fetch });
    const client = new Client({ name: 'sdk-v2', version: '1.0.0' },
                              { capabilities, versionNegotiation: { mode } });
    const faults = [];

    client.onerror = (error) => faults.push(error.message);

    return { client, transport, fetch, faults };
}

async function connect(...args) {
    const it = prepare(...args);

    await it.client.connect(it.transport);
    return it;
}

async function common(it, who, version) {
    const { client, fetch } = it;

    is(client.getNegotiatedProtocolVersion(), version, `${who}: revision`);
    is(client.getServerVersion()?.name, 'quickstart', `${who}: server name`);
    is(client.getServerVersion()?.version, '1.2.3', `${who}: server version`);
    is(client.getInstructions(), 'Add before you echo.',
       `${who}: instructions`);
    ok(client.getServerCapabilities()?.tools, `${who}: tools are announced`);

    await lists(client, who);
    await calls(client, who);
    await errors(client, who);
    await validates(client, fetch, who);

    ok(fetch.log.every((note) => note.method !== 'POST' || note.size === 0
                                 || note.type === 'application/json'),
       `${who}: all bodies are JSON`);
}

async function legacy() {
    const it = await connect(url, 'legacy');
    const { client, fetch, faults } = it;

    is(client.getProtocolEra(), 'legacy', 'v2 legacy: era');
    await common(it, 'v2 legacy', LEGACY);
    is(await client.ping(), {}, 'v2 legacy: ping');
    is((await rejected(client.request({ method: 'no/such' }, anything)))?.code,
       -32601, 'v2 legacy: a method that is not served is a JSON-RPC error');
    is(fetch.sent('server/discover').length, 0, 'v2 legacy: did not ask');
    is(fetch.log.filter((note) => note.method === 'GET')
            .map((note) => [note.status, note.type]),
       [[200, 'text/event-stream']], 'v2 legacy: a stream for what changes');

    await client.close();
    is(faults, [], 'v2 legacy: no faults seen by the client');
}

async function auto() {
    const it = await connect(url, 'auto');
    const { client, fetch, faults } = it;

    is(client.getProtocolEra(), 'modern', 'v2 auto: era');
    await common(it, 'v2 auto', MODERN);
    is(fetch.sent('initialize').length, 0, 'v2 auto: no handshake');
    is(fetch.log.filter((note) => note.method !== 'POST').length, 0,
       'v2 auto: nothing but POST');

    const call = fetch.sent('tools/call')[0];

    is([call.headers['mcp-protocol-version'], call.headers['mcp-method'],
        call.headers['mcp-name']], [MODERN, 'tools/call', 'add'],
       'v2 auto: the client sends the standard headers');
    ok(fetch.log.filter((note) => note.answer?.result).every((note) =>
        note.answer.result.resultType === 'complete'
        && note.answer.result._meta['io.modelcontextprotocol/serverInfo']
               .name === 'quickstart'),
       'v2 auto: results have a type and the server');

    const progress = await client.callTool({ name: 'echo',
                                             arguments: { text: 'a' } },
                                           { onprogress: () => {} });

    is(progress.content[0].text, 'a',
       'v2 auto: a progress token may be ignored');

    // this client sends notifications without Mcp-Method
    await client.notification({ method: 'notifications/cancelled',
                                params: { requestId: 5 } });
    is(fetch.sent('notifications/cancelled').map((note) => note.status), [202],
       'v2 auto: notification accepted');

    is(faults, [], 'v2 auto: no faults seen by the client');

    await client.close();

    // for this client a 404 is a fault of the transport
    const bare = await connect(modernUrl, 'auto');
    const unknown = await rejected(bare.client.request({
        method: 'resources/read',
        params: { uri: 'a:b' },
    }));

    is([unknown?.data?.status, JSON.parse(unknown?.data?.text).error.code],
       [404, -32601], 'v2 auto: a method that is not served');
    await bare.client.close();
}

// the list says how long it may be kept, and the client keeps it

async function cache() {
    const { client, fetch } = await connect(url, 'auto');

    await client.listTools();
    await client.listTools();
    is(fetch.sent('tools/list').length, 1, 'v2 auto: mcp_list_ttl is used');
    await client.close();
}

// arguments in headers, and what cannot be sent there as it is in base64

async function headers() {
    const { client, fetch } = await connect(url, 'auto');

    await client.listTools();

    for (const region of ['eu-west-1', 'Zürich', ' padded\t', '',
                          '=?base64?eA==?=']) {
        const result = await client.callTool({
            name: 'test_header_tool',
            arguments: { region },
        });

        is(result.content?.[0].text, region,
           `v2 auto: header with ${JSON.stringify(region)}`);
    }

    is(fetch.sent('tools/call')[0].headers['mcp-param-region'], 'eu-west-1',
       'v2 auto: which the client did send');
    ok(fetch.sent('tools/call')[1].headers['mcp-param-region']
            .startsWith('=?base64?'), 'v2 auto: encoded where needed');

    const error = await rejected(client.callTool({
        name: 'test_missing_capability',
        arguments: {},
    }));

    is([error?.code, error?.data?.requiredCapabilities],
       [-32021, { sampling: {} }],
       'v2 auto: a capability the client does not have');
    await client.close();

    const able = await connect(url, 'auto', { sampling: {} });

    ok((await able.client.callTool({ name: 'test_missing_capability',
                                     arguments: {} })).content[0].text,
       'v2 auto: and has');
    await able.client.close();
}

async function pin() {
    const { client } = await connect(url, { pin: MODERN });

    is(client.getNegotiatedProtocolVersion(), MODERN, 'v2 pinned: revision');
    await lists(client, 'v2 pinned');
    await client.close();
}

// endpoints that serve one era only

async function eras() {
    let it = await connect(legacyUrl, 'auto');

    is([it.client.getProtocolEra(), it.client.getNegotiatedProtocolVersion()],
       ['legacy', '2025-06-18'],
       'v2 auto: falls back to the handshake of a legacy endpoint');
    await lists(it.client, 'v2 auto, legacy endpoint');
    await it.client.close();

    it = prepare(legacyUrl, { pin: MODERN });
    ok(await rejected(it.client.connect(it.transport)),
       'v2 pinned: no connection to a legacy endpoint');

    it = await connect(modernUrl, 'auto');
    is(it.client.getProtocolEra(), 'modern', 'v2 auto: modern endpoint');
    await it.client.close();

    it = prepare(modernUrl, 'legacy');

    const error = await rejected(it.client.connect(it.transport));

    ok(new RegExp(MODERN).test(error?.message),
       'v2 legacy: a modern endpoint says what it serves', error?.message);
}

async function paging() {
    for (const mode of ['legacy', 'auto']) {
        const { client } = await connect(pagedUrl, mode);
        const { tools } = await client.listTools();

        await pages((method, params) => client.request({ method, params }),
                    `v2 ${mode}`);
        ok(tools.length > 2,
           `v2 ${mode}: the client collects the pages by itself`);
        await client.close();
    }
}

async function rich() {
    for (const mode of ['legacy', 'auto']) {
        const { client, faults } = await connect(offersUrl, mode);

        await offers(client, `v2 ${mode}`);
        await client.close();
        is(faults, [], `v2 ${mode}: no faults seen by this client either`);
    }
}

for (const part of [legacy, auto, cache, headers, pin, eras, paging, rich]) {
    await part();
}

done();
