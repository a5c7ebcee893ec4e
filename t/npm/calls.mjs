// What every official client has to get from the tools "add", "echo" and
// "digest", whatever revision it speaks.
//
// Copyright (C) the ngx_http_mcp_module authors

import { createHash } from 'node:crypto';

import { ok, is, rejected } from './tap.mjs';

export async function lists(client, who) {
    const { tools } = await client.listTools();
    const add = tools.find((tool) => tool.name === 'add');

    is(tools.map((tool) => tool.name).filter((name) =>
        ['add', 'echo', 'digest'].includes(name)).sort(),
       ['add', 'digest', 'echo'], `${who}: tools are listed`);

    is(tools.length, new Set(tools.map((tool) => tool.name)).size,
       `${who}: each once`);

    is([add?.title, add?.annotations?.readOnlyHint], ['Add two numbers', true],
       `${who}: title and annotations`);

    is([add?.inputSchema.required, add?.outputSchema?.type],
       [['a', 'b'], 'object'], `${who}: schemas`);
}

export async function calls(client, who) {
    const call = (name, args) => client.callTool({ name, arguments: args });

    let result = await call('add', { a: 2, b: 40.5 });

    is(result.structuredContent, { sum: 42.5 },
       `${who}: structured content, accepted by the client's validator`);
    is(JSON.parse(result.content[0].text), { sum: 42.5 },
       `${who}: the same as text`);
    ok(!result.isError, `${who}: no error`);

    const text = 'Grüße, \u4e16\u754c \u{1f44b} "\\\n\t\u2028</script>';

    result = await call('echo', { text });
    is(result.content, [{ type: 'text', text }], `${who}: text unharmed`);

    const long = 'x'.repeat(200000) + 'é';

    result = await call('echo', { text: long });
    ok(result.content[0].text === long, `${who}: 200 KB there and back`);

    result = await call('digest', { algorithm: 'sha256', data: 'abc' });
    ok(JSON.stringify(result).includes(
        createHash('sha256').update('abc').digest('hex')),
       `${who}: digest agrees with Node's`, result);

    const sums = await Promise.all(Array.from({ length: 30 }, (_, i) =>
        call('add', { a: i, b: 1000 })));

    is(sums.map((one) => one.structuredContent.sum),
       Array.from({ length: 30 }, (_, i) => i + 1000),
       `${who}: 30 at once, each with its own answer`);
}

export async function errors(client, who) {
    const call = (name, args) => client.callTool({ name, arguments: args });

    let result = await call('add', { a: 'two', b: 40 });

    ok(result.isError === true && result.content[0].text.includes('/a'),
       `${who}: a wrong argument is a tool error that names it`, result);

    result = await call('add', { a: 1 });
    ok(result.isError === true && /\bb\b/.test(result.content[0].text),
       `${who}: a missing one too`, result);

    result = await client.callTool({ name: 'echo' });
    ok(result.isError === true, `${who}: no arguments at all too`, result);

    const unknown = await rejected(call('no_such_tool', {}));

    is(unknown?.code, -32602, `${who}: an unknown tool is an error`);

    result = await call('add', { a: 1, b: 2 });
    is(result.structuredContent, { sum: 3 }, `${who}: goes on after errors`);
}

// The client checks structured content with the schema from tools/list: what
// it gets is falsified on the way, so this check is known to be alive.

export async function validates(client, fetch, who) {
    fetch.change = (answer) => {
        if (answer?.result?.structuredContent) {
            answer.result.structuredContent = { sum: 'three' };
        }

        return answer;
    };

    const error = await rejected(client.callTool({
        name: 'add',
        arguments: { a: 1, b: 2 },
    }));

    fetch.change = undefined;

    ok(/schema/.test(error?.message),
       `${who}: the client has compiled the output schema`, error?.message);
}

// every page of every list by its cursor, list(method, params)

export async function pages(list, who) {
    for (const [method, key, field] of [
        ['tools/list', 'tools', 'name'],
        ['resources/list', 'resources', 'uri'],
        ['resources/templates/list', 'resourceTemplates', 'uriTemplate'],
        ['prompts/list', 'prompts', 'name'],
    ]) {
        const names = [];
        let cursor;
        let n = 0;

        do {
            const page = await list(method, cursor === undefined ? {}
                                                                 : { cursor });

            names.push(...page[key].map((one) => one[field]));
            cursor = page.nextCursor;
            n++;
        } while (cursor !== undefined && n < 100);

        ok(n > 1 && names.length > 2 && names.length <= 2 * n,
           `${who}: ${method} is read to its end`, { n, names });
        is(names.length, new Set(names).size, `${who}: without repetition`);

        is((await rejected(list(method, { cursor: 'nonsense' })))?.code,
           -32602, `${who}: a bad cursor is an error`);
    }
}

// resources, prompts and completion of the location "offers"

export async function offers(client, who) {
    const { resources } = await client.listResources();
    const { resourceTemplates } = await client.listResourceTemplates();
    const { prompts } = await client.listPrompts();

    is(resources.map((one) => [one.uri, one.name, one.title]),
       [['docs://guide', 'guide', 'Guide']], `${who}: resources`);
    is(resourceTemplates.map((one) => one.uriTemplate), ['files://{+path}'],
       `${who}: templates`);
    is(prompts.map((one) => [one.name, one.arguments.length]),
       [['triage', 2]], `${who}: prompts`);

    let result = await client.readResource({ uri: 'docs://guide' });

    is(result.contents, [{ uri: 'docs://guide', mimeType: 'text/plain',
                           text: 'Begin here.' }], `${who}: a resource`);

    result = await client.readResource({ uri: 'files://nginx.conf' });
    ok(result.contents[0].text.includes('mcp_resources'), `${who}: a file`);

    const error = await rejected(client.readResource({ uri: 'files://../x' }));

    ok([-32602, -32002].includes(error?.code), `${who}: no such file`, error);

    result = await client.getPrompt({ name: 'triage',
                                      arguments: { ticket: 'A-7',
                                                   lang: 'de' } });
    is(result.messages.map((one) => [one.role, one.content.text]),
       [['user', 'Read A-7.'], ['assistant', 'In de.']], `${who}: a prompt`);
    is((await rejected(client.getPrompt({ name: 'triage' })))?.code, -32602,
       `${who}: a prompt that lacks an argument`);

    result = await client.complete({
        ref: { type: 'ref/prompt', name: 'triage' },
        argument: { name: 'lang', value: 'd' },
    });
    is(result.completion.values, ['de'], `${who}: an argument is completed`);

    result = await client.complete({
        ref: { type: 'ref/resource', uri: 'files://{+path}' },
        argument: { name: 'path', value: 'nginx.c' },
    });
    is(result.completion.values, ['nginx.conf'], `${who}: a path is completed`);
}
