#!/usr/bin/perl

# Sessions of the official TypeScript clients.
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

# a connection of its own for each request

my $t = MCPTest->new(
    modules  => [slow_tools(), talk_tools()],
    location => 'mcp; mcp_tools demo slow talk;',
    server   => <<'EOC')->start;
    keepalive_timeout 0;

    location = /off {
        mcp;
        mcp_tools    demo;
        mcp_sessions off;
    }

    location = /required {
        mcp;
        mcp_tools    demo;
        mcp_sessions required;
    }
EOC

my $url = 'http://127.0.0.1:' . $t->port;

run_tap('sdk_sessions.mjs', map { "$url/$_" } qw(mcp off required));

finish();
