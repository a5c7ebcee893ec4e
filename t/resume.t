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
    modules  => [slow_tools(), asking_tools()],
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
    listen 127.0.0.1:%%PORT_3%% sndbuf=4k;
    ssl_certificate     %%DIR%%/cert.pem;
    ssl_certificate_key %%DIR%%/key.pem;

    location = /beat {
        mcp;
        mcp_tools slow;
        mcp_stream_heartbeat 30ms;
    }

    location = /ask {
        mcp;
        mcp_tools asking;
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
        capabilities    => { elicitation => { form => {} } },
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

    my $c = $t->connect($o{port});

    $c->send($t->http_bytes(
        method  => 'GET',
        uri     => $o{uri},
        headers => [
            'Mcp-Session-Id'       => $o{session} || $session,
            'MCP-Protocol-Version' => '2025-11-25',
            'Accept'               => 'text/event-stream',
            'Last-Event-ID'        => $last,
            'Connection'           => 'keep-alive',
        ]));

    return MCPTest::Events->on($c);
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


# TLS

my $body = (MCPTest::Message::message('legacy', 'tools/call',
    { name => 'wait', arguments => talk(300, 1) }, in($session)))[0];
my $pid = open(my $curl, '-|', qw(curl -sNk --http1.1 --noproxy *),
    '-H', 'Content-Type: application/json',
    '-H', 'Accept: application/json, text/event-stream',
    '-H', "Mcp-Session-Id: $session", '-H', 'MCP-Protocol-Version: 2025-11-25',
    '-d', $body, 'https://127.0.0.1:' . $t->port(2) . '/mcp')
    or die "curl: $!\n";
my ($tls) = <$curl> =~ /^id: (\S+)$/;
ok($tls, 'TLS: primed');
kill 'TERM', $pid;
close $curl;
like(texts(events(again($tls))), qr/step 0: , call $serial\z/, 'and read again');
$lines += 2;
$t->wait_lines('access.log', $lines);


my ($first, $again, $next);


# the end is said once, also to a client that reads slowly

$s = stream({ log => ['info'], every => 1, ms => 1, text => 'x' x 700_000 });
$first = $s->event;
$s->rest;
$again = again($first->{id}, port => $t->port(3));
$again->event;
$t->legacy('ping', undef, in($session));
is(length(text((events($again))[-1])), 700_000, 'read again: a long event');
ok($again->ended, 'which ends');
$again->connection->send($t->legacy_bytes('ping', undef, in($session)));
$next = $again->connection->response;
ok_result($next, 'another response');
is($next->interim, 0, 'follows the end, which was said once');
$lines += 4;
$t->wait_lines('access.log', $lines);


# read while the call runs; the POST ends, for events are sent once

$s = stream(talk(100, 40, every => 20));
$first = $s->event;
$again = again($first->{id});
@e = events($again);
is(scalar(grep { $_->{data} ne '' } @e), 41, 'a client that came back early');
is(text($e[-1]), "call $serial", 'has all of it');
ok($s->closed, 'the connection it has left is closed');
$lines += 2;
$t->wait_lines('access.log', $lines);


# heartbeats

$s = stream(talk(300, 1), uri => '/beat');
$first = $s->event;
$s->cancel;
$again = again($first->{id}, uri => '/beat');
my @blocks;
while (defined(my $block = $again->block)) { push @blocks, $block }
ok((grep { $_ eq ":\n\n" } @blocks) > 2, 'heartbeats while there is nothing');
like($blocks[-1], qr/"call $serial"/, 'until there is something');


# the call times out

$s = stream(talk(30_000, 1), uri => '/short');
$first = $s->event;
$s->cancel;
@e = events(again($first->{id}, uri => '/short'));
is(text($e[-1]), 'The tool did not finish within 400 ms.', 'a timeout');
ok($t->wait_log(qr/slow: "call $serial" aborted/), 'aborts');


# told to hang up

sub poll {
    my ($name, $s) = @_;

    my @e = events($s);

    is(scalar @e, 2, "$name: two events");
    is($e[0]{data} . $e[1]{data}, '', "$name: without data");
    ok(!$e[0]{retry}, "$name: the first has an id");
    is($e[1]{retry}, 70, "$name: the second says when to come back");
    ok($s->ended, "$name: the answer ends");

    my $again = again($e[1]{id});
    is(texts(events($again)), "-, call $serial", "$name: the result");
    ok($again->ended, "$name: and the end");
    is(texts(events(again($e[0]{id}))), "-, -, call $serial",
       "$name: the same from the first");
    return;
}

my $hang = sub { talk(300, 0, hang_up => 70) };

poll('poll', stream($hang->()));
poll('poll, HTTP/2', h2($hang->()));
$lines += 6;
$t->wait_lines('access.log', $lines);

# a connection that is not told otherwise is closed at once

my $c = $t->connect;
(my $old = bytes($hang->())) =~ s{ HTTP/1.1\r\n}{ HTTP/1.0\r\n};
$c->send($old);
my $r = $c->response;
like($r->body, qr/\Aid: \S+\ndata: \n\nid: \S+\nretry: 70\ndata: \n\n\z/,
     'poll, HTTP/1.0: ends');
my ($id) = $r->body =~ /id: (\S+)\nretry/;
like(texts(events(again($id))), qr/call $serial\z/, 'before the call does');

$s = stream(talk(100, 0, poll => [0, 70, 0, 80], every => 100));
@e = events($s);
is(join(' ', map { $_->{retry} // '-' } @e), '- 70', 'poll: later');
$again = again($e[-1]{id});
my @f = events($again);
is(join(' ', map { $_->{retry} // '-' } @f), '- 80', 'again, on a GET');
ok($again->ended, 'which ends');
is(texts(events(again($f[-1]{id}))), "-, call $serial", 'then the result');
is(texts(events(again($e[0]{id}))), "-, -, -, call $serial",
   'what is past does not end a stream');

for my $version ('2025-06-18', '2026-07-28') {
    my $r = $version eq '2026-07-28'
        ? $t->call('wait', $hang->())
        : $t->legacy_call('wait', $hang->(), version => $version,
                          headers => { 'Mcp-Session-Id' => session($version) });
    is($r->text, "call $serial", "poll: $version waits");
}

is($t->legacy_call('wait', $hang->(), in($session, headers => {
    'Mcp-Session-Id' => $session, Accept => 'application/json' }))->text,
   "call $serial", 'so does a client that takes no events');

my @polls = $t->error_log =~ /slow: poll (-?\d+)/g;
is(join(' ', @polls[-3 .. -1]), '-5 -5 -5', 'the handler is told');


# cancelled by another request

sub cancel {
    my ($id, %o) = @_;

    ok_accepted($t->legacy('notifications/cancelled',
        { requestId => $id, reason => 'test' }, id => undef,
        in($o{session} || $session)), 'cancelled');
    return;
}

for my $tool ('wait', 'work') {
    my $did = $tool eq 'wait' ? 'aborted' : 'cancelled';

    $s = stream(talk(30_000, 1), tool => $tool, id => 71);
    my @seen = map { $s->event } 1 .. 2;
    my $call = $serial;

    cancel(71, session => $other);
    cancel('71');
    cancel(70);
    ok_result($t->legacy('ping', undef, in($session)), "$tool: others go on");
    unlike($t->error_log, qr/slow: "call $call" $did/, 'so does the call');

    cancel(71);
    ok($t->wait_log(qr/slow: "call $call" $did/), "$tool: until it is its id");
    is(scalar(events($s)), 0, 'no response is sent');
    ok($s->ended, 'the stream ends');
    is(again($seen[1]{id})->status, 204, 'nor is there one later');

    # detached, and somebody reads

    $s = stream(talk(30_000, 1), tool => $tool, id => 'text');
    my $first = $s->event;
    $s->cancel;
    $again = again($first->{id});
    is($again->event->{data}, '', "$tool: read again");
    cancel('text');
    ok($t->wait_log(qr/slow: "call $serial" $did/), 'is cancelled');
    $_ = texts(events($again));
    ok($_ eq 'step 0: ' || $_ eq '', 'without a response');
    ok($again->ended, 'and ends');

    # nothing was sent

    my $c = $t->connect;
    $c->send(bytes({ ms => 30_000, text => "json $tool" }, tool => $tool,
                   id => 72));
    ok($t->wait_log(qr/slow: "json $tool" begins/), "$tool: not begun");
    cancel(72);
    ok_accepted($c->response, 'is an empty answer then');
    like(($t->error_log =~ /(mcp tool "$tool" cancelled by[^\n]*)/)[0] // '',
         qr/by its client/, 'as the log says');
}

# in a batch, before it has begun

my $batch = session('2025-03-26');

for my $how ('cancelled', 'session ended') {
    $c = $t->connect;
    $c->send($t->legacy_bytes('', undef, in($batch, version => '2025-03-26',
        body => encode_json_text([map {
            { jsonrpc => '2.0', id => $_->[0], method => 'tools/call',
              params => { name => 'wait', arguments =>
                          { ms => $_->[1], text => "$how $_->[0]" } } }
        } [81, 1000], [82, 30_000]]))));
    ok($t->wait_log(qr/slow: "$how 81" begins/), "batch: $how");

    if ($how eq 'cancelled') {
        cancel(82, session => $batch);
    } else {
        is($t->post(undef, method => 'DELETE', in($batch, headers => {
            'Mcp-Session-Id' => $batch, 'Content-Type' => undef }))->status,
           204, 'DELETE');
    }

    ok($t->wait_log(qr/slow: "$how 82" aborted/), 'the second call');
    is(join(' ', $c->response->body =~ /"id":(\d+)/g),
       $how eq 'cancelled' ? 81 : '', 'has no response');
}

# without a session

$c = $t->connect;
$c->send($t->legacy_bytes('tools/call',
    { name => 'wait', arguments => { ms => 300, text => 'kept' } },
    version => '2025-11-25', id => 73));
ok($t->wait_log(qr/slow: "kept" begins/), 'no session: a call');
cancel(73);
ok_accepted($t->legacy('notifications/cancelled', { requestId => 73 },
                       id => undef, version => '2025-11-25'), 'is not');
is($c->response->text, 'kept', 'cancelled');

for my $params (undef, {}, { requestId => undef }, { requestId => [1] },
                { requestId => {} }, { requestId => 1.5 })
{
    is($t->legacy('notifications/cancelled', $params, id => undef,
                  in($session))->status, 202, 'nothing is cancelled');
}


# with its session

my $gone = session('2025-11-25');
my $kept = $session;
$session = $gone;

my @s = map { stream(talk(30_000, 1), tool => $_) } 'wait', 'work';
my @id = map { $_->event->{id} } @s;
$s[1]->event;
$s[1]->cancel;
$again = again($id[1]);
ok($again->event, 'a stream is read again');

is($t->post(undef, method => 'DELETE', in($gone, headers => {
    'Mcp-Session-Id' => $gone, 'Content-Type' => undef }))->status, 204,
   'DELETE');
unlike(texts(events($s[0])), qr/call/, 'its streams have no response');
ok($s[0]->ended, 'and end');
$again->rest;
ok($again->ended, 'also one that is read again');
ok($t->wait_log(qr/slow: "call $serial" cancelled/), 'threads are told');
is(again($id[0])->status, 404, 'and it is gone');

$session = $kept;


# asked while it is away

my $ask = MCPTest::Events->open($t, $t->legacy_bytes('tools/call',
    { name => 'later', arguments => { what => 'form' } },
    in($session, uri => '/ask')));
$first = $ask->event;
$ask->cancel;
$again = again($first->{id}, uri => '/ask');
my $question = $again->next;
is($question->{method}, 'elicitation/create', 'a question');
ok_accepted($t->post(encode_json_text({ jsonrpc => '2.0',
    id => $question->{id}, result => { action => 'decline' } }),
    in($session, headers => { 'Mcp-Session-Id' => $session,
        'MCP-Protocol-Version' => '2025-11-25',
        'Content-Type' => 'application/json',
        Accept => 'application/json, text/event-stream' })), 'is answered');
like($again->next->{result}{content}[0]{text}, qr/decline/,
     'and so is the call');
$again->rest;
ok($again->ended, 'to the end');


# many

my @many = map { stream(talk(600, 1), id => $_, tool => $_ % 2 ? 'wait' : 'work') }
           1 .. 20;
my @first = map { $_->event->{id} } @many;
$_->cancel for @many;
my @back = map { again($_) } @first;
is(scalar(grep { texts(events($_)) =~ /call \d+\z/ } @back), 20,
   'twenty at once');


# a reload: the worker stays for its call, a reader is sent to the new ones

$s = stream(talk(1500, 1));
$first = $s->event;
$s->event;
$s->cancel;
$again = again($first->{id});
is(text(($again->event, $again->event)[1]), 'step 0: ', 'before the reload');
ok($t->reload(wait => 0), 'reload');
@e = events($again);
is(scalar @e, 1, 'one event');
is($e[0]{data}, '', 'without data');
is($e[0]{retry}, 500, 'that says when to come back');
ok($again->ended, 'and the end');

# the old worker may still accept, and says the same

@e = events(again($e[0]{id}));
@e = events(again($e[-1]{id})) while $e[-1]{retry};
is(texts(@e), "-, call $serial", 'then the result');

finish();
