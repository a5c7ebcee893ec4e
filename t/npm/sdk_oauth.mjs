// The authorization code flow of the official client:
// sdk_oauth.mjs URL PORT, with a port for the authorization server
//
// Copyright (C) the ngx_http_mcp_module authors

import { createHash } from 'node:crypto';

import { UnauthorizedError } from '@modelcontextprotocol/client';

import { start } from './authority.mjs';
import { kinds, seen } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url, port] = process.argv.slice(2);

const CALLBACK = 'http://127.0.0.1:9/callback';
const METADATA = url.replace(/\/mcp$/,
                             '/.well-known/oauth-protected-resource/mcp');

const authority = await start(Number(port), url);

// What the client keeps, and a browser that goes where it is told to;
// callback() is what it came back with.

function user() {
    const kept = {};
    let back;

    return {
        redirectUrl: CALLBACK,
        clientMetadata: {
            client_name: 'sdk', redirect_uris: [CALLBACK],
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'], token_endpoint_auth_method: 'none',
        },
        state: () => 'a state',
        clientInformation: () => kept.client,
        saveClientInformation: (client) => { kept.client = client; },
        tokens: () => kept.tokens,
        saveTokens: (tokens) => { kept.tokens = tokens; },
        codeVerifier: () => kept.verifier,
        saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
        discoveryState: () => kept.discovery,
        saveDiscoveryState: (state) => { kept.discovery = state; },

        async redirectToAuthorization(to) {
            const response = await fetch(to, { redirect: 'manual' });

            back = response.status === 302
                   ? new URL(response.headers.get('location')).searchParams
                   : await response.json();
        },

        callback() {
            const it = back;

            back = undefined;
            return it;
        },
    };
}

// { url, status, challenge } of each exchange

function watch() {
    const log = [];

    async function watched(to, init) {
        const response = await fetch(to, init);

        log.push({
            url: String(to),
            status: response.status,
            challenge: response.headers.get('www-authenticate'),
        });
        return response;
    }

    watched.log = log;
    watched.statuses = () => log.filter((note) => note.url === url)
                                .map((note) => note.status);
    return watched;
}

// the parameters of challenges, sorted, each one once

const challenges = (log, status) => [...new Set(
    log.filter((note) => note.url === url && note.status === status)
       .map(({ challenge }) => challenge?.replace(/^Bearer /, '').split(', ')
                                        .sort().join(', ')))];

const bearer = (scope, error) => [[
    ...error ? [`error="${error}"`] : [],
    `resource_metadata="${METADATA}"`, `scope="${scope}"`,
].join(', ')];

// a client that has what a user agreed to at its first request

async function authorized(kind, authProvider) {
    const before = watch();
    const first = kind(url, { authProvider, fetch: before });
    const error = await rejected(first.client.connect(first.transport));

    ok(error instanceof UnauthorizedError, `${first.who}: not yet`,
       String(error));

    await first.transport.finishAuth(authProvider.callback());
    await first.client.close();

    const fetched = watch();
    const it = kind(url, { authProvider, fetch: fetched });

    await it.client.connect(it.transport);
    return { ...it, before: before.log, fetched };
}

// what the authorization server was asked for, once there is a token

function asked(who, times, scope) {
    const authorize = authority.of('authorize').at(-1).params;
    const token = authority.of('tokens').at(-1).params;

    is([authority.of('authorize').length, authorize.scope, authorize.resource,
        authorize.code_challenge_method],
       [times, scope, url, 'S256'], `${who}: asked for "${scope}", for us`);
    is([token.grant_type, token.resource,
        createHash('sha256').update(token.code_verifier).digest('base64url')],
       ['authorization_code', url, authorize.code_challenge],
       `${who}: and the code was exchanged by who asked`);
}

async function conversation(kind) {
    authority.log.length = 0;

    const provider = user();
    const it = await authorized(kind, provider);
    const { who, client, transport, call, before, fetched } = it;

    // 401, metadata, token

    is(challenges(before, 401), bearer('read'), `${who}: a 401 says where`);
    is(before.map((note) => note.url).slice(1, 3), [METADATA,
        `${authority.issuer}/.well-known/oauth-authorization-server`],
       `${who}: which leads to the authorization server`);
    asked(who, 1, 'read');
    is(fetched.statuses().filter((status) => status >= 400 && status != 405),
       [], `${who}: then it is let in`);

    const names = async () =>
        (await client.listTools({}, { cacheMode: 'refresh' })).tools
            .map((tool) => tool.name).sort();

    is(await names(), ['echo', 'who'], `${who}: and sees what it may use`);
    is((await call('echo', { text: 'x' })).content[0].text, 'x',
       `${who}: and uses it`);
    is((await call('who')).structuredContent, { who: 'alice', scope: 'read' },
       `${who}: as whom the token says`);

    // 403, step-up

    const error = await rejected(call('add', { a: 1, b: 2 }));

    ok(error instanceof UnauthorizedError, `${who}: more is needed`,
       String(error));
    is(challenges(fetched.log, 403), bearer('read write', 'insufficient_scope'),
       `${who}: a 403 says what`);

    await transport.finishAuth(provider.callback());
    asked(who, 2, 'read write');
    is((await call('add', { a: 1, b: 2 })).structuredContent, { sum: 3 },
       `${who}: then it may`);
    is(await names(), ['add', 'echo', 'who'], `${who}: and sees so`);
    is(authority.of('register').length, 1, `${who}: it registered once`);

    // a token that is too old, then one that gets too old

    for (const lifetime of [-60, 2]) {
        authority.lifetime = lifetime;
        provider.saveTokens({ ...provider.tokens(), access_token: 'nonsense' });
        fetched.log.length = 0;
        authority.log.length = 0;

        const failed = await rejected(call('add', { a: 1, b: 2 }));

        is([fetched.statuses(), authority.of('tokens').length],
           [[401, lifetime < 0 ? 401 : 200], 1],
           `${who}: renewed for ${lifetime} s`);
        is(Boolean(failed), lifetime < 0,
           `${who}: which is ${lifetime < 0 ? 'of no use' : 'enough'}`);

        authority.lifetime = 300;

        const sums = new Set();

        await seen(`${who}: the next renewal`, async () => {
            sums.add((await call('add', { a: 1, b: 2 })).structuredContent.sum);
            return authority.of('tokens').length > 1;
        });

        is([...sums], [3], `${who}: goes on`);
        is(challenges(fetched.log, 401), bearer('read', 'invalid_token'),
           `${who}: each 401 said why`);
        is(authority.of('tokens').map(({ params }) =>
               [params.grant_type, params.resource]),
           Array(2).fill(['refresh_token', url]),
           `${who}: renewed, for us`);
        is(authority.of('authorize'), [], `${who}: without the user`);
    }

    await client.close();
}

// a user who does not agree is not asked again and again

async function declined(kind) {
    authority.log.length = 0;
    authority.grant = () => 'read';

    const provider = user();
    const { who, client, transport, call } = await authorized(kind, provider);

    for (let times = 2; times < 4; times++) {
        const error = await rejected(call('add', { a: 1, b: 2 }));

        ok(error instanceof UnauthorizedError, `${who}: more is needed`,
           String(error));
        await transport.finishAuth(provider.callback());
        asked(who, times, 'read write');
    }

    is((await call('who')).structuredContent, { who: 'alice', scope: 'read' },
       `${who}: what it may it still does`);

    authority.grant = (scope) => scope;
    await client.close();
}

for (const kind of kinds.slice(1)) {
    await conversation(kind);
    await declined(kind);
}

ok(authority.keys.length > 0 && authority.keys.every((headers) =>
    !('authorization' in headers)), 'who has the keys sees no token',
   authority.keys);

done();
authority.stop();
