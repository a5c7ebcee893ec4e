#!/usr/bin/perl

# The official TypeScript client, v2, in all its ways to agree on a revision.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Node qw(setup fixture paged offers run_tap);

setup();

my $t = MCPTest->new(
    modules  => [fixture()],
    location => <<'EOC', server => paged() . offers() . <<'EOC')->start;
        mcp;
        mcp_server        quickstart 1.2.3;
        mcp_instructions  "Add before you echo.";
        mcp_tools         demo text conformance;
        mcp_list_ttl      5m;
EOC

    location = /legacy {
        mcp;
        mcp_server        quickstart 1.2.3;
        mcp_tools         demo text;
        mcp_protocols     2025-03-26 2025-06-18;
    }

    location = /modern {
        mcp;
        mcp_server        quickstart 1.2.3;
        mcp_tools         demo text;
        mcp_protocols     2026-07-28;
    }
EOC

my $url = 'http://127.0.0.1:' . $t->port;

run_tap('sdk_v2.mjs', map { "$url/$_" } qw(mcp paged legacy modern offers));

finish();
