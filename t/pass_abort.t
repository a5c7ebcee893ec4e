#!/usr/bin/perl

# A call that ends before its services have answered: the client goes away,
# takes it back, or time is up; and the worker that leaves meanwhile.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Events;

use IO::Socket::INET ();
use Socket qw(inet_aton pack_sockaddr_in);

my $service = MCPTest::Backend->start(
    '/a'    => { body => '{"a":1}' },
    '/b'    => { wait => 1, body => '{}' },
    '/wait' => { wait => 1, body => '{"late":1}' },
    '/half' => { steps => ['{"a":', '1}'] },
    '/huge' => { huge => 100 },
);

my $port = $service->port;

# nobody accepts here, and there is no room for more

my $full = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
    or die "listen: $!\n";
my @fill;

listen $full, 0;

for (1 .. 3) {
    my $s = IO::Socket::INET->new(Proto => 'tcp');

    $s->blocking(0);
    connect $s, pack_sockaddr_in($full->sockport, inet_aton('127.0.0.1'));
    push @fill, $s;
}

my $nobody = $full->sockport;

# a server of names that never answers

my $names = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1')
    or die "bind: $!\n";
my $resolver = $names->sockport;


sub tool {
    my ($name, $words) = @_;
    return "mcp_tool $name { description \"Does $name.\"; $words }\n";
}


my %waits = (
    waits      => '/_api/wait',
    connects   => '/_full/x',
    resolves   => '/_resolve/x',
    locked     => '/_cache/wait',
    limited    => '/_limit/a',
    reads      => '/_threads/big.txt',
);

my $tools = join '', (
    tool('any', 'pass GET /_api/a;'),
    tool('half', 'pass GET /_api/half;'),
    tool('both', 'pass a GET /_api/wait; pass b GET /_api/b;'),
    tool('first', 'pass GET /_cache/wait;'),
    tool('once', 'pass GET /_limit/a;'),
    tool('huge', 'pass GET /_threads/big.txt; max_response 100m;'),
    (map { tool($_, "pass GET $waits{$_}; max_response 100m;") } keys %waits),
    (map { tool("${_}_timeout",
                "pass GET $waits{$_}; max_response 100m; timeout 100ms;") }
     keys %waits),
);

my $t = MCPTest->new(
    cert => 1,
    main => 'thread_pool default threads=1;',
    http => <<"EOC",
    proxy_cache_path %%DIR%%/cache keys_zone=c:1m;
    limit_req_zone \$server_name zone=slow:1m rate=3r/m;
    keepalive_requests 1000;
$tools
EOC
    location => 'mcp;',
    server   => <<"EOC",
    listen 127.0.0.1:%%PORT_1%% http2;
    listen 127.0.0.1:%%PORT_2%% ssl http2;
    ssl_certificate     %%DIR%%/cert.pem;
    ssl_certificate_key %%DIR%%/key.pem;

    location = /short { mcp; mcp_tool_timeout 100ms; }
    location = /beat  { mcp; mcp_stream_heartbeat 20ms; }

    location /_api/   { internal; proxy_pass http://127.0.0.1:$port/; }
    location /_full/  { internal; proxy_pass http://127.0.0.1:$nobody/; }

    location /_resolve/ {
        internal;
        resolver 127.0.0.1:$resolver;
        set \$name nowhere.example;
        proxy_pass http://\$name/;
    }

    location /_cache/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_cache c;
        proxy_cache_key \$uri;
        proxy_cache_lock on;
        proxy_cache_valid any 1h;
    }

    location /_limit/ {
        internal;
        limit_req zone=slow burst=50;
        proxy_pass http://127.0.0.1:$port/;
    }

    location /_threads/ {
        internal;
        alias %%DIR%%/;
        aio threads;
        directio 4k;
        output_buffers 1 4k;
    }
EOC
    files => { 'big.txt' => 'x' x 60_000_000 },
)->start;


sub bytes {
    my ($tool, %o) = @_;

    return $t->request_bytes('tools/call', { name => $tool, arguments => {} },
                             %o);
}


sub begin {
    my ($tool, %o) = @_;

    my $c = $t->connect($o{port});

    $c->send(bytes($tool, %o));
    return $c;
}


# the client goes away

for my $how (qw(close abort shutdown)) {
    my $c = begin('waits');
    my $r = $service->request;

    $c->$how;
    is($service->closed($r), 0, "$how: the service is left");
}

{
    my $c = begin('half');

    $service->go('/half');
    my $r = $service->request;
    $c->close;
    ok(defined $service->closed($r), 'in the middle of an answer');

    $c = begin('both');
    my @r = ($service->request, $service->request);
    $c->close;
    is($service->closed($_), 0, 'both of them: ' . $_->path) for @r;

    my $s = MCPTest::Events->open($t, bytes('waits', uri => '/beat'));
    $r = $service->request;
    ok(defined $s->comment, 'a stream has begun');
    $s->connection->close;
    is($service->closed($r), 0, 'of a stream');

    my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
        { name => 'waits', arguments => {} }, headers => {});
    $s = MCPTest::Events->open_h2($t, $body, $headers, uri => '/beat',
                                     port => $t->port(1));

    $r = $service->request;
    $s->cancel;
    is($service->closed($r), 0, 'HTTP/2: the stream is reset');

    $s = MCPTest::Events->open_h2($t, $body, $headers, uri => '/beat', port => $t->port(1));
    $r = $service->request;
    undef $s;
    is($service->closed($r), 0, 'HTTP/2: the connection is closed');
}


# through TLS, and both

for my $tool (qw(any huge)) {
    my $r = $t->curl_rpc('tools/call', { name => $tool, arguments => {} },
                         scheme => 'https', port => $t->port(2));

    is($r->status, 200, "$tool: TLS and HTTP/2");
}


# the client takes its request back

{
    my $init = $t->legacy('initialize', {
        protocolVersion => '2025-11-25', capabilities => {},
        clientInfo => { name => 'test', version => '1' } }, version => undef);
    my %in = (headers => { 'Mcp-Session-Id' => $init->header('Mcp-Session-Id') },
              version => '2025-11-25');

    my $c = $t->connect;
    $c->send($t->legacy_bytes('tools/call', { name => 'both',
                                              arguments => {} },
                              %in, id => 'x'));
    my @r = map { $service->request($_) } qr/wait/, qr/b/;

    ok_accepted($t->legacy('notifications/cancelled', { requestId => 'x' },
                           %in, id => undef), 'cancelled');
    is($service->closed($_), 0, 'the service is left: ' . $_->path) for @r;
}


# time is up, wherever it waits; the connection can be used again

my $first = begin('first');
$service->request;

$t->call('once', {});

for my $tool (sort keys %waits) {
    for my $row (["${tool}_timeout", '/mcp'], [$tool, '/short']) {
        my ($name, $uri) = @$row;
        my $c = $t->connect;
        my %keep = (headers => { Connection => 'keep-alive' });

        $c->send(bytes($name, uri => $uri, %keep));

        my $re = $tool eq 'reads' ? qr/./ : qr/did not (finish|answer)/;
        like($c->response->text, $re, "$name: time is up");

        $c->send(bytes('any', %keep));
        is($c->response->text, '{"a":1}', 'the next one');
    }
}

for my $tool (sort keys %waits) {
    my $c = begin($tool);

    # the next one is served after it has begun
    $t->call('any', {});
    $c->close;
}

$service->go('/wait', 100);
is($first->response->text, '{"late":1}', 'who had the lock');


# a reload in the middle

$service->requests;
my $c = begin('half');
$service->request;
my $b = begin('both');
my @r = ($service->request, $service->request);

$t->reload(wait => 0);

$service->go('/half', 3);
$service->go('/b', 1);

is($c->response->text, '{"a":1}', 'is answered after a reload');
is_deeply($b->response->result->{structuredContent},
          { a => { late => 1 }, b => {} }, 'so are two');

finish();
