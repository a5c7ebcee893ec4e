// Tools that are services, called by the official clients: sdk_pass.mjs URL
//
// Copyright (C) the ngx_http_mcp_module authors

import { kinds, connected } from './clients.mjs';
import { ok, is, done } from './tap.mjs';

const [url] = process.argv.slice(2);

for (const kind of kinds) {
    const it = await connected(kind, url);
    const { who } = it;

    const { tools } = await it.client.listTools();
    const order = tools.find((tool) => tool.name === 'order');

    is([order?.inputSchema.required, order?.inputSchema.properties.limit,
        order?.outputSchema?.required, order?.annotations?.readOnlyHint],
       [['id'], { type: 'integer', default: 20, minimum: 1, maximum: 100 },
        ['id'], true],
       `${who}: what nginx.conf says is listed`);

    let result = await it.call('order', { id: 'a/b?c=d' });

    is(result.structuredContent, { id: 'a/b?c=d', limit: 20 },
       `${who}: structured content, accepted by the client's validator`);
    is(JSON.parse(result.content[0].text), result.structuredContent,
       `${who}: the same as text`);

    result = await it.call('order', { id: 'x', limit: 101 });
    ok(result.isError === true && result.content[0].text.includes('limit'),
       `${who}: an argument that is out of bounds`, result);

    result = await it.call('picture');
    is(result.content, [{ type: 'image', mimeType: 'image/png',
                          data: Buffer.from('picture').toString('base64') }],
       `${who}: an image`);

    result = await it.call('fails');
    ok(result.isError === true && result.content[0].text.includes('sad'),
       `${who}: an error of the service`, result);

    result = await it.call('both', { id: 'y' });
    is([Object.keys(result.structuredContent).sort(),
        result.structuredContent.order.id], [['order', 'rows'], 'y'],
       `${who}: two answers in one`);

    result = await it.call('rows');
    is(JSON.parse(result.content[0].text), [{ n: 1 }, { n: 2 }],
       `${who}: an array`);

    const ids = await Promise.all(Array.from({ length: 20 }, async (_, i) =>
        (await it.call('order', { id: `${i}` })).structuredContent.id));

    is(ids, Array.from({ length: 20 }, (_, i) => `${i}`),
       `${who}: 20 at once, each with its own answer`);

    is(it.faults, [], `${who}: nothing went wrong meanwhile`);
    await it.client.close();
}

done();
