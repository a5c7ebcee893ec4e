package MCPTest::Node;

# Runs what comes from npm: the official clients, the Inspector, and the
# conformance suite.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename dirname);
use POSIX ();
use Test::More;

use MCPTest ();

our @EXPORT_OK = qw(setup fixture paged offers run_node exec_node run_tap);

my $npm = MCPTest::root() . '/t/npm';
my $node;


# Installs the packages.  A test that cannot have them fails, so that no run
# is green without them; MCP_TEST_OFFLINE says that this is known.

sub setup {
    chomp($node = qx('$npm/setup.sh'));
    return if $? == 0;

    plan(skip_all => 'no npm packages') if $ENV{MCP_TEST_OFFLINE};
    die "the npm packages are missing, MCP_TEST_OFFLINE=1 skips this test\n";
}


# a location with lists of several pages

sub paged {
    my $offers = join '', map { <<"EOC" } 1 .. 3;
        mcp_resource docs://$_ { text "Number $_."; }
        mcp_resources . uri=files$_://;
        mcp_prompt prompt$_ { description D; message user "Number $_."; }
EOC

    return <<"EOC";
    location = /paged {
        mcp;
        mcp_server    quickstart 1.2.3;
        mcp_tools     demo text;
        mcp_page_size 2;
$offers
    }

EOC
}


# a location with what offers() of calls.mjs asks for

sub offers {
    return <<'EOC';
    location = /offers {
        mcp;
        mcp_server quickstart 1.2.3;

        mcp_resource docs://guide { title Guide; text "Begin here."; }
        mcp_resources . uri=files://;

        mcp_prompt triage {
            description "Looks at a ticket.";
            arg     ticket required "Its number";
            arg     lang values=en|de;
            message user "Read {ticket}.";
            message assistant "In {lang}.";
        }
    }
EOC
}


# Builds the module with the tools of the conformance suite beside the other
# one, returns its path.

sub fixture {
    my $root = MCPTest::root();
    my $built = dirname(MCPTest::module());
    my $sanitize = basename($built) eq 'sanitize';

    local $ENV{BUILD} = $sanitize ? 'sanitize' : 'plain';
    local $ENV{BUILD_DIR} = $sanitize ? dirname($built) : $built;

    system("$root/util/build.sh", "$root/t/conformance") == 0
        or die "the fixture does not build\n";

    return "$built/ngx_http_conformance_tools_module.so";
}


# (exit status, standard output and error together); the script is below t/npm

sub run_node {
    my ($script, @argument) = @_;

    my $pid = open(my $out, '-|') // die "fork: $!";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec_node($script, @argument);
    }

    local $SIG{ALRM} = sub { kill 'KILL', $pid };
    alarm 240;
    my $text = do { local $/; <$out> } // '';
    close $out;
    alarm 0;

    return ($? >> 8 || $? & 127, $text);
}


# in a child; does not return

sub exec_node {
    my ($script, @argument) = @_;

    open STDIN, '<', '/dev/null';
    delete @ENV{grep { /^NODE_|_proxy$/i } keys %ENV};
    chdir $npm;
    exec $node, "$npm/$script", @argument or POSIX::_exit(127);
}


# Each "ok" and "not ok" line of the script is a test here.

sub run_tap {
    my ($script, @argument) = @_;

    my ($rc, $text) = run_node($script, @argument);
    my ($planned, $seen) = (-1, 0);

    for my $line (split /\n/, $text) {
        if ($line =~ /^(not )?ok \d+ - (.*)/) {
            ok(!$1, "$2");
            $seen++;

        } elsif ($line =~ /^1\.\.(\d+)$/) {
            $planned = $1;

        } else {
            diag($line);
        }
    }

    is($seen, $planned, "$script ran to its end");
    is($rc, 0, 'and exited with 0') if $planned == $seen;
    return;
}


1;
