#!/usr/bin/perl

# A call by requests to services that goes on without its client, and is read
# when that comes back: HTTP/1.1, HTTP/2, TLS.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Events;

my $service = MCPTest::Backend->start(
    '/a'    => { wait => 1, body => '{"a":1}' },
    '/b/1'  => { wait => 1, body => '{"b":2}' },
    '/half' => { steps => ['{"a":', '1}'] },
    '/fail' => { wait => 1, status => 500, body => '"no"' },
    '/end'  => { wait => 1, close => 1 },
);

my $port = $service->port;

my $t = MCPTest->new(
    http => <<"EOC",
    mcp_tool chain {
        description "One after the other.";
        pass x GET /_api/a;
        pass y GET "/_api/b/{x/a}";
    }
    mcp_tool half { description "In pieces."; pass GET /_api/half; }
    mcp_tool fail { description "Fails."; pass GET /_api/fail; }
    mcp_tool end  { description "Ends."; pass GET /_api/end; }
    mcp_tool late { description "Late."; timeout 200ms; pass GET /_api/a; }

    mcp_stream_heartbeat 20ms;
EOC
    location => 'mcp;',
    server   => <<"EOC",
    listen 127.0.0.1:%%PORT_1%% http2;
    location /_api/ { internal; proxy_pass http://127.0.0.1:$port/; }
EOC
)->start;

my $session = $t->legacy('initialize', {
    protocolVersion => '2025-11-25', capabilities => {},
    clientInfo => { name => 'test', version => '1' },
}, version => undef)->header('Mcp-Session-Id');

my %in = (headers => { 'Mcp-Session-Id' => $session },
          version => '2025-11-25');


# the stream, when the first request has come

sub begin {
    my ($tool, $h2) = @_;

    my $params = { name => $tool, arguments => {} };

    if (!$h2) {
        return MCPTest::Events->open($t, $t->legacy_bytes('tools/call',
                                                          $params, %in));
    }

    my ($body, $headers) = MCPTest::Message::message('legacy', 'tools/call',
                                                     $params, %in);

    return MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1));
}


# the result, for who comes back with the id of the first event

sub again {
    my ($id) = @_;

    my $s = MCPTest::Events->open($t, $t->http_bytes(
        method  => 'GET',
        headers => [
            'Mcp-Session-Id'       => $session,
            'MCP-Protocol-Version' => '2025-11-25',
            'Accept'               => 'text/event-stream',
            'Last-Event-ID'        => $id,
        ]));

    while (my $event = $s->event) {
        return JSON::PP->new->utf8->decode($event->{data})->{result}
            if length $event->{data};
    }

    return;
}


my $lost = 0;

sub lose {
    my ($s, $how) = @_;

    $how eq 'cancel' ? $s->cancel : $s->connection->$how;
    $lost++;

    ok(wait_until(sub {
        my @lines = $t->error_log =~ /mcp client went away, its call/g;
        return @lines == $lost;
    }), "the client is lost: $how");

    return;
}


for my $h2 (0, 1) {
    for my $how ($h2 ? ('cancel') : ('close', 'abort')) {
        my $s = begin('chain', $h2);
        my $id = $s->event->{id};

        ok($service->request(qr{^/a}), 'the first request');
        lose($s, $how);

        $service->go('/a');
        ok($service->request(qr{^/b/1}), 'the second, without a client');
        $service->go('/b/1');

        is_deeply(again($id)->{structuredContent},
                  { x => { a => 1 }, y => { b => 2 } }, 'the result');
    }

    my $how = $h2 ? 'cancel' : 'abort';

    my $s = begin('half', $h2);
    my $id = $s->event->{id};

    $service->request(qr/half/);
    $service->go('/half');
    lose($s, $how);
    $service->go('/half', 2);
    is(again($id)->{content}[0]{text}, '{"a":1}', 'lost in an answer');

    for my $tool (qw(fail end)) {
        $s = begin($tool, $h2);
        $id = $s->event->{id};
        $service->request(qr/$tool/);
        lose($s, $how);
        $service->go("/$tool");
        ok(again($id)->{isError}, "lost, and the service: $tool");
    }

    $s = begin('late', $h2);
    $id = $s->event->{id};
    my $r = $service->request(qr{^/a});
    lose($s, $how);
    like(again($id)->{content}[0]{text}, qr/200 ms/, 'lost, and late');
    is($service->closed($r), 0, 'the service is left');
}

finish();
