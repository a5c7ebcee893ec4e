#!/usr/bin/perl

# mcp_sessions: signed ids for handshake clients, on any worker.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;

my $key = join '', map { sprintf '%02x', $_ } 0 .. 31;
my $other = 'f' x 64;

my @common = (
    workers => 4,
    modules => [slow_tools(), probe_tools()],
    files   => {
        key      => "# one key\n$key\n",
        rotated  => "$other\n$key\n",
        user     => "anna:{PLAIN}a\nbert:{PLAIN}b\n",
    },
);

my $server = <<'EOC';
    location = /off {
        mcp;
        mcp_sessions off;
        mcp_tools slow;
    }

    location = /required {
        mcp;
        mcp_sessions required;
        mcp_tools slow;
    }

    location = /status {
        mcp;
        mcp_tools nginx;
    }

    location = /short {
        mcp;
        mcp_sessions on timeout=1s;
        mcp_tools slow;
    }

    location = /user {
        mcp;
        mcp_tools slow;
        auth_basic mcp;
        auth_basic_user_file %%DIR%%/user;
    }

    location = /name {
        mcp;
        mcp_consumer $http_x_name;
        mcp_tools slow;
    }
EOC

my $t = MCPTest->new(
    @common,
    http     => 'log_format mcp \'$status $mcp_method $mcp_session $mcp_error\';',
    location => <<'EOC',
    mcp;
    mcp_tools slow probe;
    access_log %%DIR%%/access.log mcp;
EOC
    server   => $server,
)->start;

my @revisions = qw(2024-11-05 2025-03-26 2025-06-18 2025-11-25);
my ($r, $id);


# the id of a new session

sub begin {
    my (%o) = @_;

    my $server = delete $o{on} || $t;
    my $version = delete $o{version} || '2025-11-25';
    my $capabilities = delete $o{capabilities} || {};

    my $r = $server->legacy('initialize', {
        protocolVersion => $version,
        capabilities    => $capabilities,
        clientInfo      => { name => 'test', version => '1' },
    }, version => undef, %o);

    ok_result($r, "$version: initialize");

    return $r->header('Mcp-Session-Id');
}


# options of a request in a session

sub in {
    my ($id, %o) = @_;

    my $headers = delete $o{headers} || {};

    return (headers => { 'Mcp-Session-Id' => $id, %$headers }, %o);
}


sub not_found {
    my ($r, $name) = @_;

    ok_error($r, 404, -32001, $name);
    return;
}


for my $version (@revisions) {
    $id = begin(version => $version);

    like($id, qr/^[\x21-\x7e]{40,200}$/, "$version: a session of visible ASCII");
    isnt(begin(version => $version), $id, "$version: each is another");

    ok_accepted($t->legacy('notifications/initialized', undef, id => undef,
                           version => $version, in($id)),
                "$version: initialized");

    for (1 .. 8) {
        ok_result($t->legacy('tools/list', undef, version => $version, in($id)),
                  "$version: a request, whichever worker has it");
    }

    ok_result($t->legacy('ping', undef, version => undef, in($id)),
              "$version: without the header of the version");
}


# what is no id of ours

$id = begin();

my @broken = (
    'x', 'x' x 100, $id . 'A', $id . '-TAMPERED', substr($id, 0, -1), "$id=",
    substr($id, 1), 'A' x length $id, "A$id", 'x' x 5000,
);

for my $i (0, 3, 20, 40, length($id) - 2) {
    my $forged = $id;
    substr($forged, $i, 1) =~ tr/A-Za-z0-9_-/B-ZAb-za1-90_-/;
    substr($forged, $i, 1) = 'x' if $forged eq $id;
    push @broken, $forged;
}

for my $broken (@broken) {
    next if $broken eq $id;
    $r = $t->legacy('ping', undef, in($broken));
    not_found($r, 'not an id: ' . substr($broken, 0, 20));
    unlike($r->body, qr/\Q$broken\E/, 'is not told back') if length $broken > 1;
}

is($r->json->{id}, 1, 'the error has the id of the request');

not_found($t->legacy('ping', undef,
                     headers => { 'Mcp-Session-Id' => [$id, $id] }),
          'two headers');

ok_result($t->legacy('ping', undef, in("\t$id  ")), 'spaces around it');
ok_result($t->rpc('tools/list', undef, in('x')),
          'modern clients have no sessions');
ok_result($t->legacy('initialize', {
    protocolVersion => '2025-06-18', capabilities => {},
    clientInfo => { name => 'x', version => '1' } }, in('x')),
    'an old id with initialize is forgotten');

for my $kind (qw(notifications/initialized)) {
    not_found($t->legacy($kind, undef, id => undef, in('x')), $kind);
}

is($t->post('{', in('x'))->code, -32700, 'what is no JSON is that first');


# batches

$id = begin(version => '2025-03-26');

my $batch = '[{"jsonrpc":"2.0","id":1,"method":"ping"},'
            . '{"jsonrpc":"2.0","id":2,"method":"ping"}]';

is(scalar @{$t->post($batch, in($id))->json}, 2, 'a batch in a session');
is($t->post($batch, in('x'))->status, 404, 'a batch in none');


# the end

for my $how (1, 2) {
    $id = begin();

    my $gone = $t->post(undef, method => 'DELETE', in($id));

    is($gone->status, 204, 'DELETE');
    is($gone->body, '', 'has no body');

    for (1 .. 12) {
        not_found($t->legacy('ping', undef, in($id)), 'on no worker any more');
    }

    not_found($t->post(undef, method => 'DELETE', in($id)), 'twice');
    not_found($t->post(undef, method => 'GET', in($id, headers => {
        Accept => 'text/event-stream' })), 'GET');

    $t->reload if $how == 1;
}

not_found($t->post(undef, method => 'DELETE', in('x')), 'DELETE of no session');

$r = $t->post(undef, method => 'DELETE');
is($r->status, 405, 'DELETE without a session');
is($r->header('Allow'), 'POST', 'is not allowed');

$r = $t->post('{}', method => 'PUT', in('x'));
is($r->status, 405, 'PUT');
is($r->header('Allow'), 'GET, POST, DELETE', 'and what is allowed');


# GET

$id = begin();

$r = $t->post(undef, method => 'GET', in($id, headers => {
    Accept => 'application/json' }));
is($r->status, 406, 'GET needs a client that takes events');

$r = $t->post(undef, method => 'GET', in($id, headers => {
    Accept => 'text/event-stream', 'MCP-Protocol-Version' => '2026-07-28' }));
is($r->status, 405, 'GET of a modern client');

$r = $t->post(undef, method => 'GET', in('x', headers => {
    Accept => 'text/event-stream' }));
not_found($r, 'GET of no session');


# over a reload, with the key in the zone

$id = begin();
$t->reload;
ok_result($t->legacy('ping', undef, in($id)), 'a session outlives a reload');


# off and required

$r = $t->legacy('initialize', {
    protocolVersion => '2025-11-25', capabilities => {},
    clientInfo => { name => 'x', version => '1' } }, uri => '/off');
is(scalar $r->headers('Mcp-Session-Id'), 0, 'off: no session');

ok_result($t->legacy('ping', undef, in('x'), uri => '/off'),
          'off: an id is ignored');

for my $method (qw(GET DELETE)) {
    $r = $t->post(undef, method => $method, uri => '/off', in($id, headers => {
        Accept => 'text/event-stream' }));
    is($r->status, 405, "off: $method");
    is($r->header('Allow'), 'POST', 'is not allowed');
}

ok_error($t->legacy('ping', undef, uri => '/required'), 400, -32600,
         'required: without an id');
ok_result($t->rpc('tools/list', undef, uri => '/required'),
          'required: not of modern clients');

for my $method (qw(GET DELETE)) {
    $r = $t->post(undef, method => $method, uri => '/required',
                  headers => { Accept => 'text/event-stream' });
    ok_error($r, 400, -32600, "required: $method without an id");
}

$id = begin(uri => '/required');
ok_result($t->legacy('ping', undef, uri => '/required', in($id)),
          'required: with an id');


# time

$id = begin(uri => '/short');
ok_result($t->legacy('ping', undef, uri => '/short', in($id)), 'short: alive');
ok(wait_until(sub {
    $t->legacy('ping', undef, uri => '/short', in($id))->status == 404
}), 'short: until it has expired');
not_found($t->legacy('ping', undef, in($id)), 'short: everywhere');


# whose it is

my %anna = (Authorization => 'Basic YW5uYTph');
my %bert = (Authorization => 'Basic YmVydDpi');

$id = begin(uri => '/user', headers => \%anna);
ok_result($t->legacy('ping', undef, uri => '/user', in($id, headers => \%anna)),
          'user: hers');
not_found($t->legacy('ping', undef, uri => '/user', in($id, headers => \%bert)),
          'user: not his');
not_found($t->legacy('ping', undef, in($id)), 'user: not that of nobody');

$id = begin(uri => '/name', headers => { 'X-Name' => 'a' });
ok_result($t->legacy('ping', undef, uri => '/name',
                     in($id, headers => { 'X-Name' => 'a' })), 'mcp_consumer');
not_found($t->legacy('ping', undef, uri => '/name',
                     in($id, headers => { 'X-Name' => 'b' })),
          'mcp_consumer: another');


# the log level is remembered for the session, and for no other

my $quiet = begin();
my $loud = begin();

sub messages {
    my ($id) = @_;

    my $s = MCPTest::Events->open($t, $t->legacy_bytes('tools/call', {
        name      => 'wait',
        arguments => { log => ['debug', 'info', 'error'], every => 1, ms => 1 },
    }, in($id)));

    return join ' ', map { $_->{params}{level} }
                     grep { ($_->{method} || '') eq 'notifications/message' }
                     $s->rest;
}

is(messages($quiet), 'info error', 'log: from info on');

ok_result($t->legacy('logging/setLevel', { level => 'error' }, in($quiet)),
          'log: set');
ok_result($t->legacy('logging/setLevel', { level => 'debug' }, in($loud)),
          'log: set');

for (1 .. 6) {
    is(messages($quiet), 'error', 'log: of the quiet one');
    is(messages($loud), 'debug info error', 'log: of the loud one');
}


# tools that need a capability

$id = begin(capabilities => { sampling => {}, roots => {} });
ok_result($t->legacy_call('probe_needs', { x => 1 }, in($id)), 'a tool that needs sampling')
    for 1 .. 4;
is($t->legacy_call('probe_needs', { x => 1 }, in(begin()))->code, -32021,
   'not for a client that has none');


# nothing is stored when a session begins

sub zone {
    return $t->call('nginx_status', {}, uri => '/status')
             ->result->{structuredContent}{zone};
}

my $before = zone();
my $body = encode_json_text({ jsonrpc => '2.0', id => 1,
    method => 'initialize', params => { protocolVersion => '2025-11-25',
    capabilities => {}, clientInfo => { name => 'x', version => '1' } } });
my $c = $t->connect;

for (1 .. 3_000) {
    $c->send("POST /mcp HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
             . "Content-Type: application/json\r\nContent-Length: "
             . length($body) . "\r\n\r\n" . $body);
    $c->response->status == 200 or last;
    $c = $t->connect if $_ % 900 == 0;
}

my $after = zone();

is($after->{entries}, $before->{entries}, 'thousands of sessions: no entry');
is($after->{free}, $before->{free}, 'and no memory of the zone');


# what is in the log

my ($line) = grep { /initialize/ } $t->wait_lines('access.log', 1);
like($line, qr/^200 initialize [0-9a-f]{16} $/, '$mcp_session');
unlike(join('', $t->wait_lines('access.log', 1)) . $t->error_log,
       qr/\Q$id\E/, 'the id is in no log');

# replicas with one key, and a key that is new

my %keys = (http => 'mcp_state_key %%DIR%%/key;');

my $a = MCPTest->new(@common, location => 'mcp; mcp_tools slow;', %keys)->start;
my $b = MCPTest->new(@common, location => 'mcp; mcp_tools slow;',
                     http => 'mcp_state_key %%DIR%%/rotated;')->start;

$id = begin(on => $a);
ok_result($b->legacy('ping', undef, in($id)), 'a replica that has the key');
not_found($t->legacy('ping', undef, in($id)), 'one that has not');
not_found($a->legacy('ping', undef, in(begin(on => $b))),
          'one that signs with a key the other does not know');

$a->stop;
$a->start;
ok_result($a->legacy('ping', undef, in($id)), 'after a restart');

finish();
