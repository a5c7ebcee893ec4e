#!/usr/bin/perl

# mcp_inspect between the official clients and servers: sessions, streams,
# replicas, one of which dies, keys and the log.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Node qw(setup run_tap);
use MCPTest::Node::Server;

setup();

my %everything = map { $_ => MCPTest::Node::Server->start('everything.mjs',
                                                          REPLICA => $_) }
                 qw(a b c);
my @v2 = map { MCPTest::Node::Server->start('server.mjs') } 1 .. 3;

my $keys = sha256_hex('admin') . " admin admin\n"
           . join '', map { sha256_hex("user$_") . " user$_ read\n" } 0 .. 11;


sub servers {
    return join ' ', map { 'server 127.0.0.1:' . $_->port . ';' } @_;
}


my $everything = servers(values %everything);
my $v2 = servers(@v2);
my ($one, $other) = map { $_->port } $everything{a}, $v2[0];

my $t = MCPTest->new(
    workers => 2,
    http => <<"EOC",
    upstream everything { hash \$mcp_consumer consistent; $everything }
    upstream v2 { zone v2 64k; $v2 }

    log_format record '\$uri|\$request_method|\$mcp_consumer|\$mcp_method|'
                      '\$mcp_tool|\$mcp_error|\$status';
EOC
    server => <<"EOC",
    location / {
        mcp_inspect on;

        proxy_http_version 1.1;
        proxy_buffering    off;
        proxy_set_header   Connection "";
        proxy_set_header   Accept-Encoding "";
        proxy_read_timeout 1h;

        access_log %%DIR%%/record.log record;

        location = /everything { proxy_pass http://127.0.0.1:$one/mcp; }
        location = /v2         { proxy_pass http://127.0.0.1:$other/; }
        location = /v2s        { proxy_pass http://v2/; }

        location = /replicas {
            mcp_api_keys   %%DIR%%/keys;
            mcp_tool_scope get-tiny-image admin;
            proxy_pass     http://everything/mcp;
        }
    }
EOC
    files => { keys => $keys })->start;

run_tap('sdk_inspect.mjs', 'http://127.0.0.1:' . $t->port,
        map { "$_=" . $everything{$_}->pid } sort keys %everything);

my $log = $t->slurp('record.log');

for ('/everything|POST||initialize||', '/everything|GET|||||200',
     '/everything|DELETE|||||200', '/everything|POST||tools/call|get-sum||200',
     '/everything|POST||tools/call|get-sum|tool|200',
     '/v2|POST||tools/call|fail|tool|200', '/v2|POST||tools/call|none|params|',
     '/v2s|POST||tools/call|hang|unavailable|502', '/replicas|POST||||unauthorized|401',
     '/replicas|POST|user1|tools/call|get-tiny-image|scope|403',
     '/replicas|POST|admin|tools/call|get-tiny-image||200')
{
    like($log, qr/^\Q$_\E/m, "the log: $_");
}

finish();
