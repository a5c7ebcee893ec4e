#!/usr/bin/perl

# TLS: the same answers over https, HTTP/1.1 and HTTP/2.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(cert => 1, listen => 'ssl http2',
                     server => <<'EOC')->start;
    ssl_certificate     %%DIR%%/cert.pem;
    ssl_certificate_key %%DIR%%/key.pem;
EOC

my $port = $t->port;
my $r;

for my $http (qw(1.1 2)) {
    my @o = (scheme => 'https', args => ["--http$http"]);
    my $call = sub { $t->curl_rpc('tools/call',
        { name => $_[0], arguments => $_[1] }, @o, @_[2 .. $#_]) };

    $r = $call->('add', { a => 1, b => 2 });
    ok_result($r, "HTTP/$http: a call");
    is($r->version, $http, "HTTP/$http: is what it is");
    is($r->result->{structuredContent}{sum}, 3, "HTTP/$http: and adds");
    ok_result($t->curl_rpc('tools/list', {}, @o, era => 'legacy'),
              "HTTP/$http: legacy");
    ok_error($t->curl_rpc('no/such', {}, @o), 404, -32601,
             "HTTP/$http: an error");
    is($call->('echo', { text => 'x' x 300000 })->text, 'x' x 300000,
       "HTTP/$http: a long body");
    ok_result($t->curl_rpc('tools/list', {}, @o, headers =>
                           { Origin => "https://localhost:$port" }),
              "HTTP/$http: an Origin of this server");
    ok_error($t->curl_rpc('tools/list', {}, @o, headers =>
                          { Origin => 'https://evil.example.com' }),
             403, -32600, "HTTP/$http: a foreign Origin");
}

$r = $t->curl_many([map { "/mcp?$_" } 1 .. 50], 'tools/call',
                   { name => 'add', arguments => { a => 1, b => 2 } },
                   scheme => 'https', args => ['--http2']);
is(scalar(grep { $_ eq '200 2' } @$r), 50, 'HTTP/2: parallel streams');


# nginx answers plain HTTP on a port for TLS before there is a location
is($t->exchange($t->http_bytes(method => 'POST', body => '{}'))->status, 400,
   'plain HTTP on this port');

finish();
