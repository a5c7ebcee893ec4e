#!/usr/bin/perl

# Variables: true before limit_req, never the word of a client.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $format = join '|', map { "$_=\$mcp_$_" }
    qw(method tool name id client protocol_version error);

my $t = MCPTest->new(http => <<"EOC", servers => <<'EOC')->start;
    log_format mcp escape=json '$format|status=\$status';
EOC
limit_req_zone $mcp_tool    zone=modern:1m rate=1r/m;
limit_req_zone $mcp_tool    zone=legacy:1m rate=1r/m;
limit_req_zone $mcp_tool    zone=batch:1m  rate=1r/m;
limit_req_zone $only_add    zone=mapped:1m rate=1r/m;
limit_req_zone $mcp_tool    zone=lie:1m    rate=1r/m;
limit_req_zone $mcp_method  zone=method:1m rate=1r/m;
limit_req_status 429;

map $mcp_tool $is_echo {
    echo    1;
    default 0;
}

map $mcp_tool $only_add {
    add     add;
    default "";
}

server {
    listen 127.0.0.1:%%PORT_0%%;
    mcp_tools demo;

    location = /mcp {
        mcp;
        access_log %%DIR%%/access.log mcp;
        add_header X-Tool "<$mcp_tool>" always;
        add_header X-Echo $is_echo always;
        add_header X-Text "<$mcp_name><$mcp_client><$mcp_method>" always;
    }

    location = /modern { mcp; limit_req zone=modern; }
    location = /legacy { mcp; limit_req zone=legacy; }
    location = /batch  { mcp; limit_req zone=batch; }
    location = /mapped { mcp; limit_req zone=mapped; }
    location = /lie    { mcp; limit_req zone=lie; }
    location = /method { mcp; limit_req zone=method; }

    location = /plain {
        return 200 "[$mcp_method$mcp_tool$mcp_error]";
    }
}
EOC

my $lines = 0;
my $r;


# the variables in the next line of the log

sub logged {
    my @all = $t->wait_lines('access.log', ++$lines);
    my $line = $all[$lines - 1] // '';

    return { map { split /=/, $_, 2 } split /\|/, $line };
}


sub values_are {
    my ($r, $name, %want) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $have = logged();

    is($have->{$_}, $want{$_}, "$name: \$mcp_$_") for sort keys %want;
    is($have->{status}, $r->status, "$name: the line of this request");
    return;
}


# values

my @modern = (client => 'tester/1.0', protocol_version => '2026-07-28');

values_are($t->call('add', { a => 1, b => 2 }, id => 42), 'modern call',
           method => 'tools/call', tool => 'add', name => 'add', id => '42',
           error => '', @modern);
values_are($t->rpc('tools/list', {}, id => 'x'), 'modern list',
           method => 'tools/list', tool => '', name => '', error => '',
           @modern);
values_are($t->rpc('server/discover', {}, meta => { clientInfo => undef }),
           'no clientInfo', method => 'server/discover', client => '');
values_are($t->legacy_call('echo', { text => 'x' }), 'legacy call',
           method => 'tools/call', tool => 'echo', name => 'echo', id => '1',
           error => '', protocol_version => '2025-11-25');
values_are($t->legacy('ping', undef, version => undef), 'legacy without header',
           method => 'ping', protocol_version => '2025-03-26', error => '');
values_are($t->legacy('initialize', { protocolVersion => '2025-06-18',
               clientInfo => { name => 'old', version => '2' } },
               version => undef), 'initialize', method => 'initialize',
           client => 'old/2', protocol_version => '2025-06-18', error => '');
$r = $t->legacy("a\r\nX-Evil: 1\x1f", { name => "b\nc" },
                version => '2025-06-18');
values_are($r, 'control characters', method => 'a??X-Evil: 1?', name => '');
$r = $t->legacy('tools/call', { name => "\x01b\r\nX-Evil: 1\x7f" },
                version => '2025-06-18');
values_are($r, 'control characters of a name', name => '?b??X-Evil: 1?');
is($r->header('X-Evil'), undef, 'a variable makes no header');
like($r->header('X-Text') // '', qr/<\?b\?\?X-Evil: 1\?>/,
     'a variable stays in its header');
values_are($t->call('nope', {}), 'unknown tool', method => 'tools/call',
           tool => '', name => 'nope', error => 'params');
values_are($t->call('Add', { a => 1, b => 2 }), 'almost a tool', tool => '');
values_are($t->rpc('notifications/x', {}, id => undef), 'notification',
           method => 'notifications/x', id => '', tool => '', error => '');
values_are($t->call("a\"b\n", {}, headers => { 'Mcp-Name' => '=?base64?'
                    . 'YSJiCg==?=' }), 'an evil name', tool => '',
           name => 'a\"b?', error => 'params');


# classes of errors

values_are($t->rpc('x', {}, body => '{'), 'error', error => 'parse',
           method => '', tool => '', id => '');
values_are($t->rpc('x', {}, body => '[]'), 'error', error => 'request');
values_are($t->rpc('server/discover', {}, version => 'v9'), 'error',
           error => 'version');
values_are($t->call('add', {}, headers => { 'Mcp-Name' => 'echo' }), 'error',
           error => 'header', name => 'add');
values_are($t->rpc('no/such'), 'error', error => 'method');
values_are($t->rpc('tools/list', { cursor => 'x' }), 'error',
           error => 'params');
values_are($t->rpc('tools/list', {}, meta => undef), 'error',
           error => 'params');
values_are($t->call('add', {}), 'error', error => 'tool', tool => 'add');
values_are($t->rpc('tools/list', {}, headers => { Origin => 'http://e.com' }),
           'error', error => 'origin', tool => '');
values_are($t->rpc('tools/list', {}, headers => { Accept => 'a/b' }), 'error',
           error => 'accept');
values_are($t->rpc('tools/list', {}, headers => { 'Content-Type' => 'a/b' }),
           'error', error => 'media_type');
values_are($t->call('echo', { text => 'x' x 1100000 }), 'error',
           error => 'too_large');
values_are($t->post(undef, method => 'GET'), 'error', error => 'http_method');
values_are($t->legacy('nope'), 'error', error => 'method');
values_are($t->legacy_call('add', {}), 'error', error => 'tool', tool => 'add');

# a refused member of a batch was not in a revision nobody spoke of

$t->legacy('', {}, version => undef, body =>
           '[{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}]');
isnt(logged()->{protocol_version}, '2024-11-05', 'the version of a batch');


# in other places

$r = $t->call('echo', { text => 'x' });
logged();
is($r->header('X-Tool'), '<echo>', 'in add_header');
is($r->header('X-Echo'), 1, 'in map');
is($t->post('', uri => '/plain')->body, '[]', 'empty in other locations');


# limit_req_zone $mcp_tool

my %call = (
    '/modern' => sub { $t->call($_[0], $_[1], uri => '/modern', id => 5) },
    '/legacy' => sub { $t->legacy_call($_[0], $_[1], uri => '/legacy',
                                       id => 5) },
);

for my $uri (sort keys %call) {
    my $call = $call{$uri};

    ok_result($call->('add', { a => 1, b => 2 }), "$uri: add");
    $r = $call->('add', { a => 1, b => 2 });
    ok_error($r, 429, -32600, "$uri: add is limited");
    is($r->id, 5, "$uri: the id is echoed");
    ok_result($call->('echo', { text => 'x' }), "$uri: echo is not");
    is($call->('echo', { text => 'x' })->status, 429, "$uri: until it is");
    is($call->('add', { a => 1, b => 2 })->status, 429, "$uri: add still is");
}

ok_result($t->rpc('tools/list', {}, uri => '/modern'),
          'what is no call is not limited') for 1 .. 3;
is($t->call($_, {}, uri => '/modern')->code, -32602,
   "nor are unknown tools: $_") for qw(a a b b);

ok_result($t->rpc('tools/list', {}, uri => '/method'), '$mcp_method: list');
is($t->rpc('tools/list', {}, uri => '/method')->status, 429,
   '$mcp_method: list is limited');
ok_result($t->rpc('server/discover', {}, uri => '/method'),
          '$mcp_method: discover is not');


# a header that lies

ok_error($t->call('add', { a => 1, b => 2 }, uri => '/lie',
                  headers => { 'Mcp-Name' => 'echo' }),
         400, -32020, 'Mcp-Name that lies');
ok_result($t->call('echo', { text => 'x' }, uri => '/lie'),
          'it was not counted for the tool that the header names');
ok_error($t->call('add', { a => 1, b => 2 }, headers => { 'Mcp-Name' => $_ }),
         400, -32020, "Mcp-Name that lies: $_") for 'nope', '=?base64?ZWNobw?=';
$t->call('add', { a => 1, b => 2 }, uri => '/lie');
is($t->call('add', { a => 1, b => 2 }, uri => '/lie',
            headers => { 'Mcp-Name' => '=?base64?YWRk?=' })->status, 429,
   'another spelling of the name is the same tool');
is($t->call('add', { a => 1, b => 2 }, uri => '/lie',
            body => encode_json_text({
                jsonrpc => '2.0', id => 1, method => 'tools/call',
                params => { name => raw('"\\u0061dd"'),
                            arguments => { a => 1, b => 2 }, _meta => {
                    'io.modelcontextprotocol/protocolVersion' => '2026-07-28',
                    'io.modelcontextprotocol/clientCapabilities' => {} } } }))
     ->status, 429, 'so is an escaped name in the body');


# every member of a batch counts; if one is limited, none is run

my %arguments = (add => { a => 1, b => 2 }, echo => { text => 'x' });

sub batch_to {
    my ($uri, @names) = @_;

    my @list = map { { jsonrpc => '2.0', id => 1, method => 'tools/call',
                       params => { name => $_, arguments =>
                                       $arguments{$_} || {} } } } @names;

    return $t->legacy('', {}, version => '2025-03-26', uri => $uri,
                      body => encode_json_text(\@list));
}


sub batch { return batch_to('/batch', @_) }


$r = batch('add', 'add');
is($r->status, 429, 'batch: add and add');
is(ref $r->json, 'HASH', 'batch: is answered with one error');
ok(!exists $r->json->{id}, 'batch: that has no id');
ok($r->error, 'batch: and a code');
is(batch('echo')->status, 200, 'batch: echo was not counted');
is(batch('add')->status, 429, 'batch: add was');
is(batch('uuid', 'uuid')->status, 200, 'batch: unknown tools are not limited');

is(batch_to('/mapped', 'echo', 'echo')->status, 200, 'batch: map, echo');
is(batch_to('/mapped', 'echo', 'add')->status, 200, 'batch: map, one add');
is(batch_to('/mapped', 'echo', 'add')->status, 429,
   'batch: map is asked for every message');

finish();
