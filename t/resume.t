#!/usr/bin/perl

# Streams of 2025-11-25 sessions: a client that was cut off, or told to hang up,
# comes back with Last-Event-ID, to any worker; calls are cancelled by a
# notification or with their session.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;

my $t = MCPTest->new(
    modules  => [slow_tools()],
    cert     => 1,
    http     => <<'EOC',
    log_format mcp "$status $request_method $mcp_tool $mcp_error $mcp_id";
    client_body_buffer_size 64k;
EOC
    location => <<'EOC',
    mcp;
    mcp_tools slow demo;
    access_log %%DIR%%/access.log mcp;
EOC
    server   => <<'EOC',
    listen 127.0.0.1:%%PORT_1%% http2;
    listen 127.0.0.1:%%PORT_2%% ssl;
    ssl_certificate     %%DIR%%/cert.pem;
    ssl_certificate_key %%DIR%%/key.pem;

    location = /beat {
        mcp;
        mcp_tools slow;
        mcp_stream_heartbeat 30ms;
    }

    location = /short {
        mcp;
        mcp_tools slow;
        mcp_tool_timeout 400ms;
    }
EOC
)->start;

my $lines = 0;
my $serial = 0;


sub session {
    my ($version) = @_;

    my $r = $t->legacy('initialize', {
        protocolVersion => $version,
        capabilities    => {},
        clientInfo      => { name => 'test', version => '1' },
    }, version => undef);

    $lines++;
    return $r->header('Mcp-Session-Id');
}


my $session = session('2025-11-25');


sub in {
    my ($id, %o) = @_;

    return (headers => { 'Mcp-Session-Id' => $id }, version => '2025-11-25', %o);
}


sub bytes {
    my ($arguments, %o) = @_;

    my $tool = delete $o{tool} || 'wait';

    return $t->legacy_bytes('tools/call',
        { name => $tool, arguments => $arguments }, in($session, %o));
}


sub stream { return MCPTest::Events->open($t, bytes(@_)) }


sub h2 {
    my ($arguments, %o) = @_;

    my ($body, $headers) = MCPTest::Message::message('legacy', 'tools/call',
        { name => delete $o{tool} || 'wait', arguments => $arguments },
        in($session, %o));

    return MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1));
}


# a client that comes back

sub again {
    my ($last, %o) = @_;

    return MCPTest::Events->open($t, $t->http_bytes(
        method  => 'GET',
        uri     => $o{uri},
        headers => [
            'Mcp-Session-Id'       => $o{session} || $session,
            'MCP-Protocol-Version' => '2025-11-25',
            'Accept'               => 'text/event-stream',
            'Last-Event-ID'        => $last,
        ]));
}


sub events {
    my ($s) = @_;

    my @events;

    while (my $event = $s->event) {
        push @events, $event;
    }

    return @events;
}


sub text {
    my ($event) = @_;

    my $json = JSON::PP->new->utf8->decode($event->{data});

    return $json->{result} ? $json->{result}{content}[0]{text}
                           : $json->{error} ? $json->{error}{message}
                                            : $json->{params}{data};
}


sub texts { return join ', ', map { $_->{data} eq '' ? '-' : text($_) } @_ }


# says so often, takes so long

sub talk {
    my ($ms, $n, %more) = @_;

    return { log => [('info') x $n], every => 1, ms => $ms,
             text => 'call ' . ++$serial, %more };
}


# priming

my $s = stream(talk(1, 2), headers => { 'Mcp-Session-Id' => $session,
                                        Connection => 'keep-alive' });
is($s->header('Connection'), 'close', 'the connection is not kept');

my @e = events($s);

is(texts(@e), '-, step 0: , step 1: , call 1', 'a stream with ids');
ok($s->ended, 'which ends');

my ($nonce) = $e[0]{id} =~ /\A([0-9a-f]{32})-0\z/;
ok($nonce, 'the first event has an id and no data');
is(join(' ', map { $_->{id} } @e), join(' ', map { "$nonce-$_" } 0 .. 3),
   'ids count');
is(join('', map { $_->{retry} // '' } @e), '', 'no retry');
$t->wait_lines('access.log', ++$lines);

for my $version ('2025-06-18', '2025-03-26') {
    my $old = session($version);
    my $plain = MCPTest::Events->open($t, $t->legacy_bytes('tools/call',
        { name => 'wait', arguments => talk(1, 1) }, version => $version,
        headers => { 'Mcp-Session-Id' => $old, Connection => 'keep-alive' }));
    isnt($plain->header('Connection'), 'close', "$version: keepalive");
    is(join(' ', map { $_->{id} // 'none' } $plain->event, $plain->event),
       'none none', "$version: no ids");
    $lines++;
}

$s = MCPTest::Events->open($t, $t->legacy_bytes('tools/call',
    { name => 'wait', arguments => talk(1, 1) }, version => '2025-11-25'));
is(($s->event)->{id}, undef, 'no session: no ids');
$lines++;
$s->rest;

$s = MCPTest::Events->open($t, $t->request_bytes('tools/call',
    { name => 'wait', arguments => talk(1, 1) },
    meta => { logLevel => 'info' }));
is(($s->event)->{id}, undef, '2026-07-28: no ids');
$lines++;
$s->rest;

is(stream({ ms => 1 })->header('Content-Type'), 'application/json',
   'what needs no stream has none');
$lines++;


# what was sent can be read again, from each id

for my $n (0 .. 2) {
    $s = again("$nonce-$n");
    is($s->status, 200, "from event $n");
    is($s->header('Content-Type'), 'text/event-stream', 'a stream');

    my ($place, @rest) = events($s);
    is("$place->{id} $place->{data}", "$nonce-$n ", 'says where it is');
    is(join(' ', map { "$_->{id} $_->{data}" } @rest),
       join(' ', map { "$_->{id} $_->{data}" } @e[$n + 1 .. 3]),
       'the same events');
    ok($s->ended, 'and ends');
    $lines++;
}

is(again("$nonce-3")->status, 204, 'after the last one nothing follows');
$lines++;

my $other = session('2025-11-25');

for (["$nonce-4", 'one that was not sent'], ["$nonce-99999999999", 'too far'],
     ['0' x 32 . '-0', 'of no stream'], ["$nonce", 'without a number'],
     ["$nonce-01", 'spelled in another way'], [uc("$nonce-1"), 'in capitals'],
     ['x' x 4000, 'long'], ["\xff", 'not text'])
{
    my ($id, $name) = @$_;

    my $r = $t->post(undef, method => 'GET', in($session, headers => {
        'Mcp-Session-Id' => $session, Accept => 'text/event-stream',
        'Content-Type' => undef, 'Last-Event-ID' => $id }));

    ok_error($r, 400, -32600, "an id $name");
    $lines++;
}

is(again("$nonce-0", session => $other)->status, 400, 'of another session');
$lines++;
is(($t->wait_lines('access.log', $lines))[-1], '400 GET  event ',
   'the log of it');


# the connection is lost, the call is not

sub lost {
    my ($name, $s, $how) = @_;

    my @seen = map { $s->event } 1 .. 2;

    is($seen[0]{data}, '', "$name: primed") or return;
    is(text($seen[1]), 'step 0: ', "$name: an event");

    $how->($s);
    ok($t->wait_log(qr/mcp client went away, its call goes on/), "$name: lost");
    $t->wait_lines('access.log', $lines);

    for my $n (0, 1) {
        my $again = again($seen[$n]{id});
        my @rest = events($again);
        my $call = "call $serial";

        is(texts(@rest), $n ? "-, $call" : "-, step 0: , $call",
           "$name: back after event $n");
        ok($again->ended, "$name: to the end");
    }

    $lines += 3;
    my @log = $t->wait_lines('access.log', $lines);
    my @posts = grep { /^200 POST \w+  1$/ } @log[-3 .. -1];
    is(scalar @posts, 1, "$name: one line in the log");

    unlike($t->error_log, qr/slow: "call $serial" (?:aborted|cancelled)/,
           "$name: not cancelled");
    return;
}

for my $tool ('wait', 'work') {
    my %o = (tool => $tool);
    my $args = sub { talk(300, 1, @_) };

    lost("$tool closed", stream($args->(), %o), sub { $_[0]->cancel });
    lost("$tool reset", stream($args->(), %o),
         sub { $_[0]->connection->abort });
    lost("$tool h2 stream", h2($args->(), %o), sub { $_[0]->cancel });
    lost("$tool h2 connection", h2($args->(), %o),
         sub { $_[0]->connection->close });
}

finish();
