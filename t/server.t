#!/usr/bin/perl

# mcp_server and mcp_instructions: what a server says of itself.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(
    files => { 'guide.txt' => "First \"line\".\nSecond \xc3\xa9 line.\n",
               'empty.txt' => '' },
    servers => <<'EOC')->start;
mcp_server       outer 0.1 "title=Outer server";
mcp_instructions "Outer.";

server {
    listen 127.0.0.1:%%PORT_0%%;
    mcp_tools demo;

    location = /mcp { mcp; }

    location = /full {
        mcp;
        mcp_server acme 1.4.0-rc1 "title=ACME \"Ops\" é"
                   website=https://example.com/?a=b
                   icon=https://example.com/icon.png;
        mcp_instructions "Say \"please\".";
    }

    location = /short {
        mcp;
        mcp_server short 2;
    }

    location = /file {
        mcp;
        mcp_instructions file=%%DIR%%/guide.txt;
    }

    location = /relative {
        mcp;
        mcp_instructions file=guide.txt;
    }
}

server {
    listen 127.0.0.1:%%PORT_1%%;
    mcp_server inner 0.2;

    location = /mcp {
        mcp;
        mcp_tools demo;
    }
}
EOC

my $bare = MCPTest->new(location => 'mcp;')->start;


sub info {
    my (%o) = @_;
    return $t->rpc('server/discover', {}, %o)
             ->result->{_meta}{'io.modelcontextprotocol/serverInfo'};
}


sub instructions {
    my (%o) = @_;
    return $t->rpc('server/discover', {}, %o)->result->{instructions};
}


sub initialize {
    my ($uri, $version) = @_;
    return $t->legacy('initialize', { protocolVersion => $version },
                      version => undef, uri => $uri)->result;
}


# mcp_server

my %full = (
    name => 'acme', version => '1.4.0-rc1', title => "ACME \"Ops\" \x{e9}",
    websiteUrl => 'https://example.com/?a=b',
    icons => [{ src => 'https://example.com/icon.png' }],
);

is_deeply(info(uri => '/full'), \%full, 'discover: all of it');
is_deeply(info(uri => '/short'), { name => 'short', version => '2' },
          'discover: name and version');
is_deeply(info(), { name => 'outer', version => '0.1',
                    title => 'Outer server' }, 'discover: inherited');
is_deeply(info(port => $t->port(1)), { name => 'inner', version => '0.2' },
          'discover: nearer ones replace all of it');

is_deeply($t->call('echo', { text => 'x' }, uri => '/full')
            ->result->{_meta}{'io.modelcontextprotocol/serverInfo'}{name},
          'acme', 'every result says who answered');

is_deeply(initialize('/full', '2025-11-25')->{serverInfo}, \%full,
          '2025-11-25: all of it');
is_deeply(initialize('/full', '2025-06-18')->{serverInfo},
          { map { $_ => $full{$_} } qw(name version title) },
          '2025-06-18: a title');
is_deeply(initialize('/full', $_)->{serverInfo},
          { map { $_ => $full{$_} } qw(name version) },
          "$_: name and version") for qw(2025-03-26 2024-11-05);

my $info = $bare->rpc('server/discover')->result->{_meta}
                {'io.modelcontextprotocol/serverInfo'};
ok(length $info->{name}, 'a name by default');
ok(length $info->{version}, 'a version by default');


# mcp_instructions

is(instructions(), 'Outer.', 'instructions: inherited');
is(instructions(uri => '/full'), 'Say "please".', 'instructions: a text');
is(instructions(uri => '/short'), 'Outer.',
   'instructions: do not depend on mcp_server');
like(instructions(uri => '/file'),
     qr/^First "line"\.\nSecond \x{e9} line\.\n?$/, 'instructions: a file');
is(instructions(uri => '/relative'), instructions(uri => '/file'),
   'instructions: a relative path, like other files of nginx');
is(initialize('/full', $_)->{instructions}, 'Say "please".',
   "instructions: $_") for qw(2024-11-05 2025-11-25);
ok(!exists $bare->rpc('server/discover')->result->{instructions},
   'instructions: none by default');


# a change of the file is seen after a reload, not before

my $before = instructions(uri => '/file');

$t->write_file('guide.txt', 'New.');
is(instructions(uri => '/file'), $before, 'the file is read at start');
$t->reload;
like(instructions(uri => '/file'), qr/^New\.$/, 'and by a reload');

finish();
