#!/usr/bin/perl

# The endpoint beside other features of nginx: delays, redirects, filters.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(servers => <<'EOC')->start;
limit_req_zone  $mcp_tool    zone=slow:1m  rate=20r/s;
limit_req_zone  $mcp_tool    zone=early:1m rate=1r/m;
limit_conn_zone $mcp_method  zone=conn:1m;
limit_req_status  429;
limit_conn_status 429;

map $mcp_tool $key {
    add     add;
    default "";
}

server {
    listen 127.0.0.1:%%PORT_0%%;
    server_name localhost;
    mcp_tools demo;

    location = /mcp { mcp; }

    location = /slow {
        mcp;
        limit_req zone=slow burst=60;
    }

    location = /early {
        mcp;
        set $early "$mcp_tool$mcp_error$mcp_id";
        if ($mcp_method) { return 500; }
        limit_req zone=early;
        add_header X-Early "<$early>" always;
        add_header X-Tool "<$mcp_tool>" always;
    }

    location = /conn {
        mcp;
        limit_conn conn 2;
    }

    location = /gzip {
        mcp;
        gzip on;
        gzip_min_length 10;
        gzip_types application/json;
    }

    location = /only {
        mcp;
        limit_except POST { deny all; }
    }

    location = /except {
        mcp;
        limit_except GET { allow all; }
    }

    location = /if {
        mcp;
        if ($arg_a) { proxy_pass http://127.0.0.1:%%PORT_1%%; }
    }

    location = /any {
        mcp;
        satisfy any;
        auth_basic mcp;
        auth_basic_user_file %%DIR%%/users;
        allow 127.0.0.1;
        deny all;
    }

    location = /forbidden {
        mcp;
        return 403;
    }

    location = /said {
        mcp;
        return 403 said;
    }

    location = /guarded {
        auth_request /mcp;
        empty_gif;
    }

    location = /asked {
        mcp;
        auth_request /yes;
    }

    location = /yes { return 204; }

    location = /decided {
        mcp;
        auth_request /decide;
        auth_request_set $decided $upstream_http_x_decided;
        add_header X-Decided $decided;
    }

    location = /decide {
        internal;
        proxy_pass http://127.0.0.1:%%PORT_0%%/decision;
        proxy_set_header X-Tool $mcp_tool;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
    }

    location = /decision {
        add_header X-Decided $http_x_tool;
        if ($http_x_tool = echo) { return 403; }
        return 204;
    }

    location = /mirrored {
        mcp;
        mirror /copy;
    }

    location = /copy {
        internal;
        log_subrequest on;
        access_log %%DIR%%/copies.log;
        return 204;
    }

    location = /proxied {
        proxy_pass http://127.0.0.1:%%PORT_0%%/mcp;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host localhost;
    }

    location = /loop {
        mcp;
        deny all;
        error_page 403 /loop;
    }

    location = /redirected {
        deny all;
        error_page 403 = /mcp;
    }

    location = /named {
        deny all;
        error_page 403 = @mcp;
    }

    location = /kept {
        deny all;
        error_page 403 @mcp;
    }

    location = /moved {
        deny all;
        error_page 403 /mcp;
    }

    location = /again {
        mcp;
        deny all;
        error_page 403 /none;
    }

    location = /none {
        mcp;
        return 404;
    }

    location @mcp { mcp; }

    location = /after {
        mcp;
        post_action /yes;
    }
}

server {
    listen 127.0.0.1:%%PORT_1%%;
    return 204;
}
EOC

my $add = { a => 1, b => 2 };
my $r;


sub add {
    my ($uri, %o) = @_;
    return $t->call('add', $add, uri => $uri, %o);
}


# limit_req that delays: the phases go on later

is(join(' ', map { add('/slow')->status } 1 .. 5), '200 200 200 200 200',
   'limit_req with a delay');
is($t->legacy_call('add', $add, uri => '/slow')->status, 200,
   'limit_req with a delay, legacy');

sub batch {
    my ($uri, @names) = @_;

    @names = ('add') x 5 if !@names;

    my $id = 0;
    my @list = map { { jsonrpc => '2.0', id => ++$id, method => 'tools/call',
                       params => { name => $_, arguments => $add } } } @names;

    return $t->legacy_bytes('', {}, version => '2025-03-26', uri => $uri,
                            body => encode_json_text(\@list));
}


sub ids {
    my ($r) = @_;
    return join ' ', map { $_->{result} ? $_->{id} : 'error' }
        @{ ref $r->json eq 'ARRAY' ? $r->json : [] };
}


is(ids($t->exchange(batch('/slow'))), '1 2 3 4 5',
   'limit_req with a delay, a batch');

for my $bytes ($t->request_bytes('tools/call', { name => 'add', arguments =>
                   $add }, uri => '/slow'), batch('/slow'))
{
    my @gone = map { $t->connect } 1 .. 20;

    $_->send($bytes) for @gone;
    $_->abort for @gone;
    ok_result($t->call('echo', { text => 'x' }), 'clients that left');
}


# a variable that was read too early keeps no wrong value

$r = add('/early');
ok_result($r, 'variables in the rewrite phase');
is($r->header('X-Early'), '<>', 'are empty there');
is($r->header('X-Tool'), '<add>', 'and have a value later');
is(add('/early')->status, 429, 'so that limit_req sees it');


# other modules

is(add('/conn')->status, 200, 'limit_conn');
is($t->curl_rpc('tools/call', { name => 'add', arguments => $add },
                uri => '/gzip', args => ['--compressed'])
     ->result->{structuredContent}{sum}, 3, 'gzip');
is(add('/gzip', headers => { 'Accept-Encoding' => 'gzip' })
     ->header('Content-Encoding'), 'gzip', 'gzip: it is compressed');
is($t->call('nope', {}, uri => '/gzip',
            headers => { 'Accept-Encoding' => 'gzip' })->status, 200,
   'gzip: an error too');
ok_result(add('/only'), 'limit_except: POST');
is($t->post(undef, method => 'GET', uri => '/only')->status, 403,
   'limit_except: GET');
ok_result(add('/except'), 'limit_except: not GET');
ok_result(add('/if'), 'if: not taken');
is(add('/if?a=1')->status, 204, 'if: taken, to another handler');
ok_result(add('/any'), 'satisfy any');
ok_result(add('/asked'), 'auth_request that allows');
ok_result(add('/mirrored'), 'mirror');
ok_result(add('/proxied'), 'behind proxy_pass');
is($t->call('echo', { text => 'x' x 300000 }, uri => '/proxied')->text,
   'x' x 300000, 'a long body behind proxy_pass');
ok_result(add('/after'), 'post_action');
is(ids($t->exchange(batch($_))), '1 2 3 4 5', "$_: a batch")
    for qw(/conn /gzip /only /any /asked /decided /mirrored /proxied /after);
is(scalar($t->wait_lines('copies.log', 2)), 2, 'mirror: one copy of a batch');
ok_result(add('/decided'), 'auth_request by tool');
is($t->exchange(batch('/decided'))->header('X-Decided'), 'add',
   'auth_request_set, a batch');
ok_error($t->call('echo', { text => 'x' }, uri => '/decided'), 403, -32600,
         'auth_request by tool: not this one');
is($t->exchange(batch('/decided', 'add', 'echo'))->status, 403,
   'auth_request by tool: nor in a batch');
is($t->exchange(batch('/decided', 'echo', 'add'))->status, 403,
   'auth_request by tool: nor as the first one');
ok_error(add('/forbidden'), 403, -32600, 'return without a text');
is(add('/said')->body, 'said', 'return with a text');


# as a subrequest, and after internal redirects

isnt(add('/guarded')->status, 200, 'auth_request to the endpoint');
isnt($t->post(undef, method => 'GET', uri => '/guarded')->status, 200,
     'auth_request to the endpoint, GET');
ok_error(add('/loop'), [403, 405], -32600, 'error_page to itself');
ok(defined add('/redirected')->status, 'error_page = /mcp');
ok(defined add('/named')->status, 'error_page = @mcp');

$r = add('/kept');
is($r->status, 403, 'error_page @mcp: the status');
is($r->result->{structuredContent}{sum}, 3, 'error_page @mcp: the answer');
ok_error(add('/moved'), 403, -32600, 'error_page /mcp');
ok_error(add('/again'), 404, -32600, 'error_page that fails as well');


# headers that ask for something else than the whole answer

is(add('/mcp', headers => { Range => 'bytes=0-1' })->status, 200, 'Range');
is(add('/mcp', headers => { 'If-None-Match' => '*' })->status, 200,
   'If-None-Match');
is(add('/mcp', headers => { 'If-Modified-Since' =>
                            'Sun, 01 Jan 2040 00:00:00 GMT' })->status, 200,
   'If-Modified-Since');

is(add('/mcp', headers => { 'If-Match' => '"x"' })->status, 200, 'If-Match');
is(add('/mcp', headers => { 'If-Unmodified-Since' =>
                            'Sat, 01 Jan 2000 00:00:00 GMT' })->status, 200,
   'If-Unmodified-Since');
ok_result(add('/mcp', headers => { Upgrade => 'websocket' }), 'Upgrade');
is($t->exchange("GET /mcp\r\n")->status, undef, 'HTTP/0.9 has no status');
ok_result(add('/mcp?a=b'), 'arguments of the URI');
ok_result(add('//mcp'), 'slashes are merged');
is(add('/mcp/')->status, 404, 'another URI');

finish();
