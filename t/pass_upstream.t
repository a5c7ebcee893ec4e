#!/usr/bin/perl

# Services behind tools: dead, slow, huge, broken, compressed; several of them
# in one tool.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

use Time::HiRes ();

my $lines = join '', map { "line $_ of the answer\n" } 1 .. 1000;

my %text = (type => 'text/plain');

my $service = MCPTest::Backend->start(
    '/a'         => { body => '{"a":1}' },
    '/b'         => { body => '{"b":2}' },
    '/long'      => { body => $lines, %text },
    '/nolength'  => { body => $lines, length => undef, %text },
    '/chunked'   => { body => $lines, chunked => 100, %text },
    '/empty'     => { status => 204, type => undef },
    '/gzip'      => { body => $lines, gzip => 1, %text },
    '/zlib'      => { body => $lines, deflate => 'zlib', %text },
    '/raw'       => { body => $lines, deflate => 'raw', %text },
    '/identity'  => { body => $lines, %text,
                      headers => ['Content-Encoding' => 'identity'] },
    '/bomb'      => { body => 'x' x 5_000_000, gzip => 1, %text },
    '/brotli'    => { body => 'x', %text,
                      headers => ['Content-Encoding' => 'br'] },
    '/nogzip'    => { body => $lines, %text,
                      headers => ['Content-Encoding' => 'gzip'] },
    '/cutgzip'   => { body => join('', map { rand } 1 .. 500), gzip => 1,
                      cut => 200, %text },
    '/cut'       => { body => $lines, cut => 500, %text },
    '/cutchunk'  => { body => $lines, chunked => 100, cut => 500, %text },
    '/more'      => { body => 'abcdefghij', length => 3, %text },
    '/less'      => { body => 'abc', length => 10, %text },
    '/garbage'   => { raw => "\0\1\2\3 not HTTP\r\n\r\n" },
    '/closed'    => { close => 1 },
    '/reset'     => { close => 'reset' },
    '/wait'      => { wait => 1, body => '{}' },
    '/half'      => { steps => ['{"a":', '1}'] },
    '/huge'      => { huge => 100 },
    '/hugechunk' => { huge => 100, chunked => 8192 },
    '/notjson'   => { body => '{"a":' },
    '/moved'     => { status => 301, body => 'moved',
                      headers => [Location => 'http://elsewhere.example/'] },
    '/same'      => { status => 304, type => undef },
    '/missing'   => { status => 404, body => 'there is none', %text },
    '/failed'    => { status => 500, body => 'out of paper', %text },
    '/user'      => { body => '{"id":7,"name":"Ann"}' },
    '/orders/7'  => { body => '[{"order":1}]' },
    (map { ("/n/$_" => { body => "{\"n\":$_}" }) } 1 .. 16),
);

my $port = $service->port;


sub tool {
    my ($name, $words) = @_;
    return "mcp_tool $name { description \"Does $name.\"; $words }\n";
}


my $tools = join '', (
    (map { tool($_, "pass GET /_api/$_;") }
        qw(a long nolength chunked empty gzip zlib raw identity brotli nogzip
           cutgzip cut cutchunk more less garbage closed reset notjson moved
           same missing failed)),
    (map { tool("c_$_", "pass GET /_kept/$_;") } qw(a long chunked)),
    tool('bomb', 'pass GET /_api/bomb; max_response 1m;'),
    tool('huge', 'pass GET /_api/huge; max_response 1m;'),
    tool('hugechunk', 'pass GET /_kept/hugechunk; max_response 1m;'),
    tool('hugecut', 'pass GET /_api/huge; max_response 1k; over cut;'),
    tool('fits', 'pass GET /_api/long; max_response ' . length($lines) . ';'),
    tool('over', 'pass GET /_api/long; max_response ' . (length($lines) - 1)
                 . ';'),
    tool('slow', 'pass GET /_api/wait; timeout 100ms;'),
    tool('halfway', 'pass GET /_api/half; timeout 300ms;'),
    tool('hanging', 'pass GET /_api/wait;'),
    tool('dead', 'pass GET /_dead/x; timeout 30s;'),
    tool('alldead', 'pass GET /_alldead/x; timeout 30s;'),
    tool('mixed', 'pass GET /_mixed/a;'),
    tool('head', 'pass HEAD /_api/long;'),
    tool('both', 'pass a GET /_api/a; pass b GET /_api/b;'),
    tool('chained', 'pass user GET /_api/user;'
                    . 'pass orders GET "/_api/orders/{user/id}";'),
    tool('without', 'pass a GET /_api/a; pass b GET /_api/missing optional;'
                    . 'pass c GET /_dead/x optional;'),
    tool('lacking', 'pass a GET /_api/wait; pass b GET /_api/missing;'),
    tool('late', 'pass a GET /_api/a; pass b GET /_api/wait;'
                 . 'timeout 100ms;'),
    tool('many', join '', map { "pass p$_ GET /_api/n/$_;" } 1 .. 16),
);

my $t = MCPTest->new(
    http => <<"EOC",
    upstream mixed {
        server 127.0.0.1:1;
        server 127.0.0.1:$port;
    }

    upstream alldead {
        server 127.0.0.1:1;
        server 127.0.0.1:2;
    }

    upstream kept {
        server 127.0.0.1:$port;
        keepalive 4;
    }
EOC
    location => "mcp; mcp_tool_timeout 200ms hanging;\n$tools",
    server   => <<"EOC",
    location /_api/     { internal; proxy_pass http://127.0.0.1:$port/; }
    location /_dead/    { internal; proxy_pass http://127.0.0.1:1; }
    location /_alldead/ { internal; proxy_pass http://alldead; }
    location /_mixed/   { internal; proxy_pass http://mixed/; }

    location /_kept/ {
        internal;
        proxy_pass http://kept/;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
    }
EOC
)->start;


sub text_is {
    my ($tool, $text, $name) = @_;

    my $r = $t->call($tool, {});

    ok_result($r, "$tool: $name");
    is($r->text, $text, 'what it says');
    return $r;
}


sub failed {
    my ($tool, $re, $name) = @_;

    my $start = Time::HiRes::time();
    my $r = $t->call($tool, {});

    ok_tool_error($r, $re, "$tool: $name");
    cmp_ok(Time::HiRes::time() - $start, '<', 10, 'at once');
    return $r;
}


# answers as they should be

is_deeply($t->call('a', {})->result->{structuredContent}, { a => 1 }, 'JSON');

text_is('long', $lines, 'with its length');
text_is('nolength', $lines, 'until the connection is closed');
text_is('chunked', $lines, 'in chunks, to HTTP/1.0');
text_is('c_chunked', $lines, 'in chunks');
text_is('c_long', $lines, 'on a connection that is kept');
text_is('c_long', $lines, 'on the same one') for 1 .. 3;
text_is('gzip', $lines, 'compressed');
text_is('zlib', $lines, 'with deflate');
text_is('raw', $lines, 'with deflate and no header');
text_is('identity', $lines, 'not compressed');
text_is('fits', $lines, 'just the limit');

ok_result($t->call('empty', {}), 'no content');
ok_result($t->call('head', {}), 'HEAD');
is($service->request(qr/long/)->method, 'GET', 'the others before');

my @requests = $service->requests;
is((grep { $_->method eq 'HEAD' } @requests), 1, 'one was HEAD');
is((grep { $_->header('Accept-Encoding') } @requests), 0,
   'nobody asked for compression');


# broken ones

failed('cut', qr/./, 'truncated');
failed('cutchunk', qr/./, 'truncated, in chunks');
failed('less', qr/./, 'shorter than it says');
text_is('more', 'abc', 'longer than it says');
failed('cutgzip', qr/./, 'truncated and compressed');
failed('nogzip', qr/./, 'said to be compressed');
failed('brotli', qr/"br"/, 'an unknown encoding');
failed('bomb', qr/./, 'a bomb');
failed('garbage', qr/./, 'no HTTP');
failed('closed', qr{/_api/closed}, 'closed without an answer');
failed('reset', qr{/_api/reset}, 'reset');
failed('moved', qr/301/, 'a redirect');
failed('same', qr/304/, 'not modified');
failed('missing', qr/404.*there is none/s, '404');
failed('failed', qr/500.*out of paper/s, '500');


# none

failed('dead', qr{/_dead/x}, 'nobody listens');
failed('alldead', qr{/_alldead/x}, 'all of a group are dead');

for (1 .. 4) {
    is_deeply($t->call('mixed', {})->result->{structuredContent}, { a => 1 },
              'one of a group is dead');
}

failed('slow', qr{/_api/wait.*100 ms}, 'its own timeout');
$service->go('/half');
failed('halfway', qr{/_api/half.*300 ms}, 'with half an answer');
failed('hanging', qr/200 ms/, 'the timeout of the tool');

for my $r ($service->requests) {
    next if $r->path !~ m{^/(wait|half)};
    ok(defined $service->closed($r), 'the connection is closed: ' . $r->path);
}


# more than is wanted, in memory that does not grow

sub memory {
    my ($pid) = @_;

    open my $fh, '<', "/proc/$pid/status" or return 0;
    my ($kb) = join('', <$fh>) =~ /VmHWM:\s+(\d+)/;
    return $kb / 1024;
}


failed('over', qr/./, 'one byte over the limit');

for my $tool (qw(huge hugechunk hugecut)) {
    my %before = map { $_ => memory($_) } $t->worker_pids;

    if ($tool eq 'hugecut') {
        my $r = $t->call($tool, {});
        ok_result($r, 'cut');
        cmp_ok(length $r->text, '<', 2048, 'to what is wanted');
        like($r->text, qr/^0123456789abcdef/, 'from its beginning');

    } else {
        failed($tool, qr/./, 'far over the limit');
    }

    my $r = $service->request(qr/huge/);
    cmp_ok($service->closed($r), '<', 60_000_000, 'the service is left');

    # ASan keeps what was freed
    for my $pid (MCPTest::sanitize() ? () : keys %before) {
        cmp_ok(memory($pid) - $before{$pid}, '<', 16, 'memory is bounded');
    }
}


# several in one tool

is_deeply($t->call('both', {})->result->{structuredContent},
          { a => { a => 1 }, b => { b => 2 } }, 'two');

is_deeply($t->call('chained', {})->result->{structuredContent},
          { user => { id => 7, name => 'Ann' }, orders => [{ order => 1 }] },
          'one after the other');

is_deeply($t->call('without', {})->result->{structuredContent},
          { a => { a => 1 } }, 'optional ones are left out');

$service->requests;
failed('lacking', qr/^b: .*404/s, 'one of them has failed');
my ($other) = grep { $_->path eq '/wait' } $service->requests;
ok(defined $service->closed($other), 'the other one is left') if $other;

failed('late', qr/^b: .*100 ms/, 'one of them is late');

is_deeply($t->call('many', {})->result->{structuredContent},
          { map { ("p$_" => { n => $_ }) } 1 .. 16 }, 'sixteen');


# two that wait for each other's call, so they run at the same time

$service->answer('/a' => { wait => 1, gate => 'x', body => '{}' },
                 '/b' => { wait => 1, gate => 'x', body => '{}' });
$service->requests;

my $c = $t->connect;
$c->send($t->request_bytes('tools/call', { name => 'both', arguments => {} }));

ok($service->request(qr{/a}) && $service->request(qr{/b}), 'in parallel');

$service->go('x', 2);
is_deeply($c->response->result->{structuredContent}, { a => {}, b => {} },
          'and both are waited for');


# a batch

my @batch = map { { jsonrpc => '2.0', id => $_, method => 'tools/call',
                    params => { name => 'many', arguments => {} } } } 1 .. 10;

my $r = $t->post(encode_json_text(\@batch),
                 headers => { 'MCP-Protocol-Version' => '2025-03-26' });

is((grep { $_->{result}{content}[0]{text} =~ /"p16"/ } @{ $r->json }), 10,
   'a batch of tools of sixteen');

finish();
