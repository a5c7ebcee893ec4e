#!/usr/bin/perl

# Services that are slow, gone, huge, or say what they should not.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Events;

my $lines = join '', map { "line $_\n" } 1 .. 10_000;

my $b = MCPTest::Backend->start(
    '/_api/one' => { body => '{"n":1}' },
    '/_api/slow' => { wait => 1, body => '{"n":2}' },
    '/_api/slow-body' => { steps => ['{"n":', '3}'] },
    '/_api/huge' => { huge => 100, type => 'text/plain' },
    '/_api/huge-chunked' => { huge => 100, chunked => 1, type => 'text/plain' },
    '/_api/huge-json' => { huge => 100 },
    '/_api/huge-error' => { huge => 100, status => 500, type => 'text/plain' },
    '/_api/lines' => { type => 'text/plain', body => $lines },
    '/_api/cut' => { type => 'text/plain', body => 'abcdef', cut => 3 },
    '/_api/cut-chunked' => { type => 'text/plain', body => 'abcdef',
                             chunked => 2, cut => 12 },
    '/_api/long' => { body => '{"n":1}', length => 100 },
    '/_api/short' => { body => '{"n":1}', length => 3 },
    '/_api/unknown-length' => { body => '{"n":4}', length => undef },
    '/_api/closes' => { close => 1 },
    '/_api/resets' => { close => 'reset' },
    '/_api/garbage' => { raw => "\x16\x03\x01 what is this\r\n\r\n" },
    '/_api/gzip' => { gzip => 1, body => '{"n":5}' },
    '/_api/deflate' => { deflate => 'zlib', body => '{"n":6}' },
    '/_api/deflate-raw' => { deflate => 'raw', body => '{"n":7}' },
    '/_api/gzip-text' => { gzip => 1, type => 'text/plain', body => $lines },
    '/_api/gzip-bomb' => { gzip => 1, type => 'text/plain',
                           body => "0123456789abcde\n" x 2_000_000 },
    '/_api/gzip-cut' => { gzip => 1, type => 'text/plain', body => $lines,
                          cut => 200 },
    '/_api/gzip-lie' => { headers => ['Content-Encoding' => 'gzip'],
                          body => '{"n":8}' },
    '/_api/br' => { headers => ['Content-Encoding' => 'br'], body => 'xxx' },
    '/_api/accel' => { headers => ['X-Accel-Redirect' => '/files/inside.json'],
                       body => '{"n":"not this"}' },
    '/_api/accel-none' => { headers => ['X-Accel-Redirect' => '/nowhere'] },
    '/_api/accel-mcp' => { headers => ['X-Accel-Redirect' => '/mcp'] },
    '/_api/missing' => { status => 404, body => '{"n":"missing"}' },
    '/_api/early' => { headers => [Link => '</x>; rel=preload'],
                       raw => "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                              . "Connection: close\r\n\r\nbare" },
);

my $t = MCPTest->new(
    http => <<'EOC' =~ s/%B/$b->port/ger,
upstream half {
    server 127.0.0.1:%%PORT_8%%;
    server 127.0.0.1:%B;
}
upstream dead {
    server 127.0.0.1:%%PORT_8%%;
    server 127.0.0.1:%%PORT_9%%;
}
EOC
    server => <<'EOC' =~ s/%B/$b->port/ger,
location /_api/ { internal; proxy_pass http://127.0.0.1:%B; }
location /_half/ { internal; proxy_pass http://half/_api/; }
location /_dead/ { internal; proxy_pass http://dead/; }
location /_page/ {
    internal;
    proxy_pass http://127.0.0.1:%B/_api/;
    proxy_intercept_errors on;
    error_page 404 = /files/page.json;
    error_page 500 502 503 504 /files/page.json;
}
location /_none/ { internal; return 403; }
location /_text/ { internal; return 200 "from nginx"; }
location /_buffers/ {
    internal;
    proxy_pass http://127.0.0.1:%B/_api/;
    proxy_buffering off;
}
location /files/ { internal; alias %%DIR%%/; types { application/json json; } }
EOC
    files => { 'inside.json' => '{"n":"inside"}',
               'page.json' => '{"n":"page"}' },
    location => <<'EOC',
mcp;
mcp_tool get {
    description "an API"; arg v string required;
    pass GET "/_api/{v}";
}
mcp_tool half {
    description "one of two is dead"; arg v string required;
    pass GET "/_half/{v}";
}
mcp_tool dead {
    description "both are dead"; arg v string required;
    pass GET "/_dead/{v}";
}
mcp_tool page {
    description "an error page"; arg v string required;
    pass GET "/_page/{v}";
}
mcp_tool none { description "not allowed"; pass GET /_none/x; }
mcp_tool text { description "nginx itself"; pass GET /_text/x; }
mcp_tool file {
    description "a file"; arg v string required;
    pass GET "/files/{v}";
}
mcp_tool unbuffered {
    description "without buffers"; arg v string required;
    pass GET "/_buffers/{v}";
}
mcp_tool soon {
    description "in time"; arg v string required;
    pass GET "/_api/{v}";
    timeout 300ms;
}
mcp_tool cut {
    description "a beginning"; arg v string required;
    pass GET "/_api/{v}";
    max_response 1k;
    over cut;
}
mcp_tool limited {
    description "all or nothing"; arg v string required;
    pass GET "/_api/{v}";
    max_response 1k;
    over error;
}
mcp_tool post {
    description "changes something"; arg v string;
    pass POST /_half/one;
}
EOC
)->start;


sub memory {
    my $sum = 0;

    for my $pid ($t->worker_pids) {
        my ($kb) = slurp_file("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m;
        $sum += $kb;
    }

    return $sum;
}


sub slurp_file {
    my ($name) = @_;

    open my $fh, '<', $name or return '';
    local $/;
    return scalar <$fh>;
}


sub n_of {
    my ($tool, $v, $n, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $r = $t->call($tool, { v => $v });

    ok_result($r, $name);
    return is($r->result->{structuredContent}{n}, $n, 'it is that one');
}


sub begin {
    my ($tool, $v) = @_;

    my $c = $t->connect;

    $c->send($t->request_bytes('tools/call', { name => $tool,
             arguments => { v => $v } }));
    return $c;
}


# --- dead and slow

n_of('get', 'one', 1, 'a service');
n_of('half', 'one', 1, "one of two is dead, call $_") for 1 .. 3;
ok_tool_error($t->call('dead', { v => 'one' }), qr/502|504|reach|answer/,
              "both are dead, call $_") for 1 .. 2;
$b->requests;

my $c = begin('soon', 'slow');
my $late = $b->request;

ok_tool_error($c->response, qr/300 ms/, 'a service that is slow');
ok(defined $b->closed($late), 'its connection is closed');

$c = begin('get', 'slow');
$late = $b->request;
n_of('get', 'one', 1, 'another call meanwhile');
$b->go('/_api/slow');
is($c->response->result->{structuredContent}{n}, 2, 'one that is answered');

$c = begin('get', 'slow-body');
$b->go('/_api/slow-body');
n_of('get', 'one', 1, 'while half of a body is there');
$b->go('/_api/slow-body', 2);
is($c->response->result->{structuredContent}{n}, 3, 'the other half');
$b->requests;

for my $v (qw(slow slow-body huge)) {
    my $gone = begin('get', $v);
    my $lost = $b->request;

    $gone->close;
    ok(defined $b->closed($lost), "$v: the client leaves, so does nginx");
}


# --- large

my $before = memory();

for my $tool (qw(get cut limited unbuffered)) {
    for my $v (qw(huge huge-chunked huge-json huge-error)) {
        my $r = $t->call($tool, { v => $v });
        my $request = $b->request;

        ok(length $r->body < 3_000_000, "$tool of $v: not all of it");

        if ($tool eq 'cut' && $v ne 'huge-error') {
            ok_result($r, 'is cut');
            ok(length $r->text < 2048, 'there');

        } else {
            ok_tool_error($r, $v eq 'huge-error' ? qr/500/ : qr/./, 'an error');
        }

        my $sent = $b->closed($request);

        ok(defined $sent && $sent < 50_000_000, 'and the service is left');
    }
}

ok(memory() - $before < (MCPTest::sanitize() ? 400_000 : 30_000),
   'memory is bounded') or diag(memory() - $before);

my $r = $t->call('cut', { v => 'lines' });

ok_result($r, 'over cut');
like($r->text, qr/\Aline 1\n.*\nline \d+\n/s, 'the first lines');

my ($whole) = $r->text =~ /\A((?:line \d+\n)+)/;

is($whole, substr($lines, 0, length $whole), 'complete ones');
ok(length $whole <= 1024 && length $whole > 1000, 'up to the limit');
like(substr($r->text, length $whole), qr/\S/, 'and a note');
ok_tool_error($t->call('limited', { v => 'lines' }), qr/1024|1k|large|limit/i,
              'over error');
is($t->call('get', { v => 'lines' })->text, $lines, 'under the limit');


# --- broken

ok_tool_error($t->call('get', { v => $_ }), qr/end|incomplete|broken|cut/i, $_)
    for qw(cut cut-chunked long gzip-cut);
ok_tool_error($t->call('get', { v => $_ }), qr/50[24]|answer|reach/i, $_)
    for qw(closes resets);

ok($t->wait_log(qr/\[error\] .*\/cut" of tool "get" failed: .*broke off/),
   'an operator is told');
ok($t->wait_log(qr/\[error\] .*\/lines" of tool "limited" failed: .*max_resp/),
   'and of a limit');

$r = $t->call('get', { v => 'short' });
ok($r->result, 'more than a Content-Length says') or diag($r->body);
unlike($r->body, qr/"n\\?":1/, 'is not taken');
n_of('get', 'unknown-length', 4, 'no length');
is($t->call('get', { v => 'early' })->text, 'bare',
   'until the connection ends');
$r = $t->call('get', { v => 'garbage' });
ok($r->result, 'what is not HTTP is answered');
n_of('get', 'one', 1, 'and it goes on');


# --- compressed

n_of('get', 'gzip', 5, 'gzip');
n_of('get', 'deflate', 6, 'deflate');
n_of('get', 'deflate-raw', 7, 'deflate without a head');
is($t->call('get', { v => 'gzip-text' })->text, $lines, 'a longer one');

$r = $t->call('cut', { v => 'gzip-text' });
ok_result($r, 'one that is cut');
like($r->text, qr/\Aline 1\n/, 'has its beginning');

$before = memory();
$r = $t->call('cut', { v => 'gzip-bomb' });
ok_result($r, 'one that becomes very large');
ok(length $r->text < 2048, 'is cut when it is plain');
ok_tool_error($t->call('get', { v => 'gzip-bomb' }), qr/./, 'or refused');
ok(memory() - $before < (MCPTest::sanitize() ? 200_000 : 10_000),
   'in bounded memory');
ok_tool_error($t->call('get', { v => 'gzip-lie' }), qr/./, 'not compressed');
ok_tool_error($t->call('get', { v => 'br' }), qr/br|encod/i,
              'an encoding that is not known');


# --- what nginx does with answers

n_of('get', 'accel', 'inside', 'X-Accel-Redirect');
ok_tool_error($t->call('get', { v => 'accel-none' }), qr/404/, 'to nothing');
$r = $t->call('get', { v => 'accel-mcp' });
ok($r->result && $r->result->{isError}, 'to the endpoint itself')
    or diag($r->body);

n_of('page', 'missing', 'page', 'an error page that is an answer');
ok_tool_error($t->call('page', { v => 'huge-error' }), qr/500/,
              'one that is none');
ok_tool_error($t->call('page', { v => 'closes' }), qr/502/, 'of nginx itself');
ok_tool_error($t->call('none'), qr/403/, 'a refusal of nginx');
is($t->call('text')->text, 'from nginx', 'an answer of nginx');
n_of('file', 'page.json', 'page', 'a file');
ok_tool_error($t->call('file', { v => 'no.json' }), qr/404/, 'no file');
n_of('unbuffered', 'one', 1, 'proxy_buffering off');


# --- never twice

$b->requests;
ok($t->call('post', { v => 'x' })->result, "a POST, $_") for 1 .. 4;
ok((my @posts = $b->requests) <= 4, 'is sent once at most');

finish();
