// A small authorization server: authorization code with PKCE, refresh tokens,
// dynamic registration, one user who agrees to everything.
//
//     const authority = await start(port, resource)
//     authority.log         { what, params } of each request, in order
//     authority.of(what)    those of metadata, register, authorize, tokens
//     authority.keys        the headers of all requests for its keys
//     authority.lifetime    seconds, of access tokens it is to give
//     authority.grant(scope)    what is given for what was asked for
//     authority.stop()
//
// Copyright (C) the ngx_http_mcp_module authors

import { createHash, generateKeyPairSync, randomBytes, sign }
    from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const KID = 'authority-1';

const random = () => randomBytes(16).toString('base64url');
const encoded = (value) =>
    Buffer.from(JSON.stringify(value)).toString('base64url');

// thrown by an endpoint

class Refusal extends Error {}

function need(condition, error) {
    if (!condition) {
        throw new Refusal(error);
    }
}

export async function start(port, resource) {
    const issuer = `http://127.0.0.1:${port}`;
    const { privateKey, publicKey } =
        generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const clients = new Map();
    const codes = new Map();
    const renewals = new Map();
    const it = { issuer, log: [], keys: [], lifetime: 300,
                 grant: (scope) => scope };

    it.of = (what) => it.log.filter((note) => note.what === what);

    function token(scope, client) {
        const now = Math.floor(Date.now() / 1000);
        const signed = encoded({ alg: 'ES256', typ: 'at+jwt', kid: KID }) + '.'
            + encoded({ iss: issuer, sub: 'alice', aud: resource, iat: now,
                        exp: now + it.lifetime, jti: random(), scope,
                        client_id: client });

        return `${signed}.` + sign('sha256', signed, {
            key: privateKey, dsaEncoding: 'ieee-p1363',
        }).toString('base64url');
    }

    function metadata() {
        return {
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            registration_endpoint: `${issuer}/register`,
            jwks_uri: `${issuer}/jwks`,
            response_types_supported: ['code'],
            grant_types_supported: ['authorization_code', 'refresh_token'],
            code_challenge_methods_supported: ['S256'],
            token_endpoint_auth_methods_supported: ['none'],
            authorization_response_iss_parameter_supported: true,
        };
    }

    function register(params) {
        const id = random();

        clients.set(id, params.redirect_uris);
        return { ...params, client_id: id };
    }

    function authorize(params) {
        const code = random();

        need(clients.get(params.client_id)?.includes(params.redirect_uri),
             'invalid_client');
        need(params.response_type === 'code', 'unsupported_response_type');
        need(params.code_challenge_method === 'S256'
             && /^[\w-]{43}$/.test(params.code_challenge), 'invalid_request');
        need(params.resource === resource, 'invalid_target');

        codes.set(code, params);

        const to = new URL(params.redirect_uri);

        to.search = new URLSearchParams({ code, state: params.state,
                                          iss: issuer });
        return to;
    }

    function exchange(params) {
        const asked = codes.get(params.code);

        codes.delete(params.code);

        need(asked && asked.client_id === params.client_id
             && asked.redirect_uri === params.redirect_uri, 'invalid_grant');
        need(createHash('sha256').update(params.code_verifier)
                 .digest('base64url') === asked.code_challenge,
             'invalid_grant');

        return it.grant(asked.scope);
    }

    function tokens(params) {
        need(params.resource === resource, 'invalid_target');

        let scope;

        if (params.grant_type === 'refresh_token') {
            const old = renewals.get(params.refresh_token);

            renewals.delete(params.refresh_token);
            need(old?.client === params.client_id, 'invalid_grant');
            scope = old.scope;

        } else {
            need(params.grant_type === 'authorization_code',
                 'unsupported_grant_type');
            scope = exchange(params);
        }

        const renewal = random();

        renewals.set(renewal, { client: params.client_id, scope });

        return { access_token: token(scope, params.client_id), scope,
                 token_type: 'Bearer', expires_in: it.lifetime,
                 refresh_token: renewal };
    }

    const jwks = () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }),
                                   kid: KID, alg: 'ES256', use: 'sig' }] });

    const endpoints = {
        'GET /.well-known/oauth-authorization-server': metadata,
        'POST /register': register,
        'GET /authorize': authorize,
        'POST /token': tokens,
        'GET /jwks': jwks,
    };

    const server = createServer(async (request, response) => {
        const url = new URL(request.url, issuer);
        const endpoint = endpoints[`${request.method} ${url.pathname}`];
        let body = '';

        for await (const chunk of request) {
            body += chunk;
        }

        const json = request.headers['content-type'] === 'application/json';
        const params = json ? JSON.parse(body)
            : Object.fromEntries(new URLSearchParams(body || url.search));
        let answer, status = endpoint === register ? 201 : 200;

        it.log.push({ what: endpoint?.name, params });

        if (endpoint === jwks) {
            it.keys.push(request.headers);
        }

        try {
            need(endpoint, 'not_found');
            answer = endpoint(params);
        } catch (error) {
            status = error instanceof Refusal ? 400 : 500;
            answer = { error: error.message };
        }

        if (answer instanceof URL) {
            response.writeHead(302, { Location: answer }).end();
        } else {
            response.writeHead(status, { 'Content-Type': 'application/json' })
                    .end(JSON.stringify(answer));
        }
    });

    server.listen(port, '127.0.0.1');
    await once(server, 'listening');

    it.stop = () => {
        server.close();
        server.closeAllConnections();
    };

    return it;
}
