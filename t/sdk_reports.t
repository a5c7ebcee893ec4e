#!/usr/bin/perl

# Progress and log as the official TypeScript clients get them.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Node qw(setup run_tap);
use MCPTest::Tools;

setup();

my $t = MCPTest->new(
    modules  => [slow_tools()],
    location => 'mcp; mcp_tools slow;',
    server   => 'keepalive_timeout 60s;',
)->start;

run_tap('sdk_reports.mjs', 'http://127.0.0.1:' . $t->port . '/mcp');

for my $who ('v1', 'v2 legacy', 'v2 auto', 'v2 pinned') {
    ok($t->wait_log(qr/slow: "$who wait" aborted/), "$who: aborted");
    ok($t->wait_log(qr/slow: "$who work" cancelled/), "$who: the thread too");
}

finish();
