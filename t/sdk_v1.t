#!/usr/bin/perl

# The official TypeScript client, v1, against a plain configuration.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Node qw(setup paged offers run_tap);

setup();

my $t = MCPTest->new(location => <<'EOC', server => paged() . offers())->start;
        mcp;
        mcp_server        quickstart 1.2.3;
        mcp_instructions  "Add before you echo.";
        mcp_tools         demo text;
EOC

my $url = 'http://127.0.0.1:' . $t->port;

run_tap('sdk_v1.mjs', map { "$url/$_" } qw(mcp paged offers));

finish();
