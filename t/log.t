#!/usr/bin/perl

# Log messages of tools: as _meta says in 2026-07-28, from "info" on for
# handshake clients, whose logging/setLevel is accepted.
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
)->start;

my @levels = qw(debug info notice warning error critical alert emergency);


sub stream {
    my ($tool, $arguments, %o) = @_;

    return MCPTest::Events->open($t, $t->request_bytes('tools/call',
        { name => $tool, arguments => $arguments }, %o));
}


sub legacy {
    my ($tool, $arguments, %o) = @_;

    return MCPTest::Events->open($t, $t->legacy_bytes('tools/call',
        { name => $tool, arguments => $arguments }, %o));
}


sub levels_of { return join ' ', map { $_->{params}{level} // '-' } @_ }


# what a message says

my $s = stream('wait', { log => ['warning'], logger => 'db "1"',
                         message => "\x{e4}" },
               meta => { logLevel => 'info' });
my $m = $s->next;
is($m->{method}, 'notifications/message', 'a message');
ok(!exists $m->{id}, 'without an id');
is(join(' ', sort keys %{ $m->{params} }), 'data level logger', 'what it says');
is($m->{params}{level}, 'warning', 'the level');
is($m->{params}{logger}, 'db "1"', 'the logger');
is($m->{params}{data}, "step 0: \x{e4}", 'the text');
is(($s->rest)[0]{id}, 1, 'the response is last');

$m = stream('wait', { log => ['info'] }, meta => { logLevel => 'info' })->next;
is(join(' ', sort keys %{ $m->{params} }), 'data level', 'no logger');


# levels

for my $i (0 .. $#levels) {
    $s = stream('wait', { log => \@levels }, meta => { logLevel => $levels[$i] });
    is(levels_of($s->rest), join(' ', @levels[$i .. $#levels], '-'),
       "from $levels[$i] on");
}

ok_result($t->call('wait', { log => \@levels }), 'no level, no messages');
ok_result($t->call('work', { log => \@levels, ms => 60 }),
          'nor of a thread');
ok_result($t->call('wait', { log => ['debug'] }, meta => { logLevel => 'info' }),
          'none that is severe enough: JSON');
ok_result($t->call('wait', { log => ['alert'] }, meta => { logLevel => 'debug' },
                   headers => { Accept => 'application/json' }),
          'nor for a client that takes no events');

for my $level ('INFO', '', 'trace', raw('7'), raw('null'), raw('{}')) {
    ok_error($t->call('wait', { ms => 1 }, meta => { logLevel => $level }),
             400, -32602, 'no level: ' . (ref $level ? $$level : "\"$level\""));
}


# threads

$s = stream('work', { log => \@levels, every => 1 },
            meta => { logLevel => 'debug' });
is(levels_of($s->rest), join(' ', @levels, '-'), 'in a thread, in order');

$s = stream('work', { log => ['info', 'info'], every => 1, ms => 30_000,
                      text => 'log of a thread' },
            meta => { logLevel => 'debug' });
is(levels_of($s->next, $s->next), 'info info', 'sent while it works');
$s->cancel;
ok($t->wait_log(qr/slow: "log of a thread" cancelled/), 'and it is told');

$s = stream('work', { logs => 10_000 }, meta => { logLevel => 'debug' });
my @messages = $s->rest;
cmp_ok(scalar @messages, '>=', 64, 'a thread in a tight loop: some messages');
is($messages[-1]{id}, 1, 'and the response');

my ($n, $ok) = (0, 1);

for my $message (@messages[0 .. $#messages - 1]) {
    $ok = 0 if $message->{params}{data} <= $n;
    $n = $message->{params}{data};
}

ok($ok, 'in order, each once');

$s = stream('loop', { logs => 1000 }, meta => { logLevel => 'debug' });
is(scalar $s->rest, 1001, 'a loop on the event loop: all messages');


# length

for my $size (2047, 2048, 2049, 5000) {
    $s = stream('wait', { log => ['info'], message => 'x' x ($size - 8) },
                meta => { logLevel => 'info' });
    is(length $s->next->{params}{data}, $size > 2048 ? 2048 : $size,
       "a text of $size bytes");
}

$s = stream('wait', { log => ['info'], message => "\x{20ac}" x 1000 },
            meta => { logLevel => 'info' });
like($s->next->{params}{data}, qr/\Astep 0: \x{20ac}{680}\z/,
     'no part of a character');


# handshake clients

$s = legacy('wait', { log => \@levels });
is(levels_of($s->rest), join(' ', @levels[1 .. 7], '-'),
   'legacy: from info on');

for my $version (qw(2025-11-25 2025-06-18 2025-03-26 2024-11-05)) {
    my @version = (version => $version);

    for my $level (@levels[0, 1, 7]) {
        my $r = $t->legacy('logging/setLevel', { level => $level }, @version);

        ok_result($r, "$version: logging/setLevel $level");
        is($r->body, '{"jsonrpc":"2.0","id":1,"result":{}}', 'is accepted');
    }

    my $r = $t->legacy('initialize', { protocolVersion => $version,
        capabilities => {}, clientInfo => { name => 'x', version => '1' } });

    is(ref $r->result->{capabilities}{logging}, 'HASH',
       "$version: the capability");
}

for my $params ({}, { level => 'Info' }, { level => '' }, { level => raw('1') },
                { level => raw('null') }, undef)
{
    ok_error($t->legacy('logging/setLevel', $params), 200, -32602,
             'logging/setLevel ' . encode_json_text($params // 'no params'));
}

ok_error($t->rpc('logging/setLevel', { level => 'info' }), 404, -32601,
         'there is no logging/setLevel in 2026-07-28');
is(ref $t->rpc('server/discover')->result->{capabilities}{logging}, 'HASH',
   'the capability is there');

finish();
