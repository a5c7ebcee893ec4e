#!/usr/bin/perl

# ngx_http_mcp_poll() and the official clients: they hang up, come back for the
# result, and cancel.
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
)->start;

run_tap('sdk_resume.mjs', 'http://127.0.0.1:' . $t->port . '/mcp');

ok($t->wait_log(qr/slow: "\Q$_\E regrets" aborted/), "$_: the handler is told")
    for 'v1', 'v2 legacy', 'v2 auto', 'v2 pinned';

finish();
