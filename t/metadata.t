#!/usr/bin/perl

# Protected resources: metadata, and the challenges that lead to them.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;

my $servers = 'mcp_authorization_servers https://login.example.com;';


# --- configuration

for ([ 'no scheme', 'example.com/mcp' ], [ 'another scheme', 'ftp://a/mcp' ],
     [ 'a query', 'https://a/mcp?x=1' ], [ 'a fragment', 'https://a/mcp#x' ],
     [ 'a user', 'https://u@a/mcp' ], [ 'dots', 'https://a/../mcp' ])
{
    my ($name, $uri) = @$_;

    refused($name, location => "mcp_resource_metadata '$uri';",
            qr/invalid URI "\Q$uri\E" of a resource: /);
}

refused('no issuer', location => 'mcp_authorization_servers ftp://a;',
        qr/invalid URI "ftp:\/\/a" of an authorization server: /);
refused('an issuer in clear', location =>
        'mcp_authorization_servers http://login.example.com;',
        qr/invalid URI "http:\/\/login.example.com" of an authorization/);
refused('metadata twice', location =>
        "mcp_resource_metadata https://a/m;\nmcp_resource_metadata https://a/n;",
        qr/"mcp_resource_metadata" directive is duplicate/);
refused('scopes twice', location => "mcp_scopes a;\nmcp_scopes b;",
        qr/"mcp_scopes" directive is duplicate/);
refused('no scope', location => q{mcp_scopes 'a b';},
        qr/invalid scope "a b": /);
refused("a first scope \"$_\"", location => "mcp_scopes a initial=$_;",
        qr/invalid scope "b?" of "initial": it is none of the others/)
    for '', 'b', 'a,b';
refused('a first scope only', location => 'mcp_scopes initial=a;',
        qr/invalid scope "a" of "initial": it is none of the others/);
refused('spaces between first scopes', location => 'mcp_scopes a b initial=a b;',
        qr/"mcp_scopes" directive has something after "initial="/);
refused('metadata without tokens', location =>
        "$servers\nmcp_resource_metadata https://a/m;",
        qr/"mcp_resource_metadata https:\/\/a\/m" tells clients to get tokens/);
accepted('an issuer on this machine', location =>
         'mcp; mcp_authorization_servers http://127.0.0.1:8080;');


sub broken {
    my ($name, $re, %o) = @_;

    my ($rc, $out) = MCPTest->new(%o)->test_config;
    isnt($rc, 0, "$name: refused");
    like($out, $re, "$name: why");
    return;
}


broken('metadata without issuers',
       qr/metadata https:\/\/a\/m" needs "mcp_auth\S+ in \S+nginx.conf:\d+/,
       location => 'mcp; mcp_resource_metadata https://a/m;');
broken('one path twice', qr/two locations of a server have the path of/,
       location => "mcp; mcp_resource_metadata https://a/m; $servers",
       server => "mcp_consumer a; location /b { mcp; "
                 . "mcp_resource_metadata https://b/m; $servers }");

my ($rc, $out) = MCPTest->new(location => "mcp; mcp_consumer a; $servers\n"
    . 'mcp_resource_metadata http://example.com/m;')->test_config;
is($rc, 0, 'a resource in clear');
like($out, qr/\[warn\].*"http:\S+" is not https: .* in \S+nginx.conf:\d+/,
     'is told of');


# --- what is served

my $t = MCPTest->new(
    location => <<'EOC',
        mcp;
        mcp_server acme 1.0 "title=ACME Operations";
        mcp_tools demo;
        mcp_tool_scope add write;
        mcp_api_keys %%DIR%%/keys;
        mcp_resource_metadata https://mcp.example.com/mcp;
        mcp_authorization_servers https://login.example.com
                                  https://sso.example.com/realms/a;
        mcp_scopes read write initial=read;
EOC
    server => <<'EOC',
    location = /root {
        mcp;
        mcp_api_keys %%DIR%%/keys;
        mcp_resource_metadata https://other.example.com;
        mcp_authorization_servers https://login.example.com;
    }

    location / { return 404; }
EOC
    files => { keys => sha256_hex('key') . " bob read\n" })->start;

my $place = '/.well-known/oauth-protected-resource';


sub get {
    my ($uri, %o) = @_;
    return $t->exchange($t->http_bytes(method => 'GET', %o, uri => $uri));
}


my $r = get("$place/mcp", headers => [ Host => 'evil.example.com',
                                       Origin => 'https://app.example.net' ]);

is($r->status, 200, 'metadata');
is($r->header('Content-Type'), 'application/json', 'metadata: type');
is($r->header('Access-Control-Allow-Origin'), '*', 'metadata: for any page');
is_deeply($r->json, {
    resource => 'https://mcp.example.com/mcp',
    resource_name => 'ACME Operations',
    authorization_servers => [ 'https://login.example.com',
                               'https://sso.example.com/realms/a' ],
    scopes_supported => [ 'read', 'write' ],
    bearer_methods_supported => [ 'header' ]
}, 'metadata: what they say');

is(get($place)->json->{resource}, 'https://other.example.com',
   'of a resource without a path');
is(get("$place/mcp/more")->status, 404, 'nothing under it');
is(get("$place/other")->status, 404, 'nothing beside it');
is(get("$place/mcp?x=1")->status, 200, 'whatever the arguments are');

$r = get("$place/mcp", method => 'HEAD');
is($r->status . $r->body, '200', 'HEAD');

$r = get("$place/mcp", method => 'OPTIONS',
         headers => [ Origin => 'https://app.example.net',
                      'Access-Control-Request-Method' => 'GET',
                      'Access-Control-Request-Headers' =>
                          'mcp-protocol-version' ]);
is($r->status, 204, 'a page of another origin asks first');
like($r->header('Access-Control-Allow-Headers'), qr/\*|mcp-protocol-version/i,
     'and may send the header of MCP');

is(get("$place/mcp", method => 'POST')->status, 405, 'POST');


# --- challenges

my $url = 'resource_metadata="https://mcp.example.com'
          . '/.well-known/oauth-protected-resource/mcp"';

for ([ {}, 401, qq(Bearer $url, scope="read") ],
     [ { Authorization => 'Bearer wrong' }, 401,
       qq(Bearer error="invalid_token", $url, scope="read") ],
     [ { Authorization => 'Bearer key' }, 403,
       qq(Bearer error="insufficient_scope", $url, scope="write") ])
{
    my ($headers, $status, $challenge) = @$_;

    $r = $t->call('add', { a => 1, b => 2 },
                  headers => { %$headers, Host => 'evil.example.com' });
    is($r->status, $status, "challenge $status");

    is_deeply([ sort split /, /, $r->header('WWW-Authenticate') =~ s/^Bearer //r ],
              [ sort split /, /, $challenge =~ s/^Bearer //r ],
              "challenge $status: says where, and what for");
    like($r->header('WWW-Authenticate'), qr/^Bearer /, 'as a bearer');
}


# --- whatever a server says of all its locations

$t->reload(location => 'return 404;', server => <<'EOC', files => {});
    mcp_inspect on;
    mcp_cors https://app.example.com;
    auth_basic who;
    auth_basic_user_file none;

    location /in {
        mcp_resource_metadata https://in.example.com/in;
        mcp_authorization_servers https://login.example.com;
        proxy_pass http://127.0.0.1:1;
    }
EOC

for my $origin ('https://app.example.com', 'https://other.example.com') {
    for my $method (qw(GET OPTIONS)) {
        $r = get("$place/in", method => $method, headers => [
                 Origin => $origin, 'Access-Control-Request-Method' => 'GET' ]);

        is(join('|', $r->status, $r->headers('Access-Control-Allow-Origin')),
           ($method eq 'GET' ? 200 : 204) . '|*',
           "$method from $origin: not those of an endpoint");
    }
}

finish();
