// A server on the official TypeScript SDK v2, on a free port of 127.0.0.1,
// which is the first line of output. Handshake clients are served, too, without
// sessions. Its tools:
//
//     who        the process
//     add        { a, b }
//     fail       a result that is an error
//     steps      { n }: progress n times; after the first it waits for "go"
//     hang       waits for "go" without a word
//     waiting    the process, and how many calls wait in it
//     go         what waits goes on
//     change     tells that tools have changed
//
// Copyright (C) the ngx_http_mcp_module authors

import { createServer } from 'node:http';

import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { toNodeHandler } from '@modelcontextprotocol/node';
import * as z from 'zod/v4';

const waiting = new Set();

function gate(signal) {
    return new Promise((resolve) => {
        const done = () => {
            waiting.delete(done);
            resolve();
        };

        waiting.add(done);
        signal.addEventListener('abort', done);
    });
}

function result(it) {
    return { content: [{ type: 'text', text: JSON.stringify(it) }],
             structuredContent: it };
}

function factory() {
    const server = new McpServer({ name: 'v2', version: '1.0.0' });
    const tool = (name, inputSchema, run) =>
        server.registerTool(name, { description: `${name}.`,
                                    inputSchema: z.object(inputSchema) }, run);
    const number = z.number();

    tool('who', {}, () => result({ pid: process.pid }));
    tool('add', { a: number, b: number }, ({ a, b }) => result({ sum: a + b }));
    tool('fail', {}, () => ({ content: [{ type: 'text', text: 'No.' }],
                              isError: true }));

    tool('steps', { n: number }, async ({ n }, { mcpReq }) => {
        const { progressToken } = mcpReq._meta;

        for (let progress = 1; progress <= n; progress++) {
            await mcpReq.notify({ method: 'notifications/progress',
                                  params: { progressToken, progress } });

            if (progress === 1) {
                await gate(mcpReq.signal);
            }
        }

        return result({ n });
    });

    tool('hang', {}, async (_, { mcpReq }) => {
        await gate(mcpReq.signal);
        return result({ pid: process.pid });
    });

    tool('waiting', {}, () => result({ pid: process.pid, n: waiting.size }));

    tool('go', {}, () => {
        waiting.forEach((done) => done());
        return result({ pid: process.pid });
    });

    tool('change', {}, () => {
        handler.notify.toolsChanged();
        return result({});
    });

    server.registerResource('guide', 'docs://guide', {}, () => ({
        contents: [{ uri: 'docs://guide', text: 'Begin here.' }],
    }));

    server.registerPrompt('triage', {
        argsSchema: z.object({ ticket: z.string() }),
    }, ({ ticket }) => ({ messages: [{
        role: 'user', content: { type: 'text', text: `Read ${ticket}.` },
    }] }));

    return server;
}

const handler = createMcpHandler(factory);
const http = createServer(toNodeHandler(handler));

http.listen(0, '127.0.0.1', () =>
    process.stdout.write(`${http.address().port}\n`));
