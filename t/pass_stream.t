#!/usr/bin/perl

# Services that stream: their lines are progress of the call, or its text, as
# they come; a client that leaves takes the service along.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Events;

my $b = MCPTest::Backend->start(
    '/_api/sse' => { type => 'text/event-stream', steps => [
        "data: one\n\n", "event: x\nid: 3\ndata: two\ndata: more\n\n",
        ": nothing\n\ndata: th", "ree\n\n" ] },
    '/_api/ndjson' => { type => 'application/x-ndjson', steps => [
        "{\"n\":1}\n", "{\"n\":\"\xc3", "\xa9\"}\n{\"n\":3}", "\n" ] },
    '/_api/crlf' => { type => 'text/event-stream', steps => [
        "data: one\r\n\r", "\ndata: two\r\n\r\n" ] },
    '/_api/fails' => { status => 500, body => '{"why":"sad"}' },
    '/_api/plain' => { body => '{"n":1}' },
    '/_api/breaks' => { type => 'text/event-stream', length => 1000,
                        body => "data: one\n\n" },
    '/_api/endless' => { huge => 100, chunked => 1,
                         type => 'application/x-ndjson' },
);

my $t = MCPTest->new(
    server => <<'EOC' =~ s/%B/$b->port/er,
location /_api/ {
    internal;
    proxy_pass http://127.0.0.1:%B;
    proxy_buffering off;
}
EOC
    location => <<'EOC',
mcp;
mcp_tool stream {
    description "streams"; arg v string required;
    pass GET "/_api/{v}";
    stream on;
}
EOC
)->start;


sub bytes {
    my ($v, $token) = @_;

    return $t->request_bytes('tools/call',
        { name => 'stream', arguments => { v => $v } },
        $token ? (meta => { progressToken => $token }) : ());
}


sub text { return join '', map { $_->{text} // '' }
                  @{ $_[0]{result}{content} || [] } }


# --- with a token: each event is one

my $s = MCPTest::Events->open($t, bytes('sse', 'p'));
my @texts;

for my $i (1 .. 2) {
    $b->go('/_api/sse');

    my $m = $s->next;

    is($m->{method}, 'notifications/progress', "event $i is progress");
    is($m->{params}{progressToken}, 'p', 'of this call');
    is($m->{params}{message}, $i == 1 ? 'one' : "two\nmore", 'as it comes');
    push @texts, $m->{params}{progress};
}

$b->go('/_api/sse', 3);

my @rest = $s->rest;

is($rest[0]{params}{message}, 'three', 'one that comes in pieces');
cmp_ok($rest[0]{params}{progress}, '>', $texts[1], 'progress increases');
cmp_ok($texts[1], '>', $texts[0], 'always');
is(scalar(@rest), 2, 'then the result');
like(text($rest[1]), qr/one.*two\nmore.*three/s, 'with all of it');
$b->requests;

$s = MCPTest::Events->open($t, bytes('ndjson', 'p'));
$b->go('/_api/ndjson', 5);
@rest = $s->rest;
is(join('|', map { $_->{params}{message} } @rest[0 .. $#rest - 1]),
   "{\"n\":1}|{\"n\":\"\x{e9}\"}|{\"n\":3}", 'NDJSON: each line is one');
like(text($rest[-1]), qr/1.*\x{e9}.*3/s, 'NDJSON: all of it');

$s = MCPTest::Events->open($t, bytes('crlf', 'p'));
$b->go('/_api/crlf', 3);
@rest = $s->rest;
is(join('|', map { $_->{params}{message} } @rest[0 .. $#rest - 1]), 'one|two',
   'lines that end with CRLF');


# --- without: one answer

my $c = $t->connect;

$c->send(bytes('sse'));
$b->go('/_api/sse', 5);

my $r = $c->response;

ok_result($r, 'without a token: a result');
like($r->text, qr/one.*two\nmore.*three/s, 'of all text');


# --- what does not stream

$r = $t->exchange(bytes('plain'));
ok_result($r, 'an answer that is no stream');
is($r->result->{structuredContent}{n}, 1, 'is one as ever');
ok_tool_error($t->exchange(bytes('fails')), qr/500.*sad/s, 'an error');

$r = $t->exchange(bytes('breaks'));
ok_tool_error($r, qr/./, 'a stream that breaks');

$s = MCPTest::Events->open($t, bytes('breaks', 'p'));
@rest = $s->rest;
ok($rest[-1]{result}{isError}, 'after its progress');

$b->requests;
$r = $t->exchange(bytes('endless'));
ok($r->result, 'one that does not end');
ok(length $r->body < 5_000_000, 'is bounded');
ok(defined $b->closed($b->request), 'and left');


# --- the client leaves

$b->requests;
$s = MCPTest::Events->open($t, bytes('sse', 'p'));
$b->go('/_api/sse');
is($s->next->{params}{message}, 'one', 'a stream');

my $lost = $b->request;

$s->cancel;
ok(defined $b->closed($lost), 'the client leaves: so does nginx');

finish();
