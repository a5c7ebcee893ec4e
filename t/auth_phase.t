#!/usr/bin/perl

# mcp_auth_phase access: a credential among the access modules of nginx, and
# what those say of the caller.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;

my $policy = <<'EOC';
        mcp;
        mcp_tools demo;
        mcp_tool_scope add write;
        add_header X-Who "$mcp_consumer|$mcp_scope" always;
EOC

my $t = MCPTest->new(
    cert => 1,
    http => <<"EOC",
    limit_req_zone \$mcp_consumer zone=z:1m rate=1r/m;
    limit_req_status 429;

    map \$http_cookie \$known { user=amy 200; default 401; }

    server {
        listen 127.0.0.1:%%PORT_1%%;

        location /ask {
            add_header X-User amy;
            add_header X-Scope "read write";
            if (\$known = 401) { return 401; }
            return 204;
        }
    }

    # certificates of clients

    map \$ssl_client_verify \$subject { SUCCESS \$ssl_client_s_dn; }

    server {
        listen 127.0.0.1:%%PORT_2%% ssl;
        ssl_certificate %%DIR%%/cert.pem;
        ssl_certificate_key %%DIR%%/key.pem;
        ssl_client_certificate %%DIR%%/cert.pem;
        ssl_verify_client optional;

        location = /mcp {
$policy
            mcp_consumer \$subject scope=write;
            if (\$ssl_client_verify != SUCCESS) { return 403; }
        }
    }
EOC
    location => $policy . <<'EOC',
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
EOC
    server => <<"EOC",
    location = /any {
$policy
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
        satisfy any;
        auth_request /_ask;
        auth_request_set \$who \$upstream_http_x_user;
        auth_request_set \$may \$upstream_http_x_scope;
        mcp_consumer \$who scope=\$may;
    }

    location = /all {
$policy
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
        satisfy all;
        auth_request /_ask;
    }

    location = /asked {
$policy
        auth_request /_ask;
        auth_request_set \$who \$upstream_http_x_user;
        auth_request_set \$may \$upstream_http_x_scope;
        mcp_consumer \$who scope=\$may;
    }

    location = /near {
$policy
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
        satisfy any;
        allow 127.0.0.1;
        deny all;
    }

    location = /limited {
        mcp;
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
        limit_req zone=z;
    }

    mcp_authorization_servers https://login;
    mcp_scopes read write initial=read;

    location = /introspected {
        mcp;
        mcp_resource_metadata https://me/a;
        auth_request /_ask;
        auth_request_set \$who \$upstream_http_x_user;
        mcp_consumer \$who;
    }

    location = /password {
        mcp;
        mcp_resource_metadata https://me/b;
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
        satisfy any;
        auth_basic who;
        auth_basic_user_file %%DIR%%/users;
    }

    location = /password/only {
        mcp;
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
        satisfy any;
        auth_basic who;
        auth_basic_user_file %%DIR%%/users;
    }

    # an introspection, or a proxy that knows cookies

    location = /_ask {
        internal;
        proxy_pass http://127.0.0.1:%%PORT_1%%/ask;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
    }
EOC
    files => { keys => sha256_hex('key') . " bob write\n",
               users => "a:{PLAIN}b\n" })->start;

my @key = ('X-API-Key' => 'key');
my @cookie = (Cookie => 'user=amy');


sub who {
    my ($uri, @headers) = @_;

    my $r = $t->call('add', { a => 1, b => 2 }, uri => $uri,
                     headers => { @headers });
    return $r->status . ' ' . ($r->header('X-Who') // '');
}


is(who('/mcp', @key), '200 bob|write', 'a key');
is(who('/mcp'), '401 |', 'none');
is(who('/mcp', 'X-API-Key' => 'no'), '401 |', 'a wrong one');

is(who('/any', @key), '200 bob|write', 'any: a key');
is(who('/any', @cookie), '200 amy|read write', 'any: who else is known');
is(who('/any', @key, @cookie), '200 bob|write', 'any: the key goes first');
is(who('/any', 'X-API-Key' => 'no', @cookie), '200 amy|read write',
   'any: a wrong key is none');
is(who('/any'), '401 |', 'any: nobody');

is(who('/all', @key, @cookie), '200 bob|write', 'all: both');
is(who('/all', @key), '401 bob|write', 'all: a key is not enough');
is(who('/all', @cookie), '401 |', 'all: nor is the other');

is(who('/asked', @cookie), '200 amy|read write', 'without keys');
is(who('/asked'), '401 |', 'without anything');

is(who('/near', @key), '200 bob|write', 'an address: with a key');
is($t->rpc('tools/list', {}, uri => '/near')->status, 200,
   'an address: without');
is(who('/near'), '403 |', 'an address has no scopes');

is(join(' ', map { $t->rpc('tools/list', {}, uri => '/limited',
                           headers => { @key })->status } 1 .. 2),
   '200 429', 'the key is known to limits before it is judged');
is($t->rpc('tools/list', {}, uri => '/limited')->status, 401,
   'nobody has no bucket');


# --- whoever refuses, a client is told where the tokens are

my @where = map { 'resource_metadata="https://me/.well-known/'
                  . qq(oauth-protected-resource/$_", scope="read") } 'a', 'b';
my $basic = 'Basic realm="who"';

for ([ '/introspected', [], "Bearer $where[0]" ],
     [ '/introspected', [ 'Bearer x' ],
       qq(Bearer error="invalid_token", $where[0]) ],
     [ '/introspected', [ 'Basic YTpi' ], "Bearer $where[0]" ],
     [ '/password', [], "Bearer $where[1]|$basic" ],
     [ '/password', [ 'Bearer x' ],
       qq(Bearer error="invalid_token", $where[1]|$basic) ],
     [ '/password/only', [ 'Bearer x' ], $basic ])
{
    my ($uri, $sent, $expected) = @$_;
    my $r = $t->rpc('tools/list', {}, uri => $uri, headers => {
                        map { (Authorization => $_) } @$sent });

    is(join('|', $r->status, $r->headers('WWW-Authenticate')),
       "401|$expected", "$uri: @$sent");
}


# --- certificates

for ([ 'one', ['--cert', $t->path('cert.pem'), '--key', $t->path('key.pem')],
       '200 CN=localhost|write' ],
     [ 'none', [], '403 |write' ])
{
    my ($name, $args, $who) = @$_;
    my $r = $t->curl_rpc('tools/call', { name => 'add', arguments =>
        { a => 1, b => 2 } }, scheme => 'https', port => $t->port(2),
        args => $args);

    is($r->status . ' ' . ($r->header('X-Who') // ''), $who,
       "a certificate: $name");
}

finish();
