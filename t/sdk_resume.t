#!/usr/bin/perl

# Streams that break and go on, with the official TypeScript clients.
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
    modules  => [slow_tools(), talk_tools()],
    location => 'mcp; mcp_tools slow talk;',
)->start;

run_tap('sdk_resume.mjs', 'http://127.0.0.1:' . $t->port . '/mcp');

for my $who ('v1', 'v2 legacy', 'v2 auto', 'v2 pinned') {
    ok($t->wait_log(qr/slow: "$who regrets" aborted/), "$who: aborted");
}

for my $who ('v1', 'v2 legacy') {
    ok($t->wait_log(qr/slow: "$who cancelled" aborted/),
       "$who: the other one too");
}

finish();
