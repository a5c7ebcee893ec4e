#!/usr/bin/perl

# Changes as the official TypeScript clients hear of them, over reloads too.
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

# nginx closes the connections it keeps as soon as it is reloaded, and with them
# a request that is on its way

my $t = MCPTest->new(
    modules  => [talk_tools()],
    files    => { 'tools.conf' => "mcp_tools demo talk;\n" },
    location => <<'EOC')->start;
        mcp;
        mcp_list_ttl 5m;
        keepalive_timeout 0;
        include      %%DIR%%/tools.conf;

        mcp_resource docs://guide { text "Begin here."; }
        mcp_resource docs://other { text "Or here."; }
EOC

# fetch() opens more connections than it uses, and keeps those of a worker that
# is told to go: each client has its own process

run_tap('sdk_changes.mjs', 'http://127.0.0.1:' . $t->port . '/mcp',
        $t->slurp('nginx.pid') + 0, $t->path('tools.conf'), $_)
    for 0 .. 3;

finish();
