#!/usr/bin/perl

# The official TypeScript clients are asked: elicitation, sampling, roots.
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

# a connection of its own for each request: answers arrive in any worker

my $t = MCPTest->new(
    modules  => [talk_tools()],
    location => 'mcp; mcp_tools talk;',
    server   => <<'EOC')->start;
    keepalive_timeout 0;

    location = /hasty {
        mcp;
        mcp_tools         talk;
        mcp_input_timeout 1s;
    }
EOC

my $url = 'http://127.0.0.1:' . $t->port;

run_tap('sdk_input.mjs', map { "$url/$_" } qw(mcp hasty));

finish();
