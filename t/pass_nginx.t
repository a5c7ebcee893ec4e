#!/usr/bin/perl

# What nginx does in the location of a service, and what tools make of it:
# files, caches, redirects, error pages, limits, retries, logs, variables.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my %text = (type => 'text/plain');
my $big = 'x' x 500_000;

my $service = MCPTest::Backend->start(
    '/a'        => { body => '{"a":1}' },
    '/named'    => { body => 'named', %text },
    '/big'      => { body => $big, %text },
    '/huge'     => { huge => 4 },
    '/failed'   => { status => 500, body => 'out of paper', %text },
    '/file'     => { body => 'not this', %text,
                     headers => ['X-Accel-Redirect' => '/_files/a%20b.txt'] },
    '/other'    => { body => 'not this',
                     headers => ['X-Accel-Redirect' => '/_api/a'] },
    '/byname'   => { body => 'not this',
                     headers => ['X-Accel-Redirect' => '@named'] },
    '/endpoint' => { body => 'not this',
                     headers => ['X-Accel-Redirect' => '/mcp'] },
    '/broken'   => { close => 1 },
    '*'         => { body => '{}' },
);

my $port = $service->port;


sub tool {
    my ($name, $words) = @_;
    return "mcp_tool $name { description \"Does $name.\"; $words }\n";
}


my $tools = join '', (
    (map { tool($_, "pass GET /_api/$_;") }
        qw(a big file other byname endpoint)),
    (map { tool("cached_$_", "pass GET /_cache/$_;") } qw(a big huge broken)),
    tool('cached_small', 'pass GET /_cache/huge; max_response 1k;'),
    tool('cached_cut', 'pass GET /_cache/huge; max_response 1k; over cut;'),
    tool('key', 'arg a number; arg b string; pass GET /_key/x a b;'
                . 'header X-A "{a}"; header X-B "{b}";'),
    tool('key2', 'cache public; arg a number; pass GET /_key/x;'
                 . 'header X-A "{a}";'),
    tool('text', 'pass GET /_files/a%20b.txt;'),
    tool('files', 'pass GET /_files/big.txt;'),
    tool('empty', 'pass GET /_files/empty.txt;'),
    tool('nofile', 'pass GET /_files/none.txt;'),
    tool('slash', 'pass GET /_files/a%2Fb;'),
    tool('post', 'arg a string; pass POST /_files/a%20b.txt;'),
    tool('threads', 'pass GET /_threads/big.txt;'),
    tool('direct', 'pass GET /_direct/big.txt;'),
    tool('directcut', 'pass GET /_direct/big.txt; max_response 1k; over cut;'),
    tool('try', 'pass GET /_try/none;'),
    tool('intercept', 'pass GET /_err/failed;'),
    tool('fallback', 'pass GET /_err/broken;'),
    tool('fallbacknamed', 'pass GET /_errnamed/broken;'),
    (map { tool("return_$_", "pass GET /_return/$_;") }
        qw(200 204 301 403 408 413 444 499 500 503)),
    tool('rewritten', 'arg a string; pass GET "/_rewrite/{a}{?a}";'),
    tool('exact', 'arg a string; pass GET "/_api/x/{a}{?a}";'),
    tool('whole', 'arg a string; pass GET "/_whole/{a}{?a}";'),
    tool('limited', 'pass GET /_limit/a;'),
    tool('refused', 'pass GET /_strict/a;'),
    tool('seen', 'arg a string; pass GET "/_seen/{a}?b=c";'),
    tool('put', 'pass PUT /_log/x;'),
    tool('get', 'pass GET /_retry/x;'),
    tool('change', 'pass POST /_retry/x;'),
    tool('again', 'annotations idempotent; pass POST /_retry/x;'),
    tool('search', 'annotations read_only; arg q string;'
                   . 'pass POST /_postcache/x;'),
);

my $t = MCPTest->new(
    main => 'thread_pool default threads=2;',
    http => <<"EOC",
    proxy_cache_path %%DIR%%/cache keys_zone=c:1m;
    limit_req_zone \$server_name zone=slow:1m rate=20r/s;
    limit_req_zone \$server_name zone=strict:1m rate=1r/m;
    log_format seen '\$request|\$status|\$request_uri|\$uri|\$args|'
                    '\$request_method|\$mcp_tool|\$http_x_client|\$host';

    log_format calls '\$mcp_tool|\$mcp_idempotent|\$mcp_cache_key|\$mcp_consumer';

    upstream twice {
        server 127.0.0.1:$port max_fails=0;
        server 127.0.0.1:$port max_fails=0;
    }
EOC
    location => "mcp;\n$tools",
    server   => <<"EOC",
    location /_api/     { internal; proxy_pass http://127.0.0.1:$port/; }
    location /_whole/   { internal; proxy_pass http://127.0.0.1:$port; }

    location /_rewrite/ {
        internal;
        rewrite ^/_rewrite/(.*)\$ /v2/\$1 break;
        proxy_pass http://127.0.0.1:$port;
    }

    location /_cache/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_cache c;
        proxy_cache_lock on;
        proxy_cache_valid any 1h;
    }

    location /_key/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_cache c;
        proxy_cache_key \$mcp_cache_key\$request_uri;
        proxy_cache_valid any 1h;
    }

    location /_postcache/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_cache c;
        proxy_cache_key \$mcp_cache_key;
        proxy_cache_methods GET POST;
        proxy_cache_valid any 1h;
    }

    location /_files/   { internal; alias %%DIR%%/; }
    location /_try/     { internal; root %%DIR%%; try_files \$uri \@named; }

    location /_threads/ { internal; alias %%DIR%%/; aio threads; sendfile on; }

    location /_direct/ {
        internal;
        alias %%DIR%%/;
        aio threads;
        directio 4k;
        output_buffers 1 8k;
    }

    location /_err/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_intercept_errors on;
        error_page 500 502 = /_return/200;
    }

    location /_errnamed/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        error_page 502 = \@named;
    }

    location = /_return/200 { internal; return 200 "hello"; }
    location = /_return/204 { internal; return 204; }
    location = /_return/301 { internal; return 301 /elsewhere; }
    location = /_return/403 { internal; deny all; return 403; }
    location = /_return/408 { internal; return 408; }
    location = /_return/413 { internal; return 413; }
    location = /_return/444 { internal; return 444; }
    location = /_return/499 { internal; return 499; }
    location = /_return/500 { internal; return 500; }
    location = /_return/503 { internal; return 503 "busy"; }

    location /_limit/ {
        internal;
        limit_req zone=slow burst=20;
        proxy_pass http://127.0.0.1:$port/;
    }

    location /_strict/ {
        internal;
        limit_req zone=strict;
        limit_req_status 429;
        proxy_pass http://127.0.0.1:$port/;
    }

    location /_seen/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_set_header X-Seen "\$mcp_tool|\$mcp_method|\$mcp_id|\$request_id";
        proxy_set_header X-Consumer \$mcp_consumer;
        proxy_set_header X-Trace \$mcp_traceparent;
        proxy_set_header X-Key \$mcp_cache_key;
        proxy_set_header X-Request "\$request_method \$request_uri";
        proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
    }

    location /_log/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        access_log %%DIR%%/service.log seen;
        log_subrequest on;
    }

    location /_retry/ {
        internal;
        proxy_pass http://twice/;
        proxy_next_upstream error timeout http_500;
    }

    location \@named {
        rewrite ^ /named break;
        proxy_pass http://127.0.0.1:$port;
    }

    location = /calls {
        mcp;
        mcp_consumer \$arg_who;
        mcp_tool idem { description d; annotations idempotent; pass POST /_api/a; }
        mcp_tool not { description d; pass POST /_api/a; }
        mcp_tool get { description d; pass GET /_api/a; }
        mcp_tools demo;
        access_log %%DIR%%/calls.log calls;
    }
EOC
    files => { 'a b.txt' => 'a file', 'big.txt' => $big, 'empty.txt' => '' },
)->start;


sub text_is {
    my ($tool, $text, $name, $arguments) = @_;

    my $r = $t->call($tool, $arguments || {});

    ok_result($r, "$tool: $name");
    is($r->text, $text, 'what it says');
    return $r;
}


sub failed {
    my ($tool, $re, $name, $arguments) = @_;

    return ok_tool_error($t->call($tool, $arguments || {}), $re,
                         "$tool: $name");
}


# files

text_is('text', 'a file', 'a file');
text_is('files', $big, 'a large one');
ok_result($t->call('empty', {}), 'an empty one');
failed('nofile', qr/404/, 'none');
failed('slash', qr/400/, 'an encoded slash');
failed('post', qr/405/, 'POST', { a => 'b' });
text_is('threads', $big, 'read by threads') for 1 .. 3;
text_is('direct', $big, 'read by threads, directly') for 1 .. 3;
like($t->call('directcut', {})->text, qr/^x{900}/, 'and cut');
text_is('try', 'named', 'try_files');


# elsewhere

text_is('file', 'a file', 'X-Accel-Redirect to a file');
is_deeply($t->call('other', {})->result->{structuredContent}, { a => 1 },
          'X-Accel-Redirect to another service');
text_is('byname', 'named', 'X-Accel-Redirect to a named location');
failed('endpoint', qr/405/, 'X-Accel-Redirect to the endpoint');
text_is('intercept', 'hello', 'error_page');
text_is('fallback', 'hello', 'error_page of nginx itself');
text_is('fallbacknamed', 'named', 'error_page to a named location');


# "return"

text_is('return_200', 'hello', 'return');
ok_result($t->call('return_204', {}), 'return 204');
failed("return_$_", qr/$_/, "return $_") for qw(301 403 413 500);
failed('return_503', qr/503.*busy/s, 'return 503 with a text');
failed("return_$_", qr{/_return/$_}, "return $_") for qw(408 444 499);


# a cache

$service->requests;

text_is('cached_big', $big, 'fills the cache');
text_is('cached_big', $big, 'comes from there');
is(scalar $service->requests, 1, 'the service was asked once');

failed('cached_small', qr/./, 'too long, when the cache is filled');
failed('cached_small', qr/./, 'and then');
like($t->call('cached_cut', {})->text, qr/^0123/, 'cut') for 1 .. 2;
failed('cached_broken', qr{/_cache/broken}, 'nobody answers');

$service->requests;

my @same = ('{"a":1,"b":"\u00e9"}', "{ \"b\":\"\xc3\xa9\" , \"a\": 1}");
my @others = ('{"a":1.0,"b":"\u00e9"}', '{"a":1}', '{"b":"1"}');

for my $arguments (@same, @others) {
    ok_result($t->call('key', raw($arguments)), "arguments $arguments");
}

is(scalar $service->requests, 1 + @others,
   'arguments that are the same have the same key');


sub as {
    my ($user, $tool, $arguments, %o) = @_;

    # "user:" in base64
    my %basic = (ann => 'YW5uOg==', bob => 'Ym9iOg==');

    return $t->call($tool, $arguments, %o,
                    headers => { Authorization => "Basic $basic{$user}" });
}


as('ann', 'key', { a => 7 }) for 1 .. 2;
as('bob', 'key', { a => 7 }) for 1 .. 2;
is(scalar $service->requests, 2, 'each consumer has a key');

as('ann', 'key2', { a => 7 });
as('bob', 'key2', { a => 7 });
is(scalar $service->requests, 1, 'unless it is public');

$t->call('search', { q => $_ }) for qw(x x y);
is(scalar $service->requests, 2, 'POST is cached, too');


# the URI as it is sent

my $odd = "a b%2F+&=?#{}\x{e9}/\\";
my $path = 'a%20b%252F%2B%26%3D%3F%23%7B%7D%C3%A9%2F%5C';

for my $row ([exact => "/x/$path?a=$path"], [rewritten => "/v2/$path?a=$path"],
             [whole => "/_whole/$path?a=$path"])
{
    my ($tool, $target) = @$row;

    $t->call($tool, { a => $odd });
    is($service->request->target, $target, "$tool: byte by byte");
}


# limits

my @limited = map { $t->call('limited', {})->result->{structuredContent}{a} }
              1 .. 5;

is_deeply(\@limited, [(1) x 5], 'limit_req delays');

ok_result($t->call('refused', {}), 'limit_req lets one through');
failed('refused', qr/429/, 'and refuses another');

$service->requests;


# what a service sees of the client, and variables say

my $trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

my $r = as('ann', 'seen', { a => 'x' }, id => 77);
my $seen = $service->request;

is($seen->header('X-Consumer'), 'ann', 'who it is');
like($seen->header('X-Seen'), qr{^seen\|tools/call\|77\|[0-9a-f]{32}$},
     'what is called');
is($seen->header('X-Request'), 'GET /_seen/x?b=c', 'what is asked for');
is($seen->header('X-Trace'), undef, 'no trace');
is($seen->header('X-Forwarded-For'), '127.0.0.1', 'where from');
is($seen->header('Authorization'), undef, 'no password');
like($seen->header('X-Key'), qr/^tool:seen:[0-9a-f]{64}(?::[0-9a-f]{32}){2}$/,
     'the key');

$t->call('seen', { a => 'x' }, headers => {
    Traceparent => $trace, Cookie => 'a=b', 'X-Forwarded-For' => '10.0.0.1',
    'X-Real-IP' => '10.0.0.1', 'Accept-Encoding' => 'gzip', Range => 'bytes=0-',
    'If-None-Match' => '*', 'User-Agent' => 'client', Forwarded => 'for=x',
    'Accept-Language' => 'de', Referer => 'http://x/', 'X-Any' => 'thing' });
$seen = $service->request;

is($seen->header('X-Trace'), $trace, 'the trace of the header');
is_deeply([grep { $_ ne 'connection' }
           sort map { lc $_->[0] } @{ $seen->headers }],
          [qw(accept host x-forwarded-for x-key x-request x-seen x-trace)],
          'and nothing else of the client');
is($seen->header('X-Forwarded-For'), '127.0.0.1', 'not what it says it is');

my $other = $trace =~ s/b7ad/0123/r;

$t->rpc('tools/call', {
    name => 'seen', arguments => { a => 'x' },
    _meta => { 'io.modelcontextprotocol/protocolVersion' => '2026-07-28',
               'io.modelcontextprotocol/clientCapabilities' => {},
               'io.modelcontextprotocol/clientInfo' =>
                   { name => 'x', version => '1' },
               traceparent => $other },
}, headers => { traceparent => $trace });
is($service->request->header('X-Trace'), $other, 'the trace of _meta');

$t->call('put', {}, headers => { 'X-Client' => 'x' });

my ($line) = $t->wait_lines('service.log', 1);
is($line, 'PUT /_log/x HTTP/1.1|200|/_log/x|/_log/x|-|PUT|put|-|localhost',
   'the log of the location');


# the same of the client's request

my $n = 0;

for my $row (['idem', 1], ['not', 0], ['get', 1], ['echo', 1]) {
    my ($tool, $idempotent) = @$row;

    $t->call($tool, {}, uri => '/calls?who=me');

    my $line = ($t->wait_lines('calls.log', ++$n))[-1];
    like($line, qr/^$tool\|$idempotent\|tool:$tool:[0-9a-f]{64}:[0-9a-f]{32}\|me$/,
         "$tool: the log");
}


# retries

$service->answer('/x' => { status => 500, body => 'no', %text });
$service->requests;

for my $row ([get => 2], [change => 1], [again => 2]) {
    my ($tool, $times) = @$row;

    failed($tool, qr/500/, 'fails');

    my @requests = $service->requests;
    is(scalar @requests, $times, "was asked $times times");
    is((grep { $_->method eq ($tool eq 'get' ? 'GET' : 'POST') } @requests),
       $times, 'with its method');
}

finish();
