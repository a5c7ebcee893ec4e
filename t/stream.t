#!/usr/bin/perl

# Streams: an answer is JSON unless there is something to say before it; then
# it is a stream of events, each sent at once, with comments while it is quiet.
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
    location => 'mcp; mcp_tools slow demo; mcp_stream_heartbeat 100ms;',
    server   => <<'EOC',
    listen 127.0.0.1:%%PORT_1%% http2;

    location = /quiet {
        mcp;
        mcp_tools slow;
        mcp_stream_heartbeat 0;
    }

    location = /compressed {
        mcp;
        mcp_tools slow;
        gzip on;
        gzip_types *;
        charset utf-8;
        charset_types *;
    }

    location = /queue {
        mcp;
        mcp_tools slow;
        send_timeout 30s;
    }

    location = /timeout {
        mcp;
        mcp_tools slow;
        send_timeout 500ms;
    }

    location = /limited {
        mcp;
        mcp_tools slow;
        limit_rate 100k;
    }

    location = /old {
        mcp;
        mcp_tools slow demo;
        mcp_stream_heartbeat 50ms;
    }
EOC
)->start;

my @plain = (headers => { Accept => 'application/json' });


sub bytes {
    my ($tool, $arguments, %o) = @_;

    return $t->request_bytes('tools/call',
        { name => $tool, arguments => $arguments }, %o);
}


sub stream { return MCPTest::Events->open($t, bytes(@_)) }


# JSON, as long as nothing is said

my $r = $t->call('wait', { ms => 20 });
ok_result($r, 'a call that takes time');
is($r->text, 'done', 'its result');
ok_result($t->call('work', { ms => 20 }), 'a call in a thread');
ok_result($t->call('wait', { at_once => 1 }), 'done within the handler');
ok_error($t->call('wait', { at_once => 1, fail => 1 }), 200, -32603,
         'and failed');
ok_error($t->call('wait', { ms => 1, fail => 1 }), 200, -32603,
         'failed later');
ok_error($t->call('work', { again => 1 }), 200, -32603,
         'a thread must not return NGX_AGAIN');
ok_error($t->call('work_schema', { n => 'x' }), 200, -32603,
         'a thread that breaks the output schema');
ok($t->wait_log(qr/\[error\].*"work_schema": result at .*n/),
   'which the log says');
is($t->call('work_schema', { n => 7 })->result->{structuredContent}{n}, 7,
   'and one that keeps it');
ok_result($t->legacy_call('wait', { ms => 20 }), 'a legacy call');


# heartbeats

my $s = stream('wait', { ms => 350 });

is($s->status, 200, 'a heartbeat opens the stream');
is($s->header('Content-Type'), 'text/event-stream', 'its type');
is($s->header('Cache-Control'), 'no-cache, no-transform', 'not cached');
is($s->header('X-Accel-Buffering'), 'no', 'not buffered');
is($s->header('Content-Length'), undef, 'without a length');
ok($s->comment, 'a heartbeat is a comment');
ok($s->comment, 'and another one');
my @messages = $s->rest;
is(scalar @messages, 1, 'then the response');
is($messages[0]{result}{content}[0]{text}, 'done', 'with the result');
ok($s->ended, 'and the stream ends');
like($s->raw, qr/\A(?::\n\n){2,4}data: \{[^\n]*\}\n\n\z/, 'every byte of it');

ok_result($t->call('wait', { ms => 300 }, uri => '/quiet'),
          'no heartbeats, no stream');
ok_result($t->call('wait', { ms => 300 }, @plain),
          'a client that takes no events gets JSON');
ok_result($t->call('wait', { ms => 300 }, headers => { Accept => '*/*' }),
          'likewise */*');

$s = stream('work', { ms => 250 });
ok($s->comment, 'a heartbeat of a thread');
is(scalar $s->rest, 1, 'and its response');


# an event is there before the next thing happens

$s = stream('wait', { progress => [1, 2], every => 50, ms => 200,
                      log => ['info', 'info'] },
            meta => { logLevel => 'info' });
is($s->next->{params}{data}, 'step 0: ', 'a message');
is($s->next->{params}{data}, 'step 1: ', 'another one');
my $last = $s->next;
is($last->{id}, 1, 'the response is last');
ok(!defined $s->next && $s->ended, 'nothing comes after it');

$s = stream('wait', { log => ['info'], every => 1, ms => 30_000,
                      text => 'slow one' },
            meta => { logLevel => 'info' });
is($s->next->{method}, 'notifications/message',
   'received half a minute before the call would end');
$s->cancel;
ok($t->wait_log(qr/slow: "slow one" aborted/), 'and the client goes away');


# errors in a stream

$s = stream('wait', { log => ['info'], fail => 1 }, meta => { logLevel => 'info' });
is($s->status, 200, 'a stream that ends with an error');
@messages = $s->rest;
is($messages[1]{error}{code}, -32603, 'is answered with it');
is($messages[1]{id}, 1, 'under its id');
ok($s->ended, 'and ends well');


# what a line could break

$s = stream('wait', { log => ['info'], message => "a\r\nb\ndata: c",
                      text => "x\n\ny\rz" },
            meta => { logLevel => 'debug' }, id => "a\nb");
@messages = $s->rest;
is($messages[0]{params}{data}, "step 0: a\r\nb\ndata: c", 'line breaks');
is($messages[1]{result}{content}[0]{text}, "x\n\ny\rz", 'in the result');
is($messages[1]{id}, "a\nb", 'in the id');
is(scalar(() = $s->raw =~ /\n/g), 4, 'are no line breaks of the stream');


# keep-alive and pipelining

my $c = $t->connect;
my @keep = (headers => { Connection => 'keep-alive' });

$c->send(bytes('wait', { log => ['info'], ms => 100 },
               meta => { logLevel => 'info' }, @keep),
         bytes('add', { a => 1, b => 2 }, @keep, id => 2),
         bytes('work', { log => ['info'], ms => 50 },
               meta => { logLevel => 'info' }, @keep, id => 3));

$s = MCPTest::Events->on($c);
is(scalar $s->rest, 2, 'a stream');
ok($s->ended, 'ends');
$r = $c->response;
is($r->result->{structuredContent}{sum}, 3, 'the next request was waiting');
$s = MCPTest::Events->on($c);
is(($s->rest)[1]{id}, 3, 'and another stream');
$c->send(bytes('wait', { ms => 1 }, @keep, id => 4));
is($c->response->id, 4, 'the connection is used again');
$c->send(bytes('wait', { ms => 50, log => ['info'] }, id => 5,
               meta => { logLevel => 'info' }));
$s = MCPTest::Events->on($c);
is(($s->rest)[1]{id}, 5, 'a last one');
ok($c->closed, 'closes it');


# HTTP/1.0: no chunks, the end of the connection is the end

my $bytes = bytes('wait', { log => ['info'] }, meta => { logLevel => 'info' });
$r = $t->exchange($bytes =~ s{ HTTP/1\.1\r\n}{ HTTP/1.0\r\n}r);
is($r->header('Transfer-Encoding'), undef, 'HTTP/1.0 has no chunks');
is(scalar(() = $r->body =~ /^data: /mg), 2, 'but events');


# through filters

$r = $t->curl_rpc('tools/call',
    { name => 'wait', arguments => { log => ['info', 'info'], every => 20 } },
    meta => { logLevel => 'info' }, uri => '/compressed',
    args => ['--compressed', '--http1.1']);
is($r->header('Content-Encoding'), 'gzip', 'compressed');
is(scalar(() = $r->body =~ /^data: /mg), 3, 'all events are there');
like($r->header('Content-Type'), qr{^text/event-stream}, 'under their type');


# batches: one array of JSON at the end

$r = $t->post(encode_json_text([
        { jsonrpc => '2.0', id => 1, method => 'tools/call', params => {
          name => 'wait', arguments => { ms => 120, log => ['info'] } } },
        { jsonrpc => '2.0', method => 'notifications/initialized' },
        { jsonrpc => '2.0', id => 2, method => 'tools/call', params => {
          name => 'work', arguments => { ms => 60, log => ['info'] },
          _meta => { progressToken => 1 } } },
        { jsonrpc => '2.0', id => 3, method => 'tools/call', params => {
          name => 'add', arguments => { a => 1, b => 2 } } },
    ]), headers => { 'MCP-Protocol-Version' => '2025-03-26' }, uri => '/old');
is($r->header('Content-Type'), 'application/json', 'a batch is JSON');
is(join(' ', map { $_->{id} } @{ $r->json }), '1 2 3', 'answered in order');


# HTTP/2

sub h2 {
    my ($tool, $arguments, %o) = @_;

    my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
        { name => $tool, arguments => $arguments }, %o);

    return MCPTest::Events->open_h2($t, $body, $headers, %o,
                                    port => $t->port(1));
}

my @h2 = (args => ['--http2-prior-knowledge'], port => $t->port(1));

$r = $t->curl_rpc('tools/call', { name => 'wait', arguments => { ms => 30 } },
                  @h2);
ok_result($r, 'HTTP/2: JSON');
is($r->version, '2', 'it is HTTP/2');

$r = $t->curl_rpc('tools/call',
    { name => 'wait', arguments => { log => ['info'], ms => 20 } },
    meta => { logLevel => 'info' }, @h2);
is($r->header('Content-Type'), 'text/event-stream', 'HTTP/2: events');
is($r->header('X-Accel-Buffering'), 'no', 'with the same header');
is($r->header('Connection'), undef, 'and none that HTTP/2 forbids');

$s = h2('wait', { log => ['info', 'info'], every => 30, ms => 250 },
        meta => { logLevel => 'info' });
is($s->next->{params}{data}, 'step 0: ', 'HTTP/2: the first event');
is($s->next->{params}{data}, 'step 1: ', 'the second');
ok($s->comment, 'a heartbeat');
is(($s->rest)[0]{id}, 1, 'the response');
ok($s->ended, 'the end of the stream');

$s = h2('wait', { log => [('info') x 30], every => 2, message => 'x' x 100 },
        meta => { logLevel => 'info' }, window => 100);
is($s->header(':status') // $s->status, 200, 'HTTP/2: a small window');
$s->connection->open_window(100_000);
is(scalar $s->rest, 31, 'that opens: all events');
ok($s->ended, 'and the end');


# a slow reader

my %flood = (burst => 200, steps => 100, every => 1, size => 2000,
             ms => 30_000);
my @flood = (meta => { logLevel => 'info' }, uri => '/queue');

$s = h2('wait', { %flood, text => 'h2 flood' }, @flood, window => 1000);
ok($t->wait_log(qr/client reads too slowly/), 'HTTP/2: a reader that stops');
ok($t->wait_log(qr/slow: "h2 flood" aborted|mcp tool "wait" failed/),
   'its call is over');
ok($s->closed, 'and its stream');

$s = h2('wait', { %flood, text => 'stubborn flood', stubborn => 1 }, @flood,
        window => 1000);
ok($t->wait_log(qr/slow: "stubborn flood" aborted/),
   'a tool that does not mind is aborted');
ok($s->closed, 'its stream is closed');

$s = h2('wait', { log => [('info') x 20], every => 1, message => 'x' x 100,
                  ms => 30_000, text => 'never read' },
        meta => { logLevel => 'info' }, uri => '/timeout', window => 100);
ok($t->wait_log(qr/mcp client timed out/), 'HTTP/2: send_timeout');
ok($t->wait_log(qr/slow: "never read" aborted/), 'aborts the call');
ok($s->closed, 'and resets the stream');


# limit_rate delays and loses nothing

$s = stream('wait', { log => [('info') x 60], every => 1,
                      message => 'x' x 1000, ms => 10 },
            meta => { logLevel => 'info' }, uri => '/limited');
is(scalar $s->rest, 61, 'limit_rate: every event');


# a long stream does not grow

my ($pid) = $t->worker_pids;


sub memory {
    open my $fh, '<', "/proc/$pid/statm" or return 0;
    return 4 * (split ' ', <$fh>)[1];
}

SKIP: {
    skip 'one worker, no sanitizer', 2
        if MCPTest::sanitize() || ($ENV{TEST_WORKERS} || 1) > 1;

    my %long = (burst => 10, every => 1, size => 500, ms => 1);
    my @long = (meta => { logLevel => 'info' });

    stream('wait', { %long, steps => 100 }, @long)->rest;
    my $before = memory();
    $s = stream('wait', { %long, steps => 2000 }, @long);

    my ($n, $most) = (0, 0);

    while (defined $s->block) {
        $most = memory() if ++$n % 2000 == 0 && memory() > $most;
        $s->{raw} = '';
    }

    is($n, 20_001, 'a stream of 20,000 events');
    cmp_ok($most - $before, '<', 2048, 'grows by less than 2 MiB');
}

finish();
