// The official TypeScript client, v1: sdk_v1.mjs URL PAGED-URL OFFERS-URL
//
// Copyright (C) the ngx_http_mcp_module authors

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport }
    from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { ok, is, rejected, done, recorder } from './tap.mjs';
import { lists, calls, errors, validates, pages, offers }
    from './calls.mjs';

const [url, pagedUrl, offersUrl] = process.argv.slice(2);

async function connect(to) {
    const fetch = recorder();
    const transport = new StreamableHTTPClientTransport(new URL(to), { fetch });
    const client = new Client({ name: 'sdk-v1', version: '1.0.0' });
    const faults = [];

    client.onerror = (error) => faults.push(error.message);
    await client.connect(transport);

    return { client, transport, fetch, faults };
}

const { client, transport, fetch, faults } = await connect(url);

is(transport.protocolVersion, '2025-11-25', 'v1: newest handshake revision');
is(client.getServerVersion()?.name, 'quickstart', 'v1: server name');
is(client.getServerVersion()?.version, '1.2.3', 'v1: server version');
is(client.getInstructions(), 'Add before you echo.', 'v1: instructions');
ok(client.getServerCapabilities()?.tools, 'v1: tools are announced');
is(await client.ping(), {}, 'v1: ping');

await lists(client, 'v1');
await calls(client, 'v1');
await errors(client, 'v1');
await validates(client, fetch, 'v1');

is((await rejected(client.listResources()))?.code, -32601,
   'v1: a method that is not served is a JSON-RPC error');

is(fetch.sent('notifications/initialized').map((note) => note.status), [202],
   'v1: notification accepted');
is(fetch.log.filter((note) => note.method === 'GET')
        .map((note) => [note.status, note.type]), [[200, 'text/event-stream']],
   'v1: a stream for what changes');
ok(fetch.log.every((note) => note.method !== 'POST' || note.size === 0
                             || note.type === 'application/json'),
   'v1: all other bodies are JSON');
ok(fetch.log.every((note) => !('resultType' in (note.answer?.result ?? {}))),
   'v1: nothing of the modern revision on this wire');

await transport.terminateSession();
await client.close();
is(faults, [], 'v1: no faults seen by the client');

const paged = await connect(pagedUrl);

const listing = {
    'tools/list': 'listTools',
    'resources/list': 'listResources',
    'resources/templates/list': 'listResourceTemplates',
    'prompts/list': 'listPrompts',
};

await pages((method, params) => paged.client[listing[method]](params), 'v1');
await paged.client.close();

const rich = await connect(offersUrl);

await offers(rich.client, 'v1');
await rich.client.close();
is(rich.faults, [], 'v1: no faults seen by this client either');

done();
