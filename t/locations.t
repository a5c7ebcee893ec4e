#!/usr/bin/perl

# Several MCP locations in one nginx, and what they inherit.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;

my $t = MCPTest->new(modules => [probe_tools()], servers => <<'EOC')->start;
mcp_tools text;

server {
    listen 127.0.0.1:%%PORT_0%%;

    location = /mcp { mcp; }

    location = /demo {
        mcp;
        mcp_tools demo;
    }

    location = /both {
        mcp;
        mcp_tools demo text;
    }

    location = /turned {
        mcp;
        mcp_tools text demo;
    }

    location = /lines {
        mcp;
        mcp_tools text;
        mcp_tools demo;
    }

    location /prefix/ { mcp; }

    location ~ ^/tenant/\w+/mcp$ {
        mcp;
        mcp_tools probe;
    }

    location /outer/ {
        mcp;
        mcp_tools demo;

        location /outer/inner { mcp_page_size 1; }

        location /outer/plain { return 200 plain; }
    }

    location = /conditional {
        mcp;
        if ($arg_x) { set $y 1; }
    }

    location = /none { return 200 none; }

    location = /rewritten { rewrite ^ /demo last; }

    location = /named { try_files /nothing @mcp; }

    location @mcp { mcp; mcp_tools demo; }
}

server {
    listen 127.0.0.1:%%PORT_1%%;
    mcp_tools demo;

    location = /mcp { mcp; }
}
EOC

my $text = 'digest regex_match regex_replace encode decode uuid';


sub tools {
    my ($uri, %o) = @_;

    my $r = $t->rpc('tools/list', {}, uri => $uri, %o);
    return join ' ', map { $_->{name} } @{ $r->result
                                           ? $r->result->{tools} : [] };
}


is(tools('/mcp'), $text, 'tools of http');
is(tools('/mcp', port => $t->port(1)), 'add echo', 'tools of a server');
is(tools('/demo'), 'add echo', 'tools of a location');
is(tools('/both'), "add echo $text", 'two packs');
is(tools('/turned'), "$text add echo", 'in the order that was written');
is(tools('/lines'), "$text add echo", 'in two lines');
is(tools('/prefix/'), $text, 'a location with a prefix');
is(tools('/prefix/a/b?c=d'), $text, 'and what is below it');
like(tools('/tenant/abc/mcp'), qr/^probe_content /, 'a regular expression');
is(tools('/outer/'), 'add echo', 'an outer location');
is(tools('/conditional?x=1'), $text, 'a location with "if"');
is(tools('/rewritten'), 'add echo', 'after a rewrite');
is(tools('/named'), 'add echo', 'a named location');

is($t->rpc('tools/list', {}, uri => '/outer/inner')->status, 404,
   'mcp itself is not inherited');
is($t->post('', method => 'GET', uri => '/outer/plain')->body, 'plain',
   'so that other locations can be inside');
is($t->post('x', uri => '/none')->body, 'none', 'other locations are as ever');

ok_result($t->call('echo', { text => 'x' }, uri => '/demo'),
          'a tool where it is');
ok_error($t->call('echo', { text => 'x' }), 200, -32602, 'where it is not');
ok_error($t->call('uuid', {}, uri => '/demo'), 200, -32602, 'the other way');
ok_error($t->legacy_call('echo', { text => 'x' }), 200, -32602,
         'where it is not, legacy');
ok_result($t->legacy_call('echo', { text => 'x' }, uri => '/outer/'),
          'where it is, legacy');

finish();
