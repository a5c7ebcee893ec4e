#!/usr/bin/perl

# The official conformance suite: each server scenario on each wire it exists
# on, strictly: a warning fails, and so does a check of a revision that the
# suite skips. What fails today is listed, check by check, in
# t/conformance/expected-failures; a listed check that passes fails the test.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use JSON::PP ();

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Node qw(setup fixture run_node);

# "extension" scenarios belong to no revision and use the newest wire
my @wires = qw(2025-03-26 2025-06-18 2025-11-25 2026-07-28 extension);

# what has to be seen where the suite is content with less
my %proof = (
    '2025-11-25 server-sse-polling' => [qw(
        server-sse-priming-event server-sse-retry-field
        server-sse-disconnect-resume
    )],
);

my $suite = 'node_modules/@modelcontextprotocol/conformance/dist/index.js';
my $list;

setup();

my $t = MCPTest->new(
    modules  => [fixture()],
    location => "include $FindBin::Bin/conformance/conformance.conf;",
)->start;

my $url = 'http://127.0.0.1:' . $t->port . '/mcp';
my $expected = expected("$FindBin::Bin/conformance/expected-failures");

for my $wire (@wires) {
    my @scenarios = scenarios($wire);
    my ($results, $said) = run_suite($wire, @scenarios);

    ok(@scenarios > 0, "$wire has scenarios");

    for my $scenario (@scenarios) {
        verdict("$wire $scenario", $results->{$scenario}, $said,
                delete $expected->{"$wire $scenario"} || {});
    }
}

is(join(', ', sort keys %$expected), '',
   'expected failures are of existing scenarios');

finish();


# { "wire scenario" => { check => 1 } }

sub expected {
    my ($file) = @_;

    my %expected;
    open my $fh, '<', $file or die "$file: $!\n";

    while (my $line = <$fh>) {
        next if $line =~ /^(?:#|$)/;

        my ($key, $check) = $line =~ /^(\S+ \S+) (\S+)$/;
        die "$file, line $.: not WIRE SCENARIO CHECK, or there already\n"
            if !defined $check || $expected{$key}{$check}++;
    }

    return \%expected;
}


sub scenarios {
    my ($wire) = @_;

    if (!defined $list) {
        (my $rc, $list) = run_node($suite, 'list', '--server');
        die "the suite does not list its scenarios:\n$list" if $rc;
    }

    return $list =~ /^\s+- (\S+) \[(?:\S+,)?\Q$wire\E[],]/mg;
}


# ({ scenario => checks }, what the suite printed)

sub run_suite {
    my ($wire, @scenarios) = @_;

    my $dir = $t->path("results-$wire");
    my @option = ('--url', $url, '--output-dir', $dir);
    my (%results, $said);

    if ($wire eq 'extension') {
        $said = join '', map {
            (run_node($suite, 'server', @option, '--scenario', $_))[1]
        } @scenarios;

    } else {
        $said = (run_node($suite, 'server', @option, '--suite', 'all',
                          '--spec-version', $wire))[1];
    }

    for my $file (glob "$dir/server-*/checks.json") {
        my ($scenario) = $file =~ m{/server-([^/]+)-\d{4}-\d\d-\d\dT[^/]+/};
        open my $fh, '<:raw', $file or die "$file: $!\n";
        local $/;
        $results{$scenario} = JSON::PP::decode_json(<$fh>);
    }

    return (\%results, $said);
}


sub verdict {
    my ($name, $checks, $said, $expected) = @_;

    if (!$checks || !@$checks) {
        fail("$name: ran");
        diag($said);
        return;
    }

    # an extension need not be there
    my $green = $name =~ /^extension / ? qr/^(?:SUCCESS|INFO|SKIPPED)$/
                                       : qr/^(?:SUCCESS|INFO)$/;
    my %failed = map { $_->{id} => $_ } grep { $_->{status} !~ $green }
                 @$checks;
    my @proof = grep {
        $_->{status} eq 'SUCCESS' && $_->{id} ne 'wire-schema-valid'
    } @$checks;

    my %proven = map { $_->{id} => 1 } @proof;

    for my $id (@{ $proof{$name} || [] }) {
        $failed{$id} ||= { status => 'missing' } if !$proven{$id};
    }

    my @unexpected = grep { !$expected->{$_} } sort keys %failed;
    my @stale = grep { !$failed{$_} } sort keys %$expected;

    if (@unexpected || @stale) {
        fail($name);
        diag("$failed{$_}{status} $_: "
             . ($failed{$_}{errorMessage} // $failed{$_}{description} // '')
             . JSON::PP->new->canonical->encode($failed{$_}{details} || {}))
            for @unexpected;
        diag("does not fail any more, take it off the list: $_") for @stale;
        return;
    }

    if (!%failed && !@proof) {
        SKIP: { skip("$name: does not apply", 1) }
        return;
    }

    TODO: {
        local our $TODO = %failed
            ? join(' ', 'as listed:', sort keys %failed) : undef;

        ok(!%failed, $name);
    }

    return;
}
