#!/usr/bin/perl

# Services behind HTTP/2 and TLS: the same requests as behind HTTP/1.1, and a
# stream that is reset takes its service along.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::H2;
use MCPTest::Message qw(message);

my $b = MCPTest::Backend->start(
    '*' => { body => '{"n":1}' },
    '/slow/*' => { wait => 1, gate => 'slow', body => '{"n":2}' },
    '/large' => { type => 'text/plain', body => "0123456789abcde\n" x 50_000 },
);

my $t = MCPTest->new(
    cert => 1,
    listen => 'http2',
    server => <<'EOC' =~ s/%B/$b->port/er,
listen 127.0.0.1:%%PORT_1%% ssl http2;
ssl_certificate     %%DIR%%/cert.pem;
ssl_certificate_key %%DIR%%/key.pem;

location /_api/ {
    internal;
    proxy_pass http://127.0.0.1:%B/;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Scheme $scheme;
    proxy_set_header X-Protocol $server_protocol;
}
EOC
    location => <<'EOC',
mcp;
mcp_tool get {
    description "GET"; arg v string required; arg q string;
    pass GET "/_api/{v}{?q}";
}
mcp_tool post {
    description "POST"; arg v string required;
    pass POST /_api/post;
}
mcp_tool slow {
    description "waits"; arg v string required;
    pass GET "/_api/slow/{v}";
}
mcp_tool large { description "much"; pass GET /_api/large; }
EOC
)->start;

plan(skip_all => 'nginx or curl without HTTP/2')
    if ($t->curl(args => ['--http2-prior-knowledge'])->version // '') ne '2';

my %front = (
    'HTTP/2' => [args => ['--http2-prior-knowledge']],
    'TLS, HTTP/2' => [scheme => 'https', port => $t->port(1),
                      args => ['--http2']],
    'TLS, HTTP/1.1' => [scheme => 'https', port => $t->port(1),
                        args => ['--http1.1']],
);

for my $front (sort keys %front) {
    my $call = sub {
        my ($tool, $arguments) = @_;

        return $t->curl_rpc('tools/call',
            { name => $tool, arguments => $arguments }, @{ $front{$front} },
            headers => { Authorization => 'Bearer secret',
                         Cookie => 'a=secret', TE => 'trailers' });
    };

    ok_result($call->('get', { v => '../x?', q => '&a=b' }), "$front: a GET");

    my $request = $b->request;

    is($request->line, 'GET /..%2Fx%3F?q=%26a%3Db HTTP/1.1',
       "$front: the line");
    unlike($request->head, qr/secret|trailers/, "$front: nothing of the client");
    is($request->header('Host'), '127.0.0.1', "$front: Host is there");
    is($request->header('X-Scheme'), $front =~ /TLS/ ? 'https' : 'http',
       "$front: the scheme");

    ok_result($call->('post', { v => "\x{e9}" }), "$front: a POST");
    is($b->request->body, "{\"v\":\"\xc3\xa9\"}", "$front: the body");
    is(length $call->('large', {})->text, 800_000, "$front: a large answer");
    $b->requests;
}


# --- streams of one connection

sub body {
    my ($tool, $arguments) = @_;
    return message('modern', 'tools/call',
                   { name => $tool, arguments => $arguments });
}


my $c = MCPTest::H2->new($t->connect);

$c->request(body('slow', { v => 'one' }));

my $lost = $b->request;

is($lost->target, '/slow/one', 'a stream');
$c->cancel;
ok(defined $b->closed($lost), 'that is reset: its service is left');

$c->request(body('get', { v => 'two' }));
is($c->head->status, 200, 'the next stream of the connection');
is($b->request->target, '/two', 'is served');

finish();
