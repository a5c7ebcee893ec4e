#!/usr/bin/perl

# mcp_inspect: the other server gets what was judged, or nothing.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Encode ();
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my $keys = sha256_hex('bob') . " bob read\n" . sha256_hex('amy') . " amy write\n";

my $b = MCPTest::Backend->start(
    '/accel' => { headers => ['X-Accel-Redirect' => '/plain'], body => '' },
    '/fail'  => { status => 500, body => '{}' },
    '/reset' => { close => 'reset' },
    '*'      => { body => '{}' },
);
my $port = $b->port;

my $t = MCPTest->new(
    http => <<"EOC",
    log_format who "\$uri|\$mcp_consumer|\$mcp_tool|\$mcp_error|\$status|";
    client_body_buffer_size 1k;

    upstream some {
        server 127.0.0.1:%%PORT_9%%;
        server 127.0.0.1:$port;
    }
EOC
    server => <<"EOC",
    listen 127.0.0.1:%%PORT_1%% http2;

    location / {
        mcp_inspect on;
        mcp_api_keys %%DIR%%/keys;
        mcp_tool_scope add write;
        mcp_allowed_origins none https://app.example.com;
        proxy_pass http://127.0.0.1:$port;
        proxy_http_version 1.1;
        proxy_buffering off;
        access_log %%DIR%%/who.log who;

        location = /old {
            mcp_protocols 2025-11-25;
            proxy_pass http://127.0.0.1:$port;
        }

        location = /new {
            mcp_protocols 2026-07-28;
            proxy_pass http://127.0.0.1:$port;
        }

        location = /some {
            proxy_pass http://some;
            proxy_next_upstream error timeout non_idempotent;
        }

        location = /fail {
            proxy_intercept_errors on;
            error_page 500 = \@plain;
            proxy_pass http://127.0.0.1:$port;
        }

        location = /reset {
            error_page 502 = \@plain;
            proxy_pass http://127.0.0.1:$port;
        }

        location = /mirror {
            mirror /plain;
            proxy_pass http://127.0.0.1:$port;
        }

        location = /ignored {
            proxy_pass http://127.0.0.1:$port/accel;
            proxy_ignore_headers X-Accel-Redirect;
        }
    }

    location = /plain {
        internal;
        proxy_pass http://127.0.0.1:$port;
    }

    location \@plain { proxy_pass http://127.0.0.1:$port; }
EOC
    files => { keys => $keys })->start;

my @json = ('Content-Type' => 'application/json', 'X-API-Key' => 'bob');
my @v = ('MCP-Protocol-Version' => '2025-03-26');
my $call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":';
my $add = $call . '{"name":"add"}}';
my $echo = $call . '{"name":"echo"}}';
my $list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';


sub nothing {
    my ($r, $status, $code, $name) = @_;

    ok_error($r, $status, $code, $name) or diag($r->body);
    is(join(' ', map { $_->line } $b->requests), '', "$name: goes nowhere");
    return;
}


sub passes {
    my ($r, $body, $name) = @_;

    is($r->status, 200, "$name: passes") or diag($r->body);
    my @all = $b->requests;
    is(scalar @all, 1, "$name: once") or return;
    ok($all[0]->body eq $body, "$name: as it is") or diag($all[0]->body);
    is($all[0]->header('X-API-Key'), undef, "$name: without the key");
    return $all[0];
}


sub bob {
    my ($body, %o) = @_;
    return $t->exchange($t->http_bytes(
        method => 'POST', uri => '/in', body => $body, %o,
        headers => [@json, @v, @{ $o{headers} || [] }]));
}


# --- members that another parser takes for others

my $bom = "\xef\xbb\xbf";

my %body = (
    'method twice' => [$add =~ s/"id"/"method":"tools\/list","id"/r, -32600],
    'once escaped' => [$add =~ s/"id"/"\\u006dethod":"ping","id"/r, -32600],
    'Method'       => [$list =~ s/"id"/"Method":"tools\/call","id"/r, -32600],
    'METHOD escaped' => [$list =~ s/"id"/"\\u004dETHOD":"tools\/call","id"/r,
                         -32600],
    'Params'       => [$list =~ s/}$/,"Params":{"name":"add"}}/r, -32600],
    'a long s'     => [$echo =~ s/}$/,"param\xc5\xbf":{"name":"add"}}/r,
                       -32600],
    'a response'   => [$add =~ s/"method"/"result":{},"Method"/r
                            =~ s/"params"/"Params"/r, -32600],
    'Name'         => [$call . '{"name":"echo","Name":"add"}}', -32600],
    'name twice'   => [$call . '{"name":"echo","name":"add"}}', -32600],
    'Name alone'   => [$call . '{"Name":"add"}}', -32602, 200],
    'ID'           => [$add =~ s/"id"/"ID"/r, -32600],
    'a NUL'        => [$call . '{"name":"add\\u0000"}}', -32600],
    'a mark'       => [$bom . $add, -32700],
    'UTF-16LE'     => [Encode::encode('UTF-16LE', $add), -32700],
    'UTF-16'       => [Encode::encode('UTF-16', $add), -32700],
    'UTF-32'       => [Encode::encode('UTF-32', $add), -32700],
    'two'          => ["$echo$add", -32700],
    'two lines'    => ["$echo\n$add", -32700],
    'a byte after' => ["$echo\0", -32700],
    'a comment'    => ["$echo//", -32700],
    'overlong'     => [$call . qq({"name":"\xc1\xa1dd"}}), -32700],
    'NaN'          => [$call . '{"name":"echo","arguments":{"a":NaN}}}',
                       -32700],
    'a surrogate'  => [$call . '{"name":"echo\\ud800"}}', -32600],
    'in a batch'   => ["[$list," . $list =~ s/"id"/"Method":"x","id"/r . ']',
                       -32600],
);

for (sort keys %body) {
    my ($text, $code, $status) = @{ $body{$_} };
    nothing(bob($text), $status // 400, $code, $_);
}

passes(bob($call . '{"name":"echo","arguments":{"Name":"a","name":"b",'
           . "\"\xc3\xa4\":1}}}"), $call . '{"name":"echo","arguments":'
       . "{\"Name\":\"a\",\"name\":\"b\",\"\xc3\xa4\":1}}}", 'arguments');


# --- headers

for (['Mcp-Method', 'tools/list'], ['Mcp-Name', 'add'],
     ['Mcp-Name', 'echo', 'Mcp-Name', 'add'])
{
    nothing(bob($echo, headers => $_), 400, -32020, "older: @$_");
}

passes(bob($echo, headers => ['Mcp-Method', 'tools/call', 'Mcp-Name', 'echo']),
       $echo, 'older: true ones');
nothing($t->call('echo', {}, uri => '/in', headers => {
    'X-API-Key' => 'bob', 'Mcp-Name' => 'add' }), 400, -32020, 'Mcp-Name');

for (['Transfer-Encoding' => 'chunked', 'Content-Length' => 5],
     ['Transfer-Encoding' => 'xchunked'],
     ['Transfer-Encoding' => 'chunked, identity'])
{
    my $r = $t->exchange($t->http_bytes(method => 'POST', uri => '/in',
        body => MCPTest::HTTP::chunked($echo, 8), headers => [@json, @$_]));
    ok($r->status == 400 || $r->status == 501, "@$_: " . $r->status);
    is(scalar $b->requests, 0, "@$_: goes nowhere");
}


# --- sessions

my @events = (Accept => 'text/event-stream', 'X-API-Key' => 'amy');


sub session {
    my ($method, $uri, @headers) = @_;
    return $t->exchange($t->http_bytes(method => $method, uri => $uri,
                                       headers => [@events, @headers]));
}


for my $m (qw(GET DELETE)) {
    my $v = 'MCP-Protocol-Version';

    nothing(session($m, '/in', $v => '2026-07-28'), 405, -32600, "$m: modern");
    nothing(session($m, '/in', $v => '2099-01-01'), 405, -32600, "$m: unknown");
    nothing(session($m, '/in', $v => '2025-06-18', $v => '2025-03-26'), 400,
            -32020, "$m: two revisions");
    nothing(session($m, '/old', $v => '2025-06-18'), 400, -32022,
            "$m: not served");
    nothing(session($m, '/new'), 405, -32600, "$m: no sessions");
    nothing(session($m, '/in', Origin => 'https://evil.example'), 403, -32600,
            "$m: an origin");
    nothing(session($m, '/in', 'X-HTTP-Method-Override' => 'POST',
                    'Content-Length' => length $add), 400, -32600,
            "$m: a body");
    nothing(session($m, '/in', 'Transfer-Encoding' => 'chunked'), 400, -32600,
            "$m: a body in chunks");
    nothing($t->curl(uri => '/in', port => $t->port(1), body => $add,
                     headers => [@events],
                     args => ['-X', $m, '--http2-prior-knowledge']), 400,
            -32600, "$m: a body over HTTP/2");

    passes(session($m, '/old', $v => '2025-11-25',
                   Origin => 'https://app.example.com'), '', $m);
    passes(session($m, '/in', 'Content-Length' => 0), '', "$m: no revision");
}

nothing($t->exchange($t->http_bytes(method => 'GET', uri => '/in', headers => [
    'X-API-Key' => 'amy', Accept => 'application/json'])), 406, -32600,
        'GET of a client that takes no events');


# --- batches, files and chunks

my @echo = map { $echo =~ s/"id":1/"id":$_/r } 1 .. 50;
my $fifty = '[' . join(", ", @echo) . "]\n";

passes(bob($fifty), $fifty, 'a batch of 50');
nothing(bob('[' . join(',', @echo[0 .. 48], $add) . ']'), 403, -32600,
        '50, the last beyond the scope');
nothing(bob('[' . join(',', $add, @echo[0 .. 48]) . ']'), 403, -32600,
        '50, the first beyond it');
nothing(bob('[' . join(',', @echo, $echo) . ']'), 400, -32600, 'one of 51');

for my $args ([], ['-H', 'Transfer-Encoding: chunked'],
              ['--http2-prior-knowledge'])
{
    for my $name (qw(add echo)) {
        my $body = $call . '{"arguments":{"text":"' . 'x' x 200000
                   . '"},"name":"' . $name . '"}}';
        my $r = $t->curl(uri => '/in', body => $body, headers => [@json, @v],
                         args => $args,
                         "@$args" =~ /http2/ ? (port => $t->port(1)) : ());

        $name eq 'add' ? nothing($r, 403, -32600, "@$args: in a file")
                       : passes($r, $body, "@$args: in a file");
    }
}


# --- one after another, and before it is asked for

my @keep = (method => 'POST', uri => '/in');
my $one = $t->http_bytes(@keep, body => $add,
                         headers => [@json, @v, Connection => 'keep-alive']);
my $two = $t->http_bytes(@keep, body => $echo,
                         headers => [@json, @v, Connection => 'keep-alive']);

my $c = $t->connect;
$c->send("$one$two$one$two");
is(join(' ', map { $c->response->status } 1 .. 4), '403 200 403 200',
   'pipelined: each is judged');
is(join(' ', map { $_->body eq $echo ? 1 : 0 } $b->requests), '1 1',
   'pipelined: as it is');

my $head = $t->http_bytes(@keep, headers => [
    @json, @v, Expect => '100-continue', 'Content-Length' => length $echo]);

$c = $t->connect;
$c->send($head);
ok($c->interim, 'Expect: go on');
$c->send($echo);
is(passes($c->response, $echo, 'Expect')->header('Expect'), undef,
   'Expect: is not passed on');
$c = $t->connect;
$c->send($head =~ s/bob/eve/r);
nothing($c->response, 401, -32600, 'Expect: a stranger');
$c->close;


# --- where else it may go: judged, and without the key

for ('/accel', '/fail', '/reset', '/mirror', '/some') {
    bob($echo, uri => $_);
    my @all = $b->requests;
    is(scalar(grep { $_->header('X-API-Key') } @all), 0, "$_: no key")
        or diag(map { $_->head } @all);
    is(scalar @all, /some/ ? 1 : 2, "$_: reaches who it should");

    nothing(bob($add, uri => $_), 403, -32600, "$_: refused");
}

bob($echo, uri => '/ignored');
is(join(' ', map { $_->target } $b->requests), '/accel',
   'a server that sends nobody elsewhere');

for ('/in|bob|echo|request|400|', '/in|bob|echo|header|400|',
     '/in|amy||http_method|405|', '/old|amy||version|400|',
     '/in|amy||header|400|', '/in|amy||request|400|', '/in|amy||origin|403|',
     '/in|bob|add|scope|403|', '/in|||unauthorized|401|', '/ignored|bob|echo|')
{
    my $line = $_;
    ok(wait_until(sub { $t->slurp('who.log') =~ /^\Q$line/m }),
       "the log: $line");
}

finish();
