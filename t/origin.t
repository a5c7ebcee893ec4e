#!/usr/bin/perl

# mcp_allowed_origins: who may call from a browser.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(servers => <<'EOC')->start;
server {
    listen 127.0.0.1:%%PORT_0%%;
    server_name localhost 127.0.0.1 *.wild.example .both.example;
    mcp_tools demo;

    location = /mcp { mcp; }

    location = /none {
        mcp;
        mcp_allowed_origins none;
    }

    location = /list {
        mcp;
        mcp_allowed_origins none https://app.example.com
                            https://port.example.com:8443
                            http://any.example.com:*
                            https://*.sub.example.com
                            bare.example.com;
    }

    location = /must {
        mcp;
        mcp_allowed_origins https://app.example.com;
    }

    location = /names {
        mcp;
        mcp_allowed_origins server_names;
    }
}
EOC

my $port = $t->port;
my $r;


sub origin {
    my ($uri, $origin, %o) = @_;
    return $t->call('echo', { text => 'x' }, uri => $uri,
                    headers => { Origin => $origin }, %o);
}


sub allowed {
    my ($uri, $origin) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok_result(origin($uri, $origin), "$uri: " . ($origin // 'none'));
    return;
}


sub refused {
    my ($uri, $origin, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $r = origin($uri, $origin);
    ok_error($r, 403, -32600, "$uri: not " . ($name // $origin // 'none'));
    return;
}


# by default: none and the names of the server

allowed('/mcp', undef);
allowed('/mcp', $_) for 'http://localhost', "http://localhost:$port",
    'https://localhost', "http://127.0.0.1:$port", 'http://a.wild.example',
    'HTTP://LOCALHOST', "\thttp://localhost ";
refused('/mcp', $_) for 'http://evil.example.com', 'null',
    'http://localhost.evil.example.com', 'http://evil-localhost',
    'http://localhost@evil.example.com', 'http://evil.example.com/localhost',
    'http://evil.example.com?localhost', 'http://evil.example.com#localhost',
    'localhost', '//localhost', 'http://', 'http:localhost', 'http://local',
    'http://localhost/', 'http://localhost:', 'http://localhost:80x',
    'file://', 'http://127.0.0.1.evil.example.com', 'http://wild.example.com';
refused('/mcp', '', 'an empty one');
refused('/mcp', 'http://' . 'a' x 5000, 'a long one');
refused('/mcp', "http://localhost\xff", 'one that is not ASCII');
refused('/mcp', ['http://localhost', 'http://evil.example.com'],
        'one that is allowed and one that is not');
refused('/mcp', ['http://evil.example.com', 'http://localhost'],
        'the other way round');
refused('/mcp', 'http://localhost http://evil.example.com', 'a list');

# a name that leads here is not yet a name of the server
is(origin('/mcp', 'http://evil.example.com',
          headers => { Host => 'evil.example.com',
                       Origin => 'http://evil.example.com' })->status, 403,
   'a Host that agrees with the Origin does not help');
is($t->legacy('initialize', {}, version => undef,
              headers => { Host => 'evil.example.com',
                           Origin => 'http://evil.example.com' })->status, 403,
   'legacy requests are checked too');
is($t->post(undef, method => 'GET',
            headers => { Origin => 'http://evil.example.com' })->status, 403,
   'so is GET');


# none

allowed('/none', undef);
refused('/none', $_) for 'http://localhost', 'https://app.example.com', 'null';


# server_names without none

allowed('/names', $_) for 'http://localhost', 'https://both.example',
    'https://a.both.example:8443';
refused('/names', 'https://xboth.example');
refused('/names', undef);


# a list

allowed('/list', $_) for undef, 'https://app.example.com',
    'https://APP.example.com', 'https://port.example.com:8443',
    'http://any.example.com', 'http://any.example.com:1',
    'http://any.example.com:65535', 'https://a.sub.example.com',
    'http://bare.example.com', 'https://bare.example.com';
refused('/list', $_) for 'http://app.example.com',
    'https://app.example.com:8443', 'https://xapp.example.com',
    'https://app.example.com.evil.example', 'https://port.example.com',
    'https://port.example.com:443', 'https://any.example.com',
    'https://sub.example.com', 'https://asub.example.com',
    'https://.sub.example.com', 'http://a.sub.example.com',
    'https://a.sub.example.com.evil.example', 'https://evil.example',
    'https://*.sub.example.com', 'http://localhost', 'null';
allowed('/list', 'https://app.example.com:443');


# an Origin is required

allowed('/must', 'https://app.example.com');
refused('/must', undef);


# the answer

$r = origin('/mcp', 'http://evil.example.com');
ok(!exists $r->json->{id}, 'the body was not read: no id');
is(scalar $r->headers('Access-Control-Allow-Origin'), 0, 'nothing is allowed');

finish();
