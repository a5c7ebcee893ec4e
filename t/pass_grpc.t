#!/usr/bin/perl

# Services that nginx speaks HTTP/2 to, with grpc_pass: JSON is as with any
# other, and the errors of gRPC, which come with status 200, are errors.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

plan(skip_all => 'no HTTP/2 in nginx')
    if `@{[MCPTest::binary()]} -V 2>&1` !~ /--with-http_v2_module/;
plan(skip_all => 'no gRPC in nginx') if !MCPTest::_has('grpc');

my $backend = MCPTest::Backend->start(
    '*' => { body => '{"ok":true}' },
    '/frame' => { type => 'application/grpc', body => "\0\0\0\0\5hello" },
);

my $t = MCPTest->new(
    server => <<'EOC',
location /grpc/ {
    internal;
    grpc_pass grpc://127.0.0.1:%%PORT_1%%;
    grpc_set_header X-Consumer $mcp_consumer;
}
location /again/ {
    internal;
    rewrite ^/again(/.*)$ $1 break;
    grpc_pass grpc://127.0.0.1:%%PORT_1%%;
}
location /down/ { internal; grpc_pass grpc://127.0.0.1:%%PORT_2%%; }
location /plain/ { internal; grpc_pass grpc://127.0.0.1:%%PORT_0%%; }
EOC
    http => <<'EOC' =~ s/%B/$backend->port/gre,
server {
    listen 127.0.0.1:%%PORT_1%% http2;

    proxy_http_version 1.1;
    proxy_set_header Connection "";

    location / { proxy_pass http://127.0.0.1:%B; }
    location /grpc/ok/ {
        add_trailer grpc-status 0;
        proxy_pass http://127.0.0.1:%B/;
    }
    location /grpc/late/ {
        add_trailer grpc-status 5;
        add_trailer grpc-message "no such%20order%0A%C3%A9";
        proxy_pass http://127.0.0.1:%B/;
    }
    location = /grpc/early {
        default_type application/grpc;
        add_header grpc-status 16;
        add_header grpc-message "who are you";
        return 200;
    }
    location = /grpc/json {
        add_header grpc-status 5;
        default_type application/json;
        return 200 '{"a":1}';
    }
    location = /grpc/unknown {
        default_type application/grpc+json;
        add_header grpc-status 99;
        return 200;
    }
    location = /grpc/none {
        default_type application/grpc+json;
        add_header grpc-status x;
        return 200;
    }
}
EOC
    location => <<'EOC',
mcp;
mcp_consumer $http_x_consumer;
mcp_tool get {
    description "GET"; arg v string required; arg q string;
    pass GET "/grpc/a/{v}{?q}";
}
mcp_tool post {
    description "POST"; arg n number required;
    pass POST /grpc/post;
}
mcp_tool path { description "any"; arg v string required; pass GET "/grpc/{+v}"; }
mcp_tool again { description "rewritten"; arg v string required; pass GET "/again/{v}"; }
mcp_tool plain { description "HTTP/1.1"; pass GET /plain/x; timeout 5s; }
mcp_tool down { description "nobody there"; pass GET /down/x; timeout 5s; }
EOC
)->start;


# JSON over HTTP/2

my $r = $t->call('get', { v => 'a/b ?', q => '&x' },
                 headers => { 'X-Consumer' => 'me' });
my $request = $backend->request;

is($request->line, 'GET /grpc/a/a%2Fb%20%3F?q=%26x HTTP/1.1', 'GET: request');
is($r->text, '{"ok":true}', 'GET: the answer');
ok($r->result->{structuredContent}{ok}, 'GET: is JSON');

$r = $t->call('post', { n => 1.50 });
$request = $backend->request;

is($request->line, 'POST /grpc/post HTTP/1.1', 'POST: request');
is($request->header('Content-Type'), 'application/json', 'POST: type');
is($request->body, '{"n":1.5}', 'POST: body');
ok($r->result->{structuredContent}{ok}, 'POST: the answer');


# nginx encodes what it has rewritten: too much is said, nothing else

$t->call('again', { v => 'a/../b' });
is($backend->request->line, 'GET /a%252F..%252Fb HTTP/1.1',
   'a rewritten URI is encoded again');


# messages of gRPC are bytes, unless they are errors

sub answer {
    my ($v) = @_;
    return $t->call('path', { v => $v })->result;
}


is(answer('ok/frame')->{content}[0]{resource}{blob}, 'AAAAAAVoZWxsbw==',
   'a message is a blob');
ok(!answer('ok/frame')->{isError}, 'a message is no error');

for (
    ['late/frame', 'a trailer',
     qr/404 Not Found.*gRPC status 5: no such order\n\x{e9}/s],
    ['early', 'a header', qr/401 Unauthorized.*gRPC status 16: who are you/s],
    ['unknown', 'a status nobody knows', qr/500.*gRPC status 99/s],
    ['none', 'what is no status', qr/500.*gRPC status x/s],
) {
    my ($v, $name, $like) = @$_;
    my $result = answer($v);

    ok($result->{isError}, "$name is an error");
    like($result->{content}[0]{text}, $like, "$name: what it says");
}

ok(!answer('json')->{isError}, 'what is not of gRPC is not asked');


# a service that is not there, and one that does not speak HTTP/2

for (qw(down plain)) {
    $r = $t->call($_);
    ok($r->result->{isError}, "$_: an error");
    like($r->text, qr/cannot be reached, or broke off/, "$_: what it says");
}

finish();
