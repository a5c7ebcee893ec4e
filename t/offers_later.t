#!/usr/bin/perl

# Resources and prompts that take time: on the event loop, in a thread, too
# long, cancelled, as a stream.
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
    http     => <<'EOC',
    map $mcp_error $error { '' none; default $mcp_error; }
    log_format mcp '$status $mcp_method $error';
EOC
    location => <<'EOC',
    mcp;
    mcp_tools slow;
    mcp_tool_timeout 400ms;
    mcp_tool_timeout 10s wait;
    access_log %%DIR%%/access.log mcp;
EOC
    server   => <<'EOC',
    location = /long {
        mcp;
        mcp_tools slow;
        mcp_stream_heartbeat 20ms;
        access_log %%DIR%%/access.log mcp;
    }
EOC
)->start;

my $lines = 0;


sub logged {
    my ($line, $name) = @_;

    is(($t->wait_lines('access.log', ++$lines))[-1], $line, $name);
    return;
}


# a resource and a prompt as params of their methods

sub resource {
    my ($kind, $text, %o) = @_;

    my $query = join '&', map { "$_=$o{$_}" } sort keys %o;

    return ('resources/read',
            { uri => "slow://$kind/$text" . ($query ? "?$query" : '') });
}


sub prompt {
    my ($kind, $text, %o) = @_;

    return ('prompts/get', { name => $kind, arguments => {
        text => $text, map { $_ => "$o{$_}" } keys %o } });
}


sub said {
    my ($r) = @_;

    my $result = $r->result;

    return $result->{contents} ? $result->{contents}[0]{text}
                               : $result->{messages}[0]{content}{text};
}


for my $kind ('wait', 'work') {
    for my $what (\&resource, \&prompt) {
        my ($method) = $what->($kind, 'x');

        my $r = $t->rpc($what->($kind, 'soon', ms => 5));

        ok_result($r, "$method $kind: a result");
        is(said($r), 'soon', 'is its own');
        logged("200 $method none", 'the log of it');

        $r = $t->legacy($what->($kind, 'old', ms => 5));
        is(said($r), 'old', "$method $kind: legacy");
        logged("200 $method none", 'the log of it');

        $r = $t->rpc($what->($kind, 'never', ms => 3_000));

        ok_error($r, 200, -32603, "$method $kind: too long");
        like($r->error->{message}, qr/^The \w+ did not finish within 400 ms/, 'says so');
        logged("200 $method timeout", 'the log of it');

        my $s = MCPTest::Events->open($t, $t->request_bytes(
            $what->($kind, 'slow', ms => 200), uri => '/long'));

        is($s->header('Content-Type'), 'text/event-stream',
           "$method $kind: slow ones become a stream");
        ok($s->comment, 'that lives');

        my ($last) = reverse $s->rest;
        ok($last->{result}, 'and ends with the result');
        undef $s;
        logged("200 $method none", 'the log of it');

        my $c = $t->connect;
        $c->send($t->request_bytes($what->($kind, "gone$kind", ms => 3_000),
            headers => { Accept => 'application/json' }, uri => '/long'));
        ok($t->wait_log(qr/slow: "gone$kind" begins/), "$method $kind: begins");
        $c->close;
        logged("499 $method cancelled", 'a client that goes away cancels');
    }
}

my $r = $t->rpc(resource('wait', 'bad', ms => 1, fail => 1));
ok_error($r, 200, -32603, 'a resource that fails later');

$r = $t->rpc(resource('wait', 'now', at_once => 1));
is(said($r), 'now', 'one that finishes in its handler');

finish();
