// Both official clients behind one face, for what they have to do alike:
//
//     who           for the names of checks
//     modern        whether it speaks 2026-07-28
//     client, transport, fetch, faults
//     call(name, args, options)      a tool
//     hear(method, handler)          notifications, handler(params)
//     answer(method, handler)        requests of the server,
//                                    handler(params, signal)
//
// Copyright (C) the ngx_http_mcp_module authors

import { setTimeout as sleep } from 'node:timers/promises';

import { Client as ClientV2,
         StreamableHTTPClientTransport as TransportV2 }
    from '@modelcontextprotocol/client';
import { Client as ClientV1 }
    from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 }
    from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as types from '@modelcontextprotocol/sdk/types.js';

import { recorder } from './tap.mjs';

export const MODERN = '2026-07-28';

const schemas = {
    'notifications/message': types.LoggingMessageNotificationSchema,
    'notifications/tools/list_changed':
        types.ToolListChangedNotificationSchema,
    'notifications/prompts/list_changed':
        types.PromptListChangedNotificationSchema,
    'notifications/resources/list_changed':
        types.ResourceListChangedNotificationSchema,
    'notifications/resources/updated':
        types.ResourceUpdatedNotificationSchema,
    'elicitation/create': types.ElicitRequestSchema,
    'sampling/createMessage': types.CreateMessageRequestSchema,
    'roots/list': types.ListRootsRequestSchema,
};

// options: capabilities, and those of the transport (sessionId,
// reconnectionOptions) and of the client (inputRequired, listChanged)

function v1(url, options = {}) {
    const { capabilities = {}, listChanged, ...transportOptions } = options;
    const fetch = recorder();
    const transport = new TransportV1(new URL(url),
                                      { fetch, ...transportOptions });
    const client = new ClientV1({ name: 'sdk-v1', version: '1.0.0' },
                                { capabilities, listChanged });

    return watched({
        who: 'v1', modern: false, client, transport, fetch,
        call: (name, args = {}, { _meta, ...more } = {}) =>
            client.callTool({ name, arguments: args, _meta }, undefined, more),
        hear: (method, handler) =>
            client.setNotificationHandler(schemas[method],
                                          ({ params }) => handler(params)),
        answer: (method, handler) =>
            client.setRequestHandler(schemas[method], ({ params }, extra) =>
                handler(params, extra.signal)),
    });
}

function v2(mode, who, url, options = {}) {
    const { capabilities = {}, listChanged, inputRequired,
            ...transportOptions } = options;
    const fetch = recorder();
    const transport = new TransportV2(new URL(url),
                                      { fetch, ...transportOptions });
    const client = new ClientV2({ name: 'sdk-v2', version: '1.0.0' },
                                { capabilities, listChanged, inputRequired,
                                  versionNegotiation: { mode } });

    return watched({
        who, modern: mode !== 'legacy', client, transport, fetch,
        call: (name, args = {}, { _meta, ...more } = {}) =>
            client.callTool({ name, arguments: args, _meta }, more),
        hear: (method, handler) =>
            client.setNotificationHandler(method,
                                          ({ params }) => handler(params)),
        answer: (method, handler) =>
            client.setRequestHandler(method, ({ params }, context) =>
                handler(params, context.mcpReq.signal)),
    });
}

function watched(it) {
    it.faults = [];
    it.client.onerror = (error) => it.faults.push(error.message);
    return it;
}

// each makes a client of its kind, which is not connected yet

export const kinds = [
    v1,
    (...args) => v2('legacy', 'v2 legacy', ...args),
    (...args) => v2('auto', 'v2 auto', ...args),
    (...args) => v2({ pin: MODERN }, 'v2 pinned', ...args),
];

export async function connected(kind, url, options, prepare) {
    const it = kind(url, options);

    prepare?.(it);
    await it.client.connect(it.transport);
    return it;
}

// a promise with its functions, rejected when it takes too long

export function expected(what, ms = 10000) {
    const it = Promise.withResolvers();
    const timer = setTimeout(() =>
        it.reject(new Error(`${what}: nothing within ${ms} ms`)), ms);

    it.promise.finally(() => clearTimeout(timer)).catch(() => {});
    return it;
}

// looks until there is something to see, and returns it

export async function seen(what, look, ms = 10000) {
    const end = Date.now() + ms;

    while (Date.now() < end) {
        const it = await look();

        if (it) {
            return it;
        }

        await sleep(10);
    }

    throw new Error(`${what}: not seen within ${ms} ms`);
}
