#!/usr/bin/perl

# What a service is told: nothing of what the client says to this server but
# what the configuration passes on.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my $b = MCPTest::Backend->start('*' => { body => '{"a":1}' });
my $accept = 'Accept: application/json, text/*;q=0.9, */*;q=0.8';
my $traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

my $t = MCPTest->new(
    http => <<'EOC',
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host backend;
map $mcp_idempotent $may_retry { 1 yes; 0 no; default unknown; }
EOC
    server => <<'EOC' =~ s/%B/'127.0.0.1:' . $b->port/ger,
location /bare/ { internal; proxy_pass http://%B; }
location /host/ { internal; proxy_set_header Host $host; proxy_pass http://%B; }
location /usual/ {
    internal;
    proxy_pass http://%B;
    proxy_set_header Host $http_host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
}
location /mcp/ {
    internal;
    proxy_pass http://%B;
    proxy_set_header X-Consumer $mcp_consumer;
    proxy_set_header X-Call $mcp_id;
    proxy_set_header X-Tool $mcp_tool;
    proxy_set_header X-Request $request_id;
    proxy_set_header Traceparent $mcp_traceparent;
    proxy_set_header X-Retry $may_retry;
}
location /seen/ {
    internal;
    proxy_pass http://%B;
    proxy_set_header X-Authorization $http_authorization;
    proxy_set_header X-Cookie $http_cookie$cookie_a;
    proxy_set_header X-Arg $arg_a;
    proxy_set_header X-Uri $request_uri;
    proxy_set_header X-Method $request_method;
    proxy_set_header X-Length $content_length;
    proxy_set_header X-Type $content_type;
    proxy_set_header X-Agent $http_user_agent;
    proxy_set_header X-Args $args;
}
location /all/ {
    internal;
    proxy_pass http://%B;
    proxy_pass_request_headers on;
    proxy_cache off;
}
EOC
    location => <<'EOC',
mcp;
mcp_consumer $http_x_consumer;
add_header X-Request-Id $request_id always;

# all of these are used before there is a subrequest
set $use "$http_authorization$http_cookie$cookie_a$arg_a$request_uri$args";
set $use "$use$content_length$content_type$http_user_agent$request_method";

mcp_tool bare { description a; pass GET /bare/a; }
mcp_tool post { description a; arg a string; pass POST /bare/a; }
mcp_tool host { description a; pass GET /host/a; }
mcp_tool usual { description a; pass GET /usual/a; }
mcp_tool own { description a; pass GET /mcp/a; }
mcp_tool own_post { description a; arg a string; pass POST /mcp/a; }
mcp_tool own_again {
    description a; arg a string; annotations idempotent;
    pass POST /mcp/a;
}
mcp_tool seen { description a; pass GET /seen/a; }
mcp_tool said {
    description a;
    arg v string required;
    pass GET /bare/a;
    header X-Tenant $http_x_tenant;
    header X-Both "$mcp_consumer {v}";
    header Authorization $http_authorization;
    header Accept application/vnd.api+json;
}
EOC
)->start;


# what a client could say, to be somebody else, or to get something else

my %said = (
    Authorization         => 'Bearer secret',
    'Proxy-Authorization' => 'Basic c2VjcmV0',
    Cookie                => 'a=secret',
    'Accept-Encoding'     => 'gzip, br',
    'Accept-Language'     => 'secret',
    'User-Agent'          => 'secret',
    'X-Forwarded-For'     => '6.6.6.6',
    'X-Forwarded-Host'    => 'evil.example',
    'X-Forwarded-Proto'   => 'secret',
    'X-Forwarded-Prefix'  => '/secret',
    'X-Original-URL'      => '/secret',
    'X-Rewrite-URL'       => '/secret',
    'X-HTTP-Method-Override' => 'DELETE',
    Forwarded             => 'for=6.6.6.6;host=evil.example',
    'X-Real-IP'           => '6.6.6.6',
    Via                   => '1.1 secret',
    TE                    => 'trailers',
    Trailer               => 'X-Secret',
    Upgrade               => 'websocket',
    'Keep-Alive'          => 'secret',
    'Proxy-Connection'    => 'secret',
    Range                 => 'bytes=0-1',
    'If-Range'            => '"secret"',
    'If-Match'            => '"secret"',
    'If-None-Match'       => '"secret"',
    'If-Modified-Since'   => 'Sat, 01 Jan 2000 00:00:00 GMT',
    'If-Unmodified-Since' => 'Sat, 01 Jan 2000 00:00:00 GMT',
    'Cache-Control'       => 'no-cache',
    Pragma                => 'no-cache',
    Destination           => '/secret',
    Depth                 => '1',
    Overwrite             => 'F',
    Date                  => 'Sat, 01 Jan 2000 00:00:00 GMT',
    Referer               => 'secret',
    Traceparent           => $traceparent,
    Tracestate            => 'a=secret',
    Baggage               => 'a=secret',
    'X-Request-Id'        => 'secret',
    'X-Consumer'          => 'alice',
    'X-Tenant'            => 'blue',
    'X-Anything'          => 'secret',
    'Mcp-Session-Id'      => 'secret',
    'Last-Event-ID'       => 'secret',
    'X_Under_Score'       => 'secret',
);


sub ask {
    my ($tool, $arguments, %o) = @_;

    my $r = $t->call($tool, $arguments // {}, uri => '/mcp?a=secret',
                     headers => { %said, %{ delete $o{headers} || {} } }, %o);

    ok_result($r, "$tool: a result");

    my $request = $b->request;

    return wantarray ? ($request, $r) : $request;
}


sub lines {
    return join "\n", split /\r\n/, $_[0]->head;
}


# --- nothing is passed on

is(lines(ask('bare')), join("\n", 'GET /bare/a HTTP/1.1', 'Host: backend',
    $accept), 'nothing is passed on');

my $post = ask('post', { a => 'x' });

is(lines($post), join("\n", 'POST /bare/a HTTP/1.1', 'Host: backend',
    'Content-Length: 9', $accept, 'Content-Type: application/json'),
   'nor with a body');
is($post->body, '{"a":"x"}', 'which is that of the tool');

is(lines(ask('bare', {}, headers => { Expect => '100-continue' })),
   join("\n", 'GET /bare/a HTTP/1.1', 'Host: backend', $accept),
   'nor an expectation');

my $legacy = $t->legacy_call('bare', {},
    headers => { %said, 'Mcp-Session-Id' => undef });

ok_result($legacy, 'a call of a legacy client');
is(lines($b->request), join("\n", 'GET /bare/a HTTP/1.1', 'Host: backend',
    $accept), 'passes nothing on, either');

is(lines((ask('bare', {}, wire => sub {
    my ($head, $body) = split /\r\n\r\n/, $_[0], 2;
    $head =~ s/Content-Length: \d+/Transfer-Encoding: chunked/;
    return "$head\r\n\r\n" . MCPTest::HTTP::chunked($body, 100);
}))[0]), join("\n", 'GET /bare/a HTTP/1.1', 'Host: backend', $accept),
   'nor how the body has come');


# --- what proxy_set_header makes of it

is(ask('host')->header('Host'), 'localhost', '$host is that of this server');

my $usual = ask('usual');

unlike($usual->head, qr/secret|6\.6\.6\.6|evil/, 'the usual headers are ours');
is($usual->header('X-Real-IP'), '127.0.0.1', 'the address of the client');
is($usual->header('X-Forwarded-For'), '127.0.0.1', 'alone');
is($usual->header('X-Forwarded-Proto'), 'http', 'the scheme');

my $seen = ask('seen');

unlike($seen->head, qr/secret/, 'variables are those of the subrequest')
    or diag($seen->head);
is($seen->header('X-Uri'), '/seen/a', '$request_uri');
is($seen->header('X-Method'), 'GET', '$request_method');
is($seen->header($_), undef, "$_ is empty")
    for qw(X-Authorization X-Cookie X-Arg X-Args X-Agent X-Length X-Type);


# --- what is always there

my ($own, $r) = ask('own', {}, id => 17);

is($own->header('X-Consumer'), 'alice', '$mcp_consumer');
is($own->header('X-Call'), '17', '$mcp_id');
is($own->header('X-Tool'), 'own', '$mcp_tool');
is($own->header('Traceparent'), $traceparent, '$mcp_traceparent');
like($own->header('X-Request'), qr/\A[0-9a-f]{32}\z/, '$request_id');
is($own->header('X-Request'), $r->header('X-Request-Id'),
   'is that of the request of the client');
is($own->header('X-Retry'), 'yes', '$mcp_idempotent of a GET');
is(ask('own_post')->header('X-Retry'), 'no', 'of a POST');
is(ask('own_again')->header('X-Retry'), 'yes', 'of one that says so');

(my $other = $traceparent) =~ tr/4b/5c/;

is(ask('own', {}, meta => { 'traceparent/' => undef, traceparent => undef })
   ->header('Traceparent'), $traceparent, 'the header is taken');

for my $key ('traceparent') {
    my $request = $t->request_bytes('tools/call', { name => 'own',
        arguments => {}, _meta => {
            'io.modelcontextprotocol/protocolVersion' => '2026-07-28',
            'io.modelcontextprotocol/clientInfo' =>
                { name => 'a', version => '1' },
            'io.modelcontextprotocol/clientCapabilities' => {},
            $key => $other } }, headers => { Traceparent => $traceparent });

    ok_result($t->exchange($request), 'with a traceparent in _meta');
    is($b->request->header('Traceparent'), $other, 'which comes first');
}

for my $bad ('', 'x', "$traceparent-01", substr($traceparent, 1),
             uc $traceparent, $traceparent =~ s/^00/ff/r,
             $traceparent =~ s/-4bf9[^-]*/'-' . '0' x 32/er,
             $traceparent =~ s/-00f0[^-]*/'-' . '0' x 16/er)
{
    is(ask('own', {}, headers => { Traceparent => $bad })
       ->header('Traceparent'), undef, "not valid: '$bad'");
}

is(ask('own', {}, id => 'x y"z')->header('X-Call'), '"x y\\"z"',
   'an id that is a string');


# --- what the tool says

my $said = ask('said', { v => 'x' });

is($said->header('X-Tenant'), 'blue', 'a header with a variable of the client');
is($said->header('X-Both'), 'alice x', 'and with an argument');
is($said->header('Authorization'), 'Bearer secret', 'a deliberate one');
is($said->header('Accept'), 'application/vnd.api+json', 'Accept is replaced');
is(scalar(() = $said->head =~ /^accept:/gmi), 1, 'not added');

ok_tool_error($t->call('said', { v => "a\r\nX: y" }), qr/\bv\b/,
              'a line in a header is refused');
is(scalar(my @none = $b->requests), 0, 'without a request');

$r = $t->call('said', { v => '$http_cookie{v}' });
$said = $b->request;
is($said->header('X-Both'), ' $http_cookie{v}',
   'an argument is no configuration');
is($said->header($_), undef, "$_ that has nothing to say is left out")
    for qw(X-Tenant Authorization);

finish();
