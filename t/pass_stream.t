#!/usr/bin/perl

# Services that stream: their events are progress of the call, as they come,
# and together its result; a client that leaves takes the service along.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Events;
use MCPTest::H2;

sub delta {
    my ($text) = @_;

    return 'data: {"id":"x","choices":[{"index":0,"delta":{"content":'
           . MCPTest::encode_json_text($text) . '}}]}' . "\n\n";
}

my @words = map { "word$_ " } 1 .. 400;

my $b = MCPTest::Backend->start(
    '/_api/sse' => { type => 'text/event-stream', steps => [
        "data: one\n\n", "event: x\nid: 3\ndata: two\ndata: more\n\n",
        ": nothing\n\ndata: th", "ree\n\n" ] },
    '/_api/ndjson' => { type => 'application/x-ndjson', steps => [
        "{\"n\":1}\n", "{\"n\":\"\xc3", "\xa9\"}\n{\"n\":3.10}", "\n" ] },
    '/_api/crlf' => { type => 'text/event-stream; charset=UTF-8', steps => [
        "data: one\r\n\r", "\ndata: two\r\n\r\n" ] },
    '/_api/lines' => { type => 'text/plain', steps => [
        "10%\n", "50%\n\ndone", "\n" ] },
    '/_api/gzip' => { type => 'text/event-stream', gzip => 1,
                      body => "data: one\n\ndata: two\n\n" },
    '/_api/fails' => { status => 500, body => '{"why":"sad"}' },
    '/_api/plain' => { body => '{"n":1}' },
    '/_api/image' => { type => 'image/png', body => "\x89PNG" },
    '/_api/empty' => { type => 'text/event-stream', body => '' },
    '/_api/breaks' => { type => 'text/event-stream', length => 1000,
                        body => "data: one\n\n" },
    '/_api/endless' => { huge => 100, chunked => 1,
                         type => 'application/x-ndjson' },
    '/_api/huge' => { huge => 100 },
    '/_api/hangs' => { type => 'text/event-stream',
                       steps => [ "data: one\n\n", "data: two\n\n" ] },

    '/_api/chat' => { type => 'text/event-stream', steps => [
        'data: {"choices":[{"delta":{"role":"assistant"}}]}' . "\n\n"
        . delta('Hel'), delta("lo,\n") . delta(" you \x{e9}"), delta('!'),
        'data: {"choices":[],"usage":{"tokens":9}}' . "\n\n"
        . "data: [DONE]\n\n" ] },
    '/_api/chat-done' => { type => 'text/event-stream', steps => [
        delta('all') . "data: [DONE]\n\n", delta('no more') ] },
    '/_api/chat-fails' => { type => 'text/event-stream', body => delta('Hel')
        . 'data: {"error":{"message":"the model is gone"}}' . "\n\n" },
    '/_api/chat-event' => { type => 'text/event-stream', body => delta('Hel')
        . 'event: error' . "\n" . 'data: {"error":{"message":"sad"}}'
        . "\n\n" },
    '/_api/chat-other' => { type => 'text/event-stream',
                            body => "data: {\"x\":1}\n\n" },
    '/_api/chat-whole' => { body => '{"choices":[{"delta":{"content":"x"}}]}' },
    '/_api/many' => { type => 'application/x-ndjson',
        body => join '', map { "{\"n\":$_,\"of\":[20000]}\n" } 1 .. 20000 },
    (map { ("/_api/chat-slow$_" => { type => 'text/event-stream', steps => [
        map { delta($_) } @words[0 .. $_] ] }) }
     100, 399),
    '/_api/chat-fast' => { type => 'text/event-stream',
        body => join('', map { delta($_) } @words) . "data: [DONE]\n\n" },
);

my $t = MCPTest->new(
    server => <<'EOC' =~ s/%B/$b->port/ger,
listen 127.0.0.1:%%PORT_1%% http2;
location /_api/ { internal; proxy_pass http://127.0.0.1:%B; }
location /_pieces/ {
    internal;
    proxy_pass http://127.0.0.1:%B/_api/;
    proxy_buffering off;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
}
EOC
    files => {
        'out.json' => '{"type":"array","items":{"type":"object"}}',
        'last.json' => '{"type":"object","required":["n"]}',
    },
    location => <<'EOC',
mcp;
mcp_tool stream {
    description "streams"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
}
mcp_tool pieces {
    description "streams"; arg v string required;
    pass GET "/_pieces/{v}";
    stream on;
}
mcp_tool chat {
    description "a text that comes in pieces"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
    select /choices/0/delta/content;
    error "it says: {error/message}";
}
mcp_tool values {
    description "values"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
    result json;
    select /n;
}
mcp_tool promised {
    description "values of a schema"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
    output %%DIR%%/out.json;
}
mcp_tool last {
    description "the last word"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
    output %%DIR%%/last.json;
}
mcp_tool cut {
    description "a beginning"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
    max_response 1k;
    over cut;
}
mcp_tool limited {
    description "all or nothing"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
    max_response 1k;
    over error;
}
mcp_tool soon {
    description "in time"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
    timeout 500ms;
}
mcp_tool off {
    description "all at once"; arg v string required;
    pass GET "/_api/{v}";
    stream off;
}
EOC
)->start;


sub bytes {
    my ($tool, $v, $token) = @_;

    return $t->request_bytes('tools/call',
        { name => $tool, arguments => { v => $v } },
        $token ? (meta => { progressToken => $token }) : ());
}


# a call with progress, when the service has said the first $n of its steps

sub follow {
    my ($tool, $v, $n) = @_;

    my $c = $t->connect;

    $c->send(bytes($tool, $v, 'p'));
    $b->go("/_api/$v", $n) if $n;

    return MCPTest::Events->on($c);
}


sub call {
    my ($tool, $v, $n) = @_;

    my $c = $t->connect;

    $c->send(bytes($tool, $v));
    $b->go("/_api/$v", $n) if $n;

    return $c->response;
}


sub text { return join '', map { $_->{text} // '' }
                  @{ $_[0]{result}{content} || [] } }


# the most that all workers together have had, in kilobytes

sub memory {
    my $sum = 0;

    for my $pid ($t->worker_pids) {
        open my $fh, '<', "/proc/$pid/status" or die "$pid: $!";
        my ($kb) = join('', <$fh>) =~ /^VmHWM:\s+(\d+)/m
            or die "$pid: no VmHWM";

        $sum += $kb;
    }

    return $sum;
}


sub said { return map { $_->{params}{message} }
                  grep { $_->{method} } @_ }


# --- with a token: each event is progress

for my $tool (qw(stream pieces)) {
    my $s = follow($tool, 'sse', 1);
    my @values;

    for my $i (1 .. 2) {
        my $m = $s->next;

        is($m->{method}, 'notifications/progress', "$tool: event $i");
        is($m->{params}{progressToken}, 'p', 'of this call');
        is($m->{params}{message}, $i == 1 ? 'one' : "two\nmore",
           'as it comes');
        push @values, $m->{params}{progress};
        $b->go('/_api/sse') if $i == 1;
    }

    $b->go('/_api/sse', 3);

    my @rest = $s->rest;

    is($rest[0]{params}{message}, 'three', 'one that comes in pieces');
    cmp_ok($rest[0]{params}{progress}, '>', $values[1], 'progress increases');
    cmp_ok($values[1], '>', $values[0], 'always');
    is(scalar(@rest), 2, 'then the result');
    is(text($rest[1]), "one\ntwo\nmore\nthree", 'which is all of it');
}

$b->requests;

my @rest = follow('stream', 'ndjson', 5)->rest;

is(join('|', said(@rest)), "{\"n\":1}|{\"n\":\"\x{e9}\"}|{\"n\":3.10}",
   'NDJSON: each line');
is(text($rest[-1]), "{\"n\":1}\n{\"n\":\"\x{e9}\"}\n{\"n\":3.10}",
   'all lines');

@rest = follow('stream', 'crlf', 3)->rest;
is(join('|', said(@rest)), 'one|two', 'lines that end with CRLF');

@rest = follow('stream', 'lines', 4)->rest;
is(join('|', said(@rest)), '10%|50%|done', 'lines of text');
is(text($rest[-1]), "10%\n50%\n\ndone", 'all text');

@rest = follow('stream', 'gzip')->rest;
is(join('|', said(@rest)), 'one|two', 'events that are compressed');

my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
    { name => 'stream', arguments => { v => 'gzip' } },
    meta => { progressToken => 'p' });

@rest = MCPTest::Events->open_h2($t, $body, $headers,
                                 port => $t->port(1))->rest;
is(join('|', said(@rest)), 'one|two', 'to a client of HTTP/2');
is(text($rest[-1]), "one\ntwo", 'likewise');


# --- without: one answer

my $r = call('stream', 'sse', 5);

ok_result($r, 'without a token: a result');
is($r->text, "one\ntwo\nmore\nthree", 'of all text');
like($r->header('Content-Type'), qr/json/, 'and nothing else');

$r = call('off', 'sse', 5);
like($r->text, qr/\Adata: one\n\n/, 'stream off: the bytes, at once');


# --- pieces of a text

@rest = follow('chat', 'chat', 5)->rest;
is(join('|', said(@rest)), "Hel|lo,\n| you \x{e9}|!", 'select: pieces of text');
is(text($rest[-1]), "Hello,\n you \x{e9}!", 'put together');
is($rest[-1]{result}{structuredContent}, undef, 'as text');

@rest = follow('chat', 'chat-fast')->rest;
is(join('', said(@rest)), join('', @words), 'fast ones: nothing is left out');
cmp_ok(scalar(said(@rest)), '<', 300, 'but put together');
is(text($rest[-1]), join('', @words), 'the whole text');

$b->requests;
@rest = follow('chat', 'chat-done', 1)->rest;
is(text($rest[-1]), 'all', '[DONE] is the end');
ok(defined $b->closed($b->request), 'nobody waits for more');

@rest = follow('chat', 'chat-fails')->rest;
is(join('|', said(@rest)), 'Hel', 'a stream that fails');
is(text($rest[-1]), 'it says: the model is gone', 'says so');
ok($rest[-1]{result}{isError}, 'which is an error');
ok_tool_error(call('chat', 'chat-event'), qr/\Ait says: sad\z/,
              'an event of the name "error"');
ok_tool_error(call('stream', 'chat-event'), qr/error.*sad/,
              'without a template');
ok_tool_error(call('chat', 'chat-other'), qr{/choices/0/delta/content},
              'no event has it');
is(call('chat', 'chat-whole')->text, 'x', 'an answer that does not stream');


# --- values

$r = call('values', 'ndjson', 5);
ok_result($r, 'result json: an array');
like($r->body, qr/"structuredContent":\[1,"\xc3\xa9",3\.10\]/,
     'of values, exactly');

$r = call('promised', 'ndjson', 5);
ok_result($r, 'an output schema: an array');
is(scalar @{ $r->result->{structuredContent} }, 3, 'of all events');
ok_tool_error(call('promised', 'sse', 5), qr/JSON.*one/,
              'of which one is not JSON');

@rest = follow('last', 'ndjson', 5)->rest;
is(scalar(said(@rest)), 3, 'an output schema of an object: all are told');
like(text($rest[-1]), qr/^\{"n":3\.10\}$/, 'and the last one is the result');
is($rest[-1]{result}{structuredContent}{n}, 3.1, 'structured');
ok_tool_error(call('last', 'sse', 5), qr/No event .* JSON/,
              'of which none is JSON');

my $before = memory();

$r = call('last', 'many');
is($r->result->{structuredContent}{n}, 20000, 'of many');
cmp_ok(memory() - $before, '<', 8192, 'of which none is kept')
    if !$ENV{TEST_NGINX_SANITIZE} && $t->worker_pids == 1;


# --- what does not stream

$r = call('stream', 'plain');
ok_result($r, 'an answer that is no stream');
is($r->result->{structuredContent}{n}, 1, 'is one as ever');
is(call('stream', 'image')->result->{content}[0]{type}, 'image', 'an image');
ok_tool_error(call('stream', 'fails'), qr/500.*sad/s, 'an error');
ok_result(call('stream', 'empty'), 'no event');

@rest = follow('stream', 'breaks')->rest;
ok_tool_error(call('stream', 'breaks'), qr/broke|end/, 'a stream that breaks');
is(join('|', said(@rest)), 'one', 'after its progress');
ok($rest[-1]{result}{isError}, 'is an error');


# --- too much

$b->requests;

for my $case (['stream', 'endless'], ['limited', 'endless'],
              ['cut', 'endless'], ['stream', 'huge'], ['limited', 'huge'])
{
    $r = call(@$case);
    ok($r->result, "@$case: a result");
    ok(length $r->body < 2_500_000, 'that is bounded');
    ok(defined $b->closed($b->request), 'and the service is left');
}

$r = call('cut', 'endless');
ok_result($r, 'over cut');
like($r->text, qr/\A.{63}\n.*1024 bytes/s, 'lines and a note');
ok_tool_error(call('limited', 'endless'), qr/1024/, 'over error');
ok_tool_error(call('limited', 'huge'), qr/1024/, 'likewise of no stream');

$before = memory();

ok_tool_error(call('chat', 'endless'), qr/choices/,
              '100 MB of events that say nothing');
cmp_ok(memory() - $before, '<', MCPTest::sanitize() ? 400_000 : 8_000,
       'in bounded memory');


# --- in time

$b->requests;

@rest = follow('soon', 'hangs', 1)->rest;
is(join('|', said(@rest)), 'one', 'a stream that hangs');
ok($rest[-1]{result}{isError}, 'is an error');
like(text($rest[-1]), qr/time|within/i, 'that says so');
ok(defined $b->closed($b->request), 'and the service is left');


# --- the client leaves

for my $tool (qw(stream pieces)) {
    $b->requests;

    my $s = follow($tool, 'hangs', 1);

    is($s->next->{params}{message}, 'one', "$tool: a stream");

    my $lost = $b->request;

    $s->cancel;
    ok(defined $b->closed($lost), 'the client leaves: so does nginx');
}

my $c = $t->connect;

$b->requests;
$c->send(bytes('stream', 'hangs'));

my $lost = $b->request;

$b->go('/_api/hangs');
$c->close;
ok(defined $b->closed($lost), 'without a token, too');

ok_result(call('stream', 'plain'), 'and it goes on');


# --- a client that reads slowly: the service is not kept waiting

for my $last (100, 399) {
    $b->requests;

    ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
        { name => 'chat', arguments => { v => "chat-slow$last" } },
        meta => { progressToken => 'p' });

    my $s = MCPTest::H2->new($t->connect($t->port(1)), window => 50);

    $s->request($body, $headers);
    $b->go("/_api/chat-slow$last", $last + 2);
    ok(defined $b->answered($b->request), "$last words: the service is done");

    $s->open_window(1_000_000);
    @rest = MCPTest::Events->on($s)->rest;

    my $all = join '', @words[0 .. $last];
    my @said = said(@rest);

    is(text($rest[-1]), $all, 'the whole text');
    cmp_ok(scalar(@said), '<=', 100, 'words share messages');
    is((grep { length > 2048 } @said), 0, 'that are bounded');
    is(join('', @said), $all, 'and leave nothing out') if $last == 100;
}


# --- in a session, whose client comes back for what it has missed

my $init = $t->legacy('initialize', {
    protocolVersion => '2025-11-25', capabilities => {},
    clientInfo => { name => 'test', version => '1' } }, version => undef);
my $session = $init->header('Mcp-Session-Id');

$c = $t->connect;
$c->send($t->legacy_bytes('tools/call',
    { name => 'stream', arguments => { v => 'sse' },
      _meta => { progressToken => 'p' } },
    version => '2025-11-25', headers => { 'Mcp-Session-Id' => $session }));
$b->go('/_api/sse');

my ($s, $event) = MCPTest::Events->on($c);

do { $event = $s->event } until $event->{data};
like($event->{data}, qr/"message":"one"/, 'a session: an event');
ok(defined $event->{id}, 'that has an id');

$c->close;
$b->go('/_api/sse', 4);

$c = $t->connect;
$c->send($t->http_bytes(method => 'GET', headers => [
    'Mcp-Session-Id' => $session, 'MCP-Protocol-Version' => '2025-11-25',
    Accept => 'text/event-stream', 'Last-Event-ID' => $event->{id} ]));

@rest = MCPTest::Events->on($c)->rest;
is(join('|', said(@rest)), "two\nmore|three", 'the rest of them');
is(text($rest[-1]), "one\ntwo\nmore\nthree", 'and the result');

finish();
