#!/usr/bin/perl

# Reload: calls go on, a broken configuration changes nothing.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(location => 'mcp; mcp_tools demo;')->start;

my @keep = (headers => { Connection => 'keep-alive' });
my $request = $t->request_bytes('tools/call',
    { name => 'add', arguments => { a => 1, b => 2 } }, @keep);


sub names {
    my $r = $t->rpc('tools/list');
    return join ' ', map { $_->{name} } @{ $r->result ? $r->result->{tools}
                                                      : [] };
}


# another configuration

is(names(), 'add echo', 'before');
ok($t->reload(location => 'mcp; mcp_tools demo text; mcp_server new 2;'),
   'reload');
like(names(), qr/^add echo digest /, 'more tools');
is($t->rpc('server/discover')->result->{_meta}
     {'io.modelcontextprotocol/serverInfo'}{name}, 'new', 'a new name');


# a request that is half sent belongs to the old workers

my $half = $t->connect;

$half->send(substr $request, 0, -5);
ok_result($t->call('echo', { text => 'x' }), 'another request in between');
ok($t->reload(location => 'mcp; mcp_tools text;', wait => 0),
   'reload while a body is on its way');
ok($t->wait_log(qr/gracefully shutting down/), 'the old workers shut down');
$half->send(substr $request, -5);
is($half->response->result->{structuredContent}{sum}, 3,
   'the old configuration answers it');
ok($half->closed, 'and closes the connection');


# calls under reload, one connection each: none is lost

my ($ok, $n) = (0, 0);

for my $i (1 .. 5) {
    my $before = () = $t->error_log =~ /start worker processes/g;

    $t->signal('HUP');

    my $end = Time::HiRes::time() + MCPTest::patience();
    my $after = $before;

    while ($after == $before && Time::HiRes::time() < $end) {
        my $r = $t->call('uuid', {});

        $n++;
        $ok++ if ($r->status // 0) == 200 && $r->result;
        $after = () = $t->error_log =~ /start worker processes/g;
    }
}

is($ok, $n, 'calls during five reloads');


# a broken configuration

ok($t->reload(location => 'mcp; mcp_tools nope;', fails => qr/\[emerg\].*nope/),
   'a broken configuration');
$t->expect(qr/\[emerg\].*nope/);
like(names(), qr/^digest /, 'the old one serves on');
ok($t->reload(location => 'mcp; mcp_tools demo;'), 'a good one again');
is(names(), 'add echo', 'is used');
ok($t->reload, 'reload, nothing changed') for 1 .. 3;
is(names(), 'add echo', 'nothing changed');


# shutdown while a request is on its way

$half = $t->connect;
$half->send(substr $request, 0, -5);
ok_result($t->call('echo', { text => 'x' }), 'before the end');
$t->signal('QUIT');
ok($t->wait_log(qr/gracefully shutting down(?!.*start worker)/s),
   'graceful shutdown');
$half->send(substr $request, -5);
is($half->response->result->{structuredContent}{sum}, 3,
   'an open request is answered');

finish();
