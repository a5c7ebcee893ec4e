// The tool "add" on the official TypeScript SDK: node server.mjs PORT

import { createServer } from 'node:http';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { toNodeHandler } from '@modelcontextprotocol/node';
import * as z from 'zod/v4';

const input = z.object({ a: z.number(), b: z.number() });
const output = z.object({ sum: z.number() });

function factory() {
    const server = new McpServer({ name: 'bench', version: '1.0.0' });

    server.registerTool('add', {
        title: 'Add two numbers',
        description: 'Adds two numbers and returns their sum.',
        inputSchema: input,
        outputSchema: output,
    }, async ({ a, b }) => {
        const sum = { sum: a + b };
        return {
            content: [{ type: 'text', text: JSON.stringify(sum) }],
            structuredContent: sum,
        };
    });

    return server;
}

const handler = toNodeHandler(createMcpHandler(factory));

createServer(handler).listen(Number(process.argv[2]), '127.0.0.1', 1024);
