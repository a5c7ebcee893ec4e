#!/usr/bin/perl

# What nginx refuses, as JSON-RPC: in a location of its own, and as a result of
# a tool that says how long to wait.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;

refused('twice', server => "location /a { mcp_error;\nmcp_error; }",
        qr/"mcp_error" directive is duplicate/);
refused('with another handler',
        server => "location /a { proxy_pass http://127.0.0.1:1;\nmcp_error; }",
        qr/"mcp_error" directive conflicts with another content handler/);
refused('neither on nor off', location => 'mcp_limit_as_tool_error yes;',
        qr/invalid value "yes", expected on or off/);
refused('no time', location => 'mcp_limit_as_tool_error on 5s;',
        qr/invalid parameter "5s", expected wait=TIME, 1s at least/);
refused('no time at all', location => 'mcp_limit_as_tool_error on wait=0;',
        qr/invalid parameter "wait=0", expected wait=TIME, 1s at least/);
refused('a time for nothing', location => 'mcp_limit_as_tool_error off wait=1s;',
        qr/"mcp_limit_as_tool_error" directive has "off" and more/);

my $limits = 'limit_req zone=all burst=1 nodelay;';

my $t = MCPTest->new(
    http => <<'EOC',
    limit_req_zone $uri zone=all:1m rate=1r/m;
    limit_conn_zone $uri zone=conn:1m;
    limit_req_status 429;
    log_format why "$uri $mcp_error $status $mcp_tool";
EOC
    location => 'mcp; mcp_tools demo;',
    server => <<"EOC",
    location /named {
        location = /named/401 {
            mcp; auth_basic who; auth_basic_user_file %%DIR%%/users;
            error_page 401 \@mcp;
        }

        location = /named/403 { mcp; deny all; error_page 403 \@mcp; }
        location = /named/413 {
            mcp; client_max_body_size 10; error_page 413 \@mcp;
        }
        location = /named/429 { mcp; $limits error_page 429 \@mcp; }
        location = /named/503 { mcp; return 503; error_page 503 \@mcp; }
        location = /named/other { mcp; deny all; error_page 403 =404 \@mcp; }
    }

    location \@mcp {
        mcp_error;
        add_header Retry-After 7 always;
        access_log %%DIR%%/why.log why;
    }

    location = /direct { mcp_error; }

    location = /wait {
        mcp;
        mcp_tools demo;
        $limits
        mcp_limit_as_tool_error on wait=30s;
        access_log %%DIR%%/why.log why;
    }

    location = /wait/503 {
        mcp;
        mcp_tools demo;
        $limits
        limit_req_status 503;
        mcp_limit_as_tool_error on;
    }

    location = /wait/named {
        mcp;
        mcp_tools demo;
        $limits
        mcp_limit_as_tool_error on wait=2m;
        error_page 429 \@mcp;
    }

    location = /wait/unavailable {
        mcp;
        mcp_tools demo;
        return 503;
        mcp_limit_as_tool_error on;
    }
EOC
    files => { users => "a:{PLAIN}b\n" })->start;


# --- a location of its own

for ([ 401 ], [ 403 ], [ 413 ], [ 503 ], [ 'other', 404 ]) {
    my ($name, $status) = @$_;
    my $r = $t->rpc('ping', {}, uri => "/named/$name", id => 'x');

    ok_error($r, $status || $name, $name eq '503' ? -32603 : -32600,
             "named $name");
    is($r->header('Retry-After'), 7, "$name: headers of the location");
}

is($t->rpc('ping', {}, uri => '/named/401')->header('WWW-Authenticate'),
   'Basic realm="who"', '401: the challenge');

my $r;
$r = $t->rpc('ping', {}, uri => '/named/429', id => "n$_") for 1 .. 3;
ok_error($r, 429, -32600, 'named 429');
is($r->json->{id}, 'n3', '429: with the id, for the body was read');

# before it is read there is none
is($t->rpc('ping', {}, uri => '/named/413')->json->{id}, undef, '413: no id');

like($t->slurp('why.log'), qr{^/named/429 limited 429 }m, 'as the log says');

is($t->exchange($t->http_bytes(method => 'GET', uri => '/direct'))->status, 404,
   'nothing has failed');


# --- a result

sub add {
    my ($uri, $era, @o) = @_;
    my $method = $era eq 'legacy' ? 'legacy_call' : 'call';
    return $t->$method('add', { a => 1, b => 2 }, uri => $uri, @o);
}

for my $uri ('/wait', '/wait/503', '/wait/named') {
    my $wait = { '/wait' => '30 seconds', '/wait/503' => '1 second',
                 '/wait/named' => '120 seconds' }->{$uri};

    add($uri, 'modern') for 1 .. 2;

    for my $era (qw(modern legacy)) {
        $r = add($uri, $era, id => 'x');
        ok_tool_error($r, qr/\AToo many calls: wait $wait, then call again\.\z/,
                      "$uri, $era: the model is told");
        is($r->json->{id}, 'x', "$uri, $era: the id");
        is($r->result->{resultType}, $era eq 'modern' ? 'complete' : undef,
           "$uri, $era: in the words of the revision");
    }
}

ok_error($t->rpc('tools/list', {}, uri => '/wait'), 429, -32600,
         'other requests have their status');
ok_error($t->call('nothing', {}, uri => '/wait'), 429, -32600,
         'and calls of what is not there');
ok_error(add('/wait/unavailable', 'modern'), 503, -32603,
         'what is not a limit is none');

like($t->slurp('why.log'), qr{^/wait limited 200 add$}m, 'the log knows');

finish();
