#!/usr/bin/perl

# mcp_inspect: the same checks, limits and log in front of another server.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Conf;
use MCPTest::Tools;

accepted('inherited', server => 'mcp_inspect on;
         location /a { proxy_pass http://127.0.0.1:1; mcp_inspect off; }',
         location => 'proxy_pass http://127.0.0.1:1;');

refused('after "mcp"', location => 'mcp_inspect on;',
        qr/"mcp_inspect" directive conflicts with "mcp": it is for what/);
refused('before "mcp"', server => "location /a {\nmcp_inspect on;\n"
                                  . "mcp; # HERE\n}",
        qr/"mcp" directive conflicts with "mcp_inspect"/);
refused('without "proxy_pass"', server => "location /a {\n"
        . "mcp_inspect on; # HERE\n}",
        qr/"mcp_inspect" is for what "proxy_pass" sends on, and location "\/a"/);
accepted('around "proxy_pass"', server => 'location /a { mcp_inspect on;
         location /a/b { proxy_pass http://127.0.0.1:1; } }');
accepted('around "mcp"', server => 'mcp_inspect on;');

my $keys = sha256_hex('bob') . " bob read\n" . sha256_hex('amy') . " amy write\n"
           . sha256_hex('few') . " few write tools=ec*\n";

my $b = MCPTest::Backend->start('/seen' => { body => '{}' },
                                '/in/failover' => { body => '{}' });
my $backend = $b->port;

my $t = MCPTest->new(
    modules => [ slow_tools() ],
    http => <<"EOC",
    log_format who "\$uri \$mcp_consumer|\$mcp_tool|\$mcp_error|\$status";
    limit_req_zone \$mcp_tool zone=tool:1m rate=1r/m;
    limit_req_status 429;
    mcp_scope_implies write read;
EOC
    location => 'mcp; mcp_tools demo slow;',
    server => <<"EOC",
    location \@other {
        mcp_inspect on;
        mcp_api_keys %%DIR%%/keys;
        proxy_pass http://127.0.0.1:$backend;
    }

    location /in/ {
        mcp_inspect on;
        proxy_pass http://127.0.0.1:%%PORT_0%%/mcp;
        proxy_http_version 1.1;
        proxy_buffering off;
        access_log %%DIR%%/who.log who;

        location = /in/open {
            proxy_pass http://127.0.0.1:%%PORT_0%%/mcp;
        }

        location = /in/keys {
            mcp_api_keys %%DIR%%/keys;
            mcp_tool_scope add write;
            mcp_tool_scope * read;
            proxy_pass http://127.0.0.1:%%PORT_0%%/mcp;
        }

        location = /in/hidden {
            mcp_api_keys %%DIR%%/keys;
            mcp_tool_scope add write;
            mcp_hidden on;
            proxy_pass http://127.0.0.1:%%PORT_0%%/mcp;
        }

        location = /in/seen {
            mcp_api_keys %%DIR%%/keys;
            proxy_pass http://127.0.0.1:$backend/seen;
        }

        location = /in/limited {
            limit_req zone=tool;
            mcp_limit_as_tool_error on;
            proxy_pass http://127.0.0.1:%%PORT_0%%/mcp;
        }

        location = /in/failover {
            mcp_api_keys %%DIR%%/keys;
            error_page 502 = \@other;
            proxy_pass http://127.0.0.1:1;
        }

        location = /in/dead { proxy_pass http://127.0.0.1:1/; }
        location = /in/here {
            mcp_allowed_origins none https://app.example.com;
            mcp_protocols 2026-07-28;
            proxy_pass http://127.0.0.1:%%PORT_0%%/mcp;
        }
    }
EOC
    files => { keys => $keys })->start;

my @add = ('add', { a => 1, b => 2 });


# --- what is right goes on

for my $era (qw(call legacy_call)) {
    my $r = $t->$era(@add, uri => '/in/open', id => 'x');
    ok_result($r, "$era: a call");
    is($r->json->{id}, 'x', "$era: its id");
}

ok_result($t->rpc('tools/list', {}, uri => '/in/open'), 'a list');
ok_result($t->legacy('initialize', { protocolVersion => '2025-06-18',
    capabilities => {}, clientInfo => { name => 'a', version => '1' } },
    version => undef, uri => '/in/open'), 'a handshake');
ok_accepted($t->legacy('notifications/initialized', {}, id => undef,
                       uri => '/in/open'), 'a notification');


# --- what is wrong does not

for my $uri (qw(/in/open /mcp)) {
    ok_error($t->post('{', uri => $uri, headers => { 'Content-Type' =>
             'application/json' }), 400, -32700, "$uri: no JSON");
    ok_error($t->call(@add, uri => $uri,
                      headers => { 'Mcp-Name' => 'echo' }), 400, -32020,
             "$uri: a header that does not agree");
    ok_error($t->rpc('ping', {}, uri => $uri, version => '2099-01-01'), 400,
             -32022, "$uri: a revision that is not served");
    ok_error($t->rpc('ping', {}, uri => $uri,
                     headers => { 'Content-Type' => 'text/plain' }), 415,
             -32600, "$uri: no JSON by its type");
    is($t->exchange($t->http_bytes(method => 'PUT', uri => $uri))->status, 405,
       "$uri: PUT");
}

ok_error($t->rpc('ping', {}, uri => '/in/here',
                 headers => { Origin => 'https://evil.example' }), 403, -32600,
         'an origin that is not allowed');
ok_error($t->legacy('ping', {}, uri => '/in/here', version => '2025-06-18'),
         400, -32022, 'a revision the operator does not want');

ok_error($t->rpc('ping', {}, uri => '/in/dead'), 502, -32603,
         'nobody there: JSON all the same');


# --- who calls what

ok_error($t->call(@add, uri => '/in/keys'), 401, -32600, 'no key');
ok_result($t->call(@add, uri => '/in/keys', headers => { 'X-API-Key' => 'amy' }),
          'with the scope');

my $r = $t->call(@add, uri => '/in/keys', headers => { 'X-API-Key' => 'bob' });
ok_error($r, 403, -32600, 'without');
is($r->header('WWW-Authenticate'),
   'Bearer error="insufficient_scope", scope="write read"', 'and which');
ok_result($t->call('echo', { text => 'a' }, uri => '/in/keys',
                   headers => { 'X-API-Key' => 'bob' }), 'another tool');
ok_error($t->call(@add, uri => '/in/keys', headers => { 'X-API-Key' => 'few' }),
         403, -32600, 'a key for other tools');
ok_error($t->call(@add, uri => '/in/hidden', headers => { 'X-API-Key' => 'bob' }),
         200, -32602, 'hidden');


# --- what the other server could read as another call

my $call = '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"add"}';
my %bob = ('X-API-Key' => 'bob', 'Content-Type' => 'application/json',
           'MCP-Protocol-Version' => '2025-03-26');

ok_error($t->post("$call}", uri => '/in/seen', headers => { %bob }), 400,
         -32600, 'a call that is a notification');
ok_error($t->post($call =~ s/"add"/["add"]/r . ',"id":1}', uri => '/in/seen',
                  headers => { %bob }), 200, -32602, 'a name that is a list');
ok_error($t->post($call =~ s/{"name.*//r . '{},"id":1}', uri => '/in/seen',
                  headers => { %bob }), 200, -32602, 'no name');

for (['Content-Type', 'application/json; charset=utf-7'],
     ['Content-Encoding', 'deflate'])
{
    ok_error($t->post($call =~ s/add/+AGE-dd/r . ',"id":1}',
                      uri => '/in/seen', headers => { %bob, @$_ }), 415,
             -32600, "$_->[0]: $_->[1]");
}

is(scalar $b->requests, 0, 'it has seen nothing of that');


# --- exactly as it came, without the credential

for my $key (['Authorization', 'Bearer amy'], ['X-API-Key', 'amy']) {
    my $body = qq({ "jsonrpc":"2.0" ,"id":12345678901234567890,"method":)
               . qq("tools/call","params":{"name":"add","arguments":)
               . qq({"a":12345678901234567890.10,"b":"\\u00e4"}}}\n);

    my $r = $t->post($body, uri => '/in/seen', headers => {
        'Content-Type' => 'application/json', 'X-Other' => 'kept',
        'MCP-Protocol-Version' => '2025-06-18', @$key });

    is($r->status, 200, "$key->[0]: passes") or diag($r->body);
    my $seen = $b->request;
    is($seen->body, $body, "$key->[0]: the body, byte for byte");
    is($seen->header('X-Other'), 'kept', "$key->[0]: other headers");
    is($seen->header('Authorization'), undef, "$key->[0]: no token");
    is($seen->header('X-API-Key'), undef, "$key->[0]: no key");
}


for (['Authorization', 'Bearer amy'], ['X-API-Key', 'amy']) {
    $b->requests;
    is($t->call(@add, uri => '/in/failover', headers => { @$_ })->status, 200,
       "$_->[0]: judged by the next server, too");
    is($b->request->header($_->[0]), undef, "$_->[0]: and not sent there");
}


# --- limits

ok_result($t->call(@add, uri => '/in/limited'), 'within the limit');
ok_tool_error($t->call(@add, uri => '/in/limited'), qr/Too many calls: wait /,
              'over it');
ok_result($t->call('echo', { text => 'a' }, uri => '/in/limited'),
          'another tool');


# --- the record

$t->call('nothing', {}, uri => '/in/open');
$t->call('add', { a => 'x' }, uri => '/in/open');
$t->rpc('no/such', {}, uri => '/in/open');
$t->rpc('resources/read', { uri => 'a://b' }, uri => '/in/open');

my $log = $t->slurp('who.log');

for ('/in/open |add||200', '/in/open ||parse|400', '/in/open |add|header|400',
     '/in/keys ||unauthorized|401', '/in/keys bob|add|scope|403',
     '/in/keys few|add|forbidden|403', '/in/limited |add|limited|200',
     '/in/open |nothing|params|200', '/in/open |add|tool|200',
     '/in/open ||method|404', '/in/dead ||unavailable|502')
{
    like($log, qr/^\Q$_\E$/m, "the log: $_");
}

finish();
