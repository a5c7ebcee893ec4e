#!/usr/bin/perl

# Progress: for clients that ask for it, under their token, increasing, not too
# often, the last value always.
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
    location => 'mcp; mcp_tools slow;',
    server   => 'listen 127.0.0.1:%%PORT_1%% http2;',
)->start;

my @token = (meta => { progressToken => 'a' });


sub stream {
    my ($tool, $arguments, %o) = @_;

    return MCPTest::Events->open($t, $t->request_bytes('tools/call',
        { name => $tool, arguments => $arguments }, @token, %o));
}


sub values_of { return join ' ', map { $_->{params}{progress} // '-' } @_ }


# what a notification says

my $s = stream('wait', { progress => [1, 2.5], total => 4, every => 30,
                         message => 'half "way"' });
my $m = $s->next;
is($m->{method}, 'notifications/progress', 'a notification');
is($m->{jsonrpc}, '2.0', 'of JSON-RPC');
ok(!exists $m->{id}, 'without an id');
is(join(' ', sort keys %{ $m->{params} }),
   'message progress progressToken total', 'what it says');
is($m->{params}{progressToken}, 'a', 'the token');
is($m->{params}{progress}, 1, 'the value');
is($m->{params}{total}, 4, 'the total');
is($m->{params}{message}, 'half "way"', 'the text');
is(values_of($s->next), '2.5', 'the second value');
is(($s->rest)[0]{result}{content}[0]{text}, 'done', 'then the response');
ok($s->ended, 'and the end');

$m = stream('wait', { progress => [0] })->next;
is(join(' ', sort keys %{ $m->{params} }), 'progress progressToken',
   'no total, no text: neither is there');
is($m->{params}{progress}, 0, 'zero is a value');


# tokens

for my $token ('7', '-1', '12345678901234567890', '"a"', '"\u00e4\n\"x"',
               '""', '"7"')
{
    $s = stream('wait', { progress => [1] },
                meta => { progressToken => raw($token) });
    $s->rest;
    like($s->raw, qr/"progressToken":\Q$token\E,/, "the token $token");
}

for my $token ('{}', '[1]', 'null', 'true') {
    ok_result($t->call('wait', { progress => [1] },
                       meta => { progressToken => raw($token) }),
              "$token is no token");
}

ok_result($t->call('wait', { progress => [1] }), 'no token, no progress');
ok_result($t->call('work', { progress => [1], ms => 60 }), 'nor of a thread');
ok_result($t->call('wait', { progress => [1] }, @token,
                   headers => { Accept => 'application/json' }),
          'nor for a client that takes no events');

my $r = $t->legacy('tools/call', { name => 'wait',
    arguments => { progress => [1] }, _meta => { progressToken => 'x' } });
like($r->body, qr/^data: .*"progressToken":"x"/, 'a legacy client');

for my $version (qw(2025-03-26 2024-11-05)) {
    $r = $t->legacy('tools/call', { name => 'wait',
        arguments => { progress => [1], message => 'm' },
        _meta => { progressToken => 'x' } }, version => $version);
    is($r->body =~ /"message":"m"/ || 0, $version eq '2025-03-26' || 0,
       "$version: a text, if it has one");
}


# increasing

$s = stream('wait', { progress => [5, 5, 4, 6, -1, 6.5], every => 40 });
is(values_of($s->rest), '5 6 6.5 -', 'only what is greater');

$s = stream('work', { progress => [5, 5, 4, 6, -1, 6.5], every => 60 });
is(values_of($s->rest), '5 6 6.5 -', 'likewise of a thread');

$s = stream('wait', { progress => [raw('1e15'), raw('1000000000000000.1')],
                      every => 40 });
my @messages = $s->rest;
is(scalar @messages, 3, 'values that differ little');
$s->raw =~ /"progress":([^,}]+).*"progress":([^,}]+)/s;
isnt($1, $2, 'are not the same text');


# rate

for my $tool ('loop', 'work') {
    $s = stream($tool, { loop => 100_000 });
    @messages = $s->rest;
    cmp_ok(scalar @messages, '<=', 200, "$tool: 100,000 values are not sent");
    is($messages[-2]{params}{progress}, 100_000, 'the last one is');
    is($messages[-1]{id}, 1, 'before the response');

    my $ok = 1;
    $ok &&= $messages[$_]{params}{progress}
            > $messages[$_ - 1]{params}{progress} for 1 .. $#messages - 1;
    ok($ok, 'all are increasing');
}

my $start = Time::HiRes::time();
$s = stream('wait', { progress => [1 .. 200], every => 1 });
@messages = $s->rest;
my $took = Time::HiRes::time() - $start;
cmp_ok(scalar @messages, '<=', 3 + $took / 0.025, 'at most one in 25 ms');
cmp_ok(scalar @messages, '>=', 3, 'yet some on the way');
is($messages[-2]{params}{progress}, 200, 'and the last');

$s = stream('wait', { progress => [1, 2, 3], every => 1, ms => 30_000 });
is(values_of($s->next, $s->next), '1 3',
   'what came too fast is sent soon, not at the end');
$s->cancel;

$s = stream('wait', { progress => [1], message => "\x{e4}" x 2000 });
$m = $s->next;
like($m->{params}{message}, qr/\A\x{e4}+\z/, 'a long text is cut');
cmp_ok(length $m->{params}{message}, '==', 1024, 'at 2048 bytes');


# two at once do not mix

my @s = map { stream('work', { progress => [1 .. 5], every => 30 },
                     id => $_, meta => { progressToken => "t$_" }) } 1 .. 4;

for my $i (1 .. 4) {
    @messages = $s[$i - 1]->rest;
    is(join(' ', map { $_->{params}{progressToken} // $_->{id} } @messages),
       join(' ', ("t$i") x 5, $i), "call $i has its own");
}


# HTTP/2

my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
    { name => 'work', arguments => { progress => [1, 2], every => 40 } },
    @token);
$s = MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1));
is(values_of($s->rest), '1 2 -', 'HTTP/2');
ok($s->ended, 'ends');


# a reader that stops gets the last value when it goes on

($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
    { name => 'wait', arguments => { progress => [1 .. 100], every => 10 } },
    @token);
$s = MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1),
                              window => 50);
ok($s->status, 'a reader with a small window');
select undef, undef, undef, 1.2;
$s->connection->open_window(1_000_000);
@messages = $s->rest;
cmp_ok(scalar @messages, '<=', 5, 'values do not queue up for it');
is($messages[-2]{params}{progress}, 100, 'it gets the last');

finish();
